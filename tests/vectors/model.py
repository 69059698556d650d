# SPDX-License-Identifier: GPL-2.0-or-later
"""The bytes of the Eider protocol, from PROTOCOL.md alone, whose section numbers stand at each part.

For tests only: slow, and it leaks what it touches.
"""

import copy
import hashlib
import hmac as hmac_module
import struct

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20
from nacl import bindings as nacl
from nacl.exceptions import CryptoError

import mlkem
import pq
import ristretto

# 2 Primitives


def u16(v):
    return v.to_bytes(2, "little")


def u24(v):
    return v.to_bytes(3, "little")


def blake2b(n, *parts, key=b""):
    return hashlib.blake2b(b"".join(parts), digest_size=n, key=key).digest()


def kdf(i, ctx, key):
    salt, person = struct.pack("<QQ", i, 0), ctx.encode() + bytes(8)
    return hashlib.blake2b(b"", digest_size=32, key=key, salt=salt, person=person).digest()


def hmac(key, data, algorithm="blake2b"):
    return hmac_module.new(key, data, algorithm).digest()


def hkdf(ck, ikm, outs, algorithm="blake2b"):
    temp, out = hmac(ck, ikm, algorithm), [b""]
    for i in range(outs):
        out.append(hmac(temp, out[-1] + bytes([i + 1]), algorithm))
    return out[1:]


def dh(private, public):
    out = nacl.crypto_scalarmult(private, public)
    if out == bytes(32):
        raise ValueError("all-zero X25519 result")
    return out


def public_of(private):
    return nacl.crypto_scalarmult_base(private)


def _quarter(x, a, b, c, d):
    for p, q, r, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        x[p] = (x[p] + x[q]) & 0xFFFFFFFF
        t = x[r] ^ x[p]
        x[r] = (t << n | t >> (32 - n)) & 0xFFFFFFFF


def hchacha20(key, nonce16):
    x = list(struct.unpack("<16I", b"expand 32-byte k" + key + nonce16))
    for _ in range(10):
        for i in range(4):
            _quarter(x, i, i + 4, i + 8, i + 12)
        for i in range(4):
            _quarter(x, i, (i + 1) % 4 + 4, (i + 2) % 4 + 8, (i + 3) % 4 + 12)
    return struct.pack("<8I", *x[:4], *x[12:])


def xchacha20(key, nonce, data):
    cipher = Cipher(ChaCha20(hchacha20(key, nonce[:16]), bytes(8) + nonce[16:]), mode=None)
    return cipher.encryptor().update(data)


def aead_seal(key, nonce, data):
    return nacl.crypto_aead_xchacha20poly1305_ietf_encrypt(data, b"", nonce, key)


def aead_open(key, nonce, data):
    """The plaintext, or None."""
    try:
        return nacl.crypto_aead_xchacha20poly1305_ietf_decrypt(data, b"", nonce, key)
    except CryptoError:
        return None


# 3 Lines

DIGITS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
MAGIC = b"EIDER"
FRAME = {"S": 280, "M": 1400, "L": 5600}
LINE = {"S": 391, "M": 1931, "L": 7706}
BODY = {"S": 200, "M": 1320, "L": 5520}
ROOM = {"S": 173, "M": 1293, "L": 5493}
SIZE_OF = {n: s for s, n in FRAME.items()}
ORDINARY, FOUND, SWALLOWED = 0, 1, 2


def armor(frame):
    out = MAGIC + SIZE_OF[len(frame)].encode()
    for i in range(0, len(frame), 8):
        v, group = int.from_bytes(frame[i : i + 8], "big"), b""
        for _ in range(11):
            v, digit = divmod(v, 62)
            group = DIGITS[digit : digit + 1] + group
        out += group
    return out


def _decode_at(text, at):
    size = chr(text[at + 5]) if at + 5 < len(text) else ""
    if size not in FRAME:
        return None
    digits, frame = text[at + 6 : at + LINE[size]], b""
    if len(digits) < LINE[size] - 6 or any(d not in DIGITS for d in digits):
        return None
    for i in range(0, len(digits), 11):
        v = 0
        for d in digits[i : i + 11]:
            v = v * 62 + DIGITS.index(d)
        if v >= 1 << 64:
            return None
        frame += v.to_bytes(8, "big")
    return frame


def find(text):
    """(ORDINARY, None), (FOUND, frame) or (SWALLOWED, None)."""
    at, looks_like = text.find(MAGIC), False
    while at >= 0:
        frame = _decode_at(text, at)
        if frame is not None:
            return FOUND, frame
        run = text[at + 6 : at + 70]
        if text[at + 5 : at + 6] in (b"S", b"M", b"L") and len(run) == 64 and all(d in DIGITS for d in run):
            looks_like = True
        at = text.find(MAGIC, at + 1)
    return (SWALLOWED, None) if looks_like else (ORDINARY, None)


# 4 Padding

LADDER = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
PARTS_MAX = 32


def largest_size(limit):
    return "L" if limit >= LINE["L"] else "M" if limit >= LINE["M"] else "S"


def _good_cut(text, at, html):
    """May the text be cut before byte at?"""
    if at < len(text) and text[at] & 0xC0 == 0x80:
        return False
    if not html:
        return True
    before = text[:at]
    return before.rfind(b"<") <= before.rfind(b">") and before.rfind(b"&") <= before.rfind(b";")


def _cut(text, room, html):
    parts, start = [], 0
    while len(text) - start > room:
        ends = range(start + room, start, -1)
        end = next((e for e in ends if _good_cut(text, e, html)), None)
        if end is None:  # a tag longer than the room
            end = next(e for e in ends if _good_cut(text, e, False))
        parts.append(text[start:end])
        start = end
    return parts + [text[start:]]


def plan(text, limit, html=False):
    """Messages of one typed text: a list of (size, parts, lines)."""
    size = next((s for s in "SML" if LINE[s] <= max(limit, 391) and len(text) <= ROOM[s]), largest_size(limit))
    parts, out = _cut(text, ROOM[size], html), []
    for i in range(0, len(parts), PARTS_MAX):
        some = parts[i : i + PARTS_MAX]
        if i and len(parts) - i == 1:  # the last message stands alone: the smallest size that holds it
            size = next(s for s in "SML" if len(some[0]) <= ROOM[s])
        out.append((size, some, next(n for n in LADDER if n >= len(some))))
    return out


# 6 Records

TEXT, ACK, PQ, HELLO, STATE, CHECK, WHEN = range(1, 8)


def record(kind, value):
    return bytes([kind]) + u16(len(value)) + value


def text_value(ident, seq, part, parts, text, html=False):
    return ident + u24(seq) + bytes([part, parts | (0x80 if html else 0)]) + text


def ack_value(base, bitmap, floor):
    return u24(base) + struct.pack("<I", bitmap) + u24(floor)


def ack_of(arrived):
    """What an ack says of the numbers in @arrived (number -> id): base, bitmap and check."""
    base = 0
    while base in arrived:
        base += 1
    bitmap = sum(1 << i for i in range(32) if base + 1 + i in arrived)
    ids = 0
    for number, ident in arrived.items():
        if number < base or (number > base and number - base <= 32):
            ids ^= int.from_bytes(ident, "little")
    return base, bitmap, 1 + ids % 127


def hello_value(label, name):
    return bytes([len(label)]) + label + name


def mode_value(op, run, slot):
    return b"\x02" + bytes([op]) + run.to_bytes(2, "little") + bytes([slot])


def when_value(ms):
    return ms.to_bytes(5, "little")


def parse_body(body):
    """A list of (type, value), or None where a record runs past the end."""
    out, at = [], 0
    while at < len(body) and body[at]:
        if at + 3 > len(body):
            return None
        n = int.from_bytes(body[at + 1 : at + 3], "little")
        if at + 3 + n > len(body):
            return None
        out.append((body[at], body[at + 3 : at + 3 + n]))
        at += 3 + n
    return out


# 7 Noise

PATTERNS = {  # responder's premessage key, initiator's, messages
    "NN": ("", "", ("e", "e ee")),
    "NX": ("", "", ("e", "e ee s es")),
    "XX": ("", "", ("e", "e ee s es", "s se")),
    "XK": ("s", "", ("e es", "e ee", "s se")),
    "IK": ("s", "", ("e es s ss", "e ee se")),
    "KK": ("s", "s", ("e es ss", "e ee se")),
    "XXhfs": ("", "", ("e e1", "e ee ekem1 s es", "s se")),
}


class Noise:
    """One side of a handshake; draws nothing: ephemeral, seed and m are given."""

    def __init__(self, name, prologue, initiator, s=None, e=None, seed=None, m=None, rs=None):
        _, pattern, _, _, hashname = name.split("_")
        self.algorithm = {"BLAKE2b": "blake2b", "SHA256": "sha256"}[hashname]
        self.initiator, self.s, self.e, self.rs, self.re = initiator, s, e, rs, None
        self.seed, self.m, self.index = seed, m, 0
        responder_pre, initiator_pre, self.messages = PATTERNS[pattern]
        name = name.encode()
        size = hashlib.new(self.algorithm).digest_size
        self.h = name + bytes(size - len(name)) if len(name) <= size else hashlib.new(self.algorithm, name).digest()
        self.ck, self.k, self.n = self.h, None, 0
        self.mix_hash(prologue)
        mine = public_of(s) if s else b""
        for pre, key in ((initiator_pre, mine if initiator else rs), (responder_pre, rs if initiator else mine)):
            if pre:
                self.mix_hash(key)

    def mix_hash(self, data):
        self.h = hashlib.new(self.algorithm, self.h + data).digest()

    def mix_key(self, ikm):
        self.ck, k = hkdf(self.ck, ikm, 2, self.algorithm)
        self.k, self.n = k[:32], 0

    def seal(self, data):
        out = data
        if self.k:
            nonce = bytes(4) + struct.pack("<Q", self.n)
            out = nacl.crypto_aead_chacha20poly1305_ietf_encrypt(data, self.h, nonce, self.k)
            self.n += 1
        self.mix_hash(out)
        return out

    def open(self, data):
        out = data
        if self.k:
            nonce = bytes(4) + struct.pack("<Q", self.n)
            out = nacl.crypto_aead_chacha20poly1305_ietf_decrypt(data, self.h, nonce, self.k)
            self.n += 1
        self.mix_hash(data)
        return out

    def _mix_dh(self, token):
        mine, theirs = (token[0], token[1]) if self.initiator else (token[1], token[0])
        self.mix_key(dh(self.e if mine == "e" else self.s, self.re if theirs == "e" else self.rs))

    def write(self, payload):
        out = b""
        for token in self.messages[self.index].split():
            if token == "e":
                out += public_of(self.e)
                self.mix_hash(public_of(self.e))
            elif token == "e1":
                self.ek, self.dk = mlkem.keypair(self.seed)
                out += self.seal(self.ek)
            elif token == "ekem1":
                self.ss, self.ct = mlkem.encapsulate(self.ek, self.m)
                out += self.seal(self.ct)
                self.mix_key(self.ss)
            elif token == "s":
                out += self.seal(public_of(self.s))
            else:
                self._mix_dh(token)
        self.index += 1
        return out + self.seal(payload)

    def read(self, message):
        def take(n):
            nonlocal message
            out, message = message[:n], message[n:]
            return out

        for token in self.messages[self.index].split():
            tag = 16 if self.k else 0
            if token == "e":
                self.re = take(32)
                self.mix_hash(self.re)
            elif token == "e1":
                self.ek = self.open(take(mlkem.EK_LEN + tag))
            elif token == "ekem1":
                self.ct = self.open(take(mlkem.CT_LEN + tag))
                self.ss = mlkem.decapsulate(self.dk, self.ct)
                self.mix_key(self.ss)
            elif token == "s":
                self.rs = self.open(take(32 + tag))
            else:
                self._mix_dh(token)
        self.index += 1
        return self.open(message)

    def split(self):
        return [k[:32] for k in hkdf(self.ck, b"", 2, self.algorithm)]


SUITE = "Noise_XXhfs_25519+MLKEM768_ChaChaPoly_BLAKE2b"
PROLOGUE = b"EIDER/1"
P1, P2, P3 = (b"\x01" + bytes(n - 1) for n in (4, 20, 180))

# 7 Handshake frames

PUBLIC_MASK = blake2b(32, b"EIDER1-mask")


def mask_keys(mask_key):
    return kdf(1, "EIDRmask", mask_key), kdf(2, "EIDRmask", mask_key)


def handshake_frame(mask_key, ident, message, index, salt, data):
    ke, km = mask_keys(mask_key)
    plain = b"\x48" + ident + bytes([message << 4 | index]) + salt + data
    nonce = blake2b(24, plain, key=km)
    return nonce + xchacha20(ke, nonce, plain)


def fragments(message, size="S"):
    return [message[i : i + 244] for i in range(0, len(message), 244)] if size == "S" else [message + bytes(144)]


def hash1(message1):
    return blake2b(32, message1)


def id_of_answer(h1, e2):
    return blake2b(32, h1, e2)[:6]


# 8 Session keys

SUBKEYS = ("rk0", "hk_i2r", "nhk_r2i", "sask", "sid", "rm", "export")


def session_keys(noise):
    k1, k2 = noise.split()
    key = blake2b(64, b"EIDER1-session", noise.h, key=k1 + k2)[:32]
    return {"k1": k1, "k2": k2, "k": key, **{name: kdf(i + 1, "EIDRsess", key) for i, name in enumerate(SUBKEYS)}}


# 5, 9 Ratchet and data frames

OPENED, DUPLICATE, UNOPENABLE, GAP = 0, 1, 2, 3
SKIP_MAX, OLD_HEADERS_MAX, SKIPPED_KEYS_MAX = 1000, 8, 2000


def kdf_rk(rk, shared, ss=None):
    return [k[:32] for k in hkdf(rk, b"\x01" + shared if ss is None else b"\x02" + shared + ss, 3)]


def pack_header(public, n, pn, epoch, flags):
    return public + u24(n) + u24(pn) + bytes([epoch, flags])


class Ratchet:
    def __init__(self, keys, initiator, dh_private=None, dh_public=None):
        self.sid, self.rk = keys["sid"], keys["rk0"]
        self.dhs, self.dhr = dh_private, dh_public
        first, second = keys["hk_i2r"], keys["nhk_r2i"]
        self.nhks, self.nhkr = (first, second) if initiator else (second, first)
        self.hks = self.hkr = self.cks = self.ckr = None
        self.ns = self.nr = self.pn = 0
        self.must_step = initiator
        self.pq = pq.Epoch(initiator)
        self.skipped = []  # [header key, {n: mk}], oldest first; the current HKr is among them once it has keys

    # Sending.

    def seal(self, body, size, draw, flags=0, epoch=None):
        """The frame, and what went into it; body: the records but pq; draw(n) gives n random bytes.

        epoch: what a liar says in the header.
        """
        note = {}
        if self.must_step:
            ss = self.pq.mixes()
            note["dh_private"] = self.dhs = draw(32)
            self.pn, self.ns, self.hks, self.must_step = self.ns, 0, self.nhks, False
            self.rk, self.cks, self.nhks = kdf_rk(self.rk, dh(self.dhs, self.dhr), ss)
            if ss is not None:
                self.pq = self.pq.after()
        value = self.pq.record(BODY[size] - len(body), draw)
        if value is not None:
            note["pq"] = record(PQ, value)
            body += note["pq"]
        body += bytes(BODY[size] - len(body))
        self.cks, mk = kdf(1, "EIDRchn1", self.cks), kdf(2, "EIDRchn1", self.cks)
        header = pack_header(public_of(self.dhs), self.ns, self.pn, self.pq.last if epoch is None else epoch, flags)
        k_enc, k_mac = kdf(1, "EIDRmsg1", mk), kdf(2, "EIDRmsg1", mk)
        nonce = blake2b(24, self.sid, header, body, key=k_mac)
        note.update(n=self.ns, pn=self.pn, header=header, hk=self.hks, mk=mk)
        self.ns += 1
        return nonce + aead_seal(self.hks, nonce, header) + xchacha20(k_enc, nonce, body), note

    # Receiving.

    def _verify(self, mk, header, frame):
        k_enc, k_mac = kdf(1, "EIDRmsg1", mk), kdf(2, "EIDRmsg1", mk)
        body = xchacha20(k_enc, frame[:24], frame[80:])
        return body if blake2b(24, self.sid, header, body, key=k_mac) == frame[:24] else None

    def _store(self, key):
        for entry in self.skipped:
            if entry[0] == key:
                return entry[1]
        self.skipped.append([key, {}])
        return self.skipped[-1][1]

    def _skip(self, until):
        if until - self.nr > SKIP_MAX:
            return False
        while self.nr < until:
            self._store(self.hkr)[self.nr] = kdf(2, "EIDRchn1", self.ckr)
            self.ckr, self.nr = kdf(1, "EIDRchn1", self.ckr), self.nr + 1
        return True

    def _step(self, header, pn, ss):
        if self.hkr:
            if not self._skip(pn):
                return False
            self._store(self.hkr)
        self.hkr, self.dhr, self.nr, self.must_step = self.nhkr, header[:32], 0, True
        self.rk, self.ckr, self.nhkr = kdf_rk(self.rk, dh(self.dhs, self.dhr), ss)
        self.dhs = None
        if ss is not None:
            self.pq = self.pq.after()
        return True

    def open(self, frame, draw=None):
        """(OPENED, header, body) or (another result, header or None, None); anything but OPENED changes nothing."""
        copied = copy.deepcopy(self)
        result = copied._open(frame)
        if result[0] == OPENED:
            self.__dict__.update(copied.__dict__)
            values = [value for kind, value in parse_body(result[2]) or [] if kind == PQ]
            if values:
                self.pq.read(values[0], draw)
        return result

    def _open(self, frame):
        nonce, sealed = frame[:24], frame[24:80]
        keys = [k for k in (self.hkr, self.nhkr) if k] + [k for k, _ in reversed(self.skipped) if k != self.hkr]
        for key in keys:
            header = aead_open(key, nonce, sealed)
            if header is not None:
                break
        else:
            return UNOPENABLE, None, None
        n, pn = int.from_bytes(header[32:35], "little"), int.from_bytes(header[35:38], "little")
        if key == self.nhkr:
            if self.dhs is None:
                return UNOPENABLE, header, None
            known, ss = self.pq.accepts(header[38])
            if not known:
                return UNOPENABLE, header, None
            if not self._step(header, pn, ss):
                return GAP, header, None
        elif key == self.hkr and header[:32] != self.dhr:
            return GAP, header, None
        elif key != self.hkr or n < self.nr:
            return self._open_late(key, n, header, frame)
        if not self._skip(n):
            return GAP, header, None
        mk = kdf(2, "EIDRchn1", self.ckr)
        self.ckr, self.nr = kdf(1, "EIDRchn1", self.ckr), self.nr + 1
        body = self._verify(mk, header, frame)
        if body is None:
            return UNOPENABLE, header, None
        self._trim()
        return OPENED, header, body

    def _open_late(self, key, n, header, frame):
        store = next((s for k, s in self.skipped if k == key), {})
        if n not in store:
            return DUPLICATE, header, None
        body = self._verify(store.pop(n), header, frame)
        return (OPENED, header, body) if body is not None else (UNOPENABLE, header, None)

    def _trim(self):
        old = [entry for entry in self.skipped if entry[0] != self.hkr]
        for entry in old[: max(0, len(old) - OLD_HEADERS_MAX)]:
            self.skipped.remove(entry)
        while sum(len(s) for _, s in self.skipped) > SKIPPED_KEYS_MAX:
            store = next(s for _, s in self.skipped if s)
            del store[min(store)]


# 11 Trust


def fingerprint(public):
    digest = blake2b(64, b"EIDER1-fp", public)
    return "".join("%05d" % (int.from_bytes(digest[i : i + 5], "big") % 100000) for i in range(0, 30, 5))


def safety_number(a, b):
    return "".join(sorted((fingerprint(a), fingerprint(b))))


def leb128(n):
    out = b""
    while n > 0x7F:
        out, n = out + bytes([n & 0x7F | 0x80]), n >> 7
    return out + bytes([n])


def lv_cat(*parts):
    return b"".join(leb128(len(p)) + p for p in parts)


CPACE = b"CPaceRistretto255"


def cpace_generator(prs, ci, sid):
    zeros = max(0, 128 - 1 - len(lv_cat(prs)) - len(lv_cat(CPACE)))
    return ristretto.from_hash(hashlib.sha512(lv_cat(CPACE, prs, bytes(zeros), ci, sid)).digest())


def cpace_isk(sid, k, ya, ada, yb, adb):
    return hashlib.sha512(lv_cat(CPACE + b"_ISK", sid, k) + lv_cat(ya, ada) + lv_cat(yb, adb)).digest()


def cpace(answer, initiator, responder, sid, run, scalar_a, scalar_b):
    """Everything of one run with the same answer on both sides."""
    g = cpace_generator(answer, lv_cat(initiator, responder), sid + run)
    ya, yb = (ristretto.encode(ristretto.multiply(s, g)) for s in (scalar_a, scalar_b))
    k = ristretto.encode(ristretto.multiply(scalar_a, ristretto.decode(yb)))
    assert k == ristretto.encode(ristretto.multiply(scalar_b, ristretto.decode(ya)))
    isk = cpace_isk(sid + run, k, ya, b"", yb, b"")
    key = hashlib.sha512(b"CPaceMac" + sid + run + isk).digest()
    return {"generator": ristretto.encode(g), "ya": ya, "yb": yb, "k": k, "isk": isk,
            "ta": hmac(key, lv_cat(ya, b""), "sha512"), "tb": hmac(key, lv_cat(yb, b""), "sha512")}


def sas(sask, initiator, responder, sid, run, na, nb, key_a):
    digest = blake2b(16, b"EIDER1-sas", sid, run, na, nb, initiator, responder, key=sask)
    x = int.from_bytes(digest[:5], "big")
    code = " ".join("%d" % (1000 + (x >> shift & 8191)) for shift in (27, 14, 1))
    return {"c": blake2b(32, b"EIDER1-sas-c", sid, run, na, key_a), "code": code.encode(),
            "ok_a": blake2b(32, b"EIDER1-sas-ok", run, b"\x01", key=sask),
            "ok_b": blake2b(32, b"EIDER1-sas-ok", run, b"\x02", key=sask)}
