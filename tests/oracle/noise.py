# SPDX-License-Identifier: GPL-2.0-or-later
"""PROTOCOL.md 7.1 and 8: Noise XXhfs, and the keys of a session."""
import mlkem
import prims
from prims import Bad

PROTOCOL = b"Noise_XXhfs_25519+MLKEM768_ChaChaPoly_BLAKE2b"
PROLOGUE = b"EIDER/1"
PATTERNS = {
    "XXhfs": (("e", "e1"), ("e", "ee", "ekem1", "s", "es"), ("s", "se")),
    "XX": (("e",), ("e", "ee", "s", "es"), ("s", "se")),
    "NX": (("e",), ("e", "ee", "s", "es")),
    "NN": (("e",), ("e", "ee")),
}
PAYLOAD = (4, 20, 180)


class Noise:
    """One side.  draw(n) gives random bytes; s is the private static key."""

    def __init__(self, is_initiator, s, draw, protocol=PROTOCOL, prologue=PROLOGUE):
        self.is_initiator, self.s, self.draw = is_initiator, s, draw
        self.pattern = protocol.split(b"_")[1].decode()
        self.h = protocol.ljust(64, b"\0") if len(protocol) <= 64 \
            else prims.blake2b(64, protocol)
        self.ck, self.k, self.n = self.h, None, 0
        self.e = self.re = self.rs = self.dk = self.rek = None
        self.done = 0
        self._mix_hash(prologue)

    def _mix_hash(self, x):
        self.h = prims.blake2b(64, self.h + x)

    def _mix_key(self, x):
        self.ck, k = prims.hkdf(self.ck, x, 2)
        self.k, self.n = k[:32], 0

    def _encrypt(self, x):
        if self.k is not None:
            x = prims.chachapoly(self.k, self.n, self.h, x)
            self.n += 1
        self._mix_hash(x)
        return x

    def _decrypt(self, x):
        out = x
        if self.k is not None:
            out = prims.unchachapoly(self.k, self.n, self.h, x)
            self.n += 1
        self._mix_hash(x)
        return out

    def _dh(self, token):
        """The first letter is the initiator's key, the second the responder's."""
        own, other = token if self.is_initiator else token[::-1]
        self._mix_key(prims.dh(self.e if own == "e" else self.s,
                               self.re if other == "e" else self.rs))

    def write(self, payload):
        out = b""
        for token in PATTERNS[self.pattern][self.done]:
            if token == "e":
                self.e = self.draw(32)
                out += prims.public(self.e)
                self._mix_hash(out[-32:])
            elif token == "s":
                out += self._encrypt(prims.public(self.s))
            elif token == "e1":
                ek, self.dk = mlkem.kem.keygen(self.draw(64))
                out += self._encrypt(ek)
            elif token == "ekem1":
                ct, ss = mlkem.kem.encaps(self.rek, self.draw(32))
                out += self._encrypt(ct)
                self._mix_key(ss)
            else:
                self._dh(token)
        self.done += 1
        return out + self._encrypt(payload)

    def read(self, message):
        at = 0

        def take(n):
            nonlocal at
            at += n
            if at > len(message):
                raise Bad("message too short")
            return message[at - n:at]

        tag = 16
        for token in PATTERNS[self.pattern][self.done]:
            if token == "e":
                self.re = take(32)
                self._mix_hash(self.re)
            elif token == "s":
                self.rs = self._decrypt(take(32 + (tag if self.k else 0)))
            elif token == "e1":
                self.rek = self._decrypt(take(1184 + (tag if self.k else 0)))
                mlkem.check_key(self.rek)
            elif token == "ekem1":
                ct = self._decrypt(take(1088 + (tag if self.k else 0)))
                self._mix_key(mlkem.kem.decaps(self.dk, ct))
            else:
                self._dh(token)
        self.done += 1
        return self._decrypt(message[at:])

    def split(self):
        k1, k2 = prims.hkdf(self.ck, b"", 2)
        return k1[:32], k2[:32]


def payload(number):
    """Version 1 and no capabilities; number from 1."""
    return b"\1".ljust(PAYLOAD[number - 1], b"\0")


def check_payload(number, p):
    if len(p) != PAYLOAD[number - 1] or p[0] != 1:
        raise Bad("version")


NAMES = ("rk0", "hk_i2r", "nhk_r2i", "sask", "sid", "rm", "export")


def session_keys(h, k1, k2):
    k = prims.blake2b(64, b"EIDER1-session" + h, key=k1 + k2)[:32]
    keys = {name: prims.kdf(i + 1, "EIDRsess", k) for i, name in enumerate(NAMES)}
    keys["k"] = k
    return keys
