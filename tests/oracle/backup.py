# SPDX-License-Identifier: GPL-2.0-or-later
"""PROTOCOL.md 12.5: the file of a backup, sealed and opened by both."""
import random
from struct import pack, unpack

from nacl import pwhash

import prims
from prims import Bad
from world import Wrong

MAGIC, MIN = b"EIDERbk1", 1 << 16


def _key(passphrase, bound):
    """Argon2id is libsodium's here, too: python3-cryptography of today has none."""
    slow = pwhash.argon2id.kdf(32, passphrase, bound[-16:], opslimit=3, memlimit=256 << 20)
    return prims.blake2b(32, bound, key=slow)


def seal(data, passphrase, draw):
    bound, nonce = MAGIC + b"\1" + draw(16), draw(24)
    size = MIN
    while size < len(data) + 4 + len(bound) + 24 + 16 + 16:
        size *= 4
    padded = pack("<I", len(data)) + data
    padded += bytes(size - len(bound) - 24 - 16 - 16 - len(padded))
    out = bound + nonce + prims.seal(_key(passphrase, bound), nonce, padded)
    return out + prims.blake2b(16, out)


def unseal(file, passphrase):
    if file[:9] != MAGIC + b"\1" or prims.blake2b(16, file[:-16]) != file[-16:]:
        raise Bad("no backup, or damaged")
    size = len(file)
    while size > MIN and size % 4 == 0:
        size //= 4
    if size != MIN:
        raise Bad("size")
    padded = prims.unseal(_key(passphrase, file[:25]), file[25:49], file[49:-16])
    if padded is None:
        raise Bad("passphrase")
    end = 4 + unpack("<I", padded[:4])[0]
    if any(padded[end:]):
        raise Bad("padding")
    return padded[4:end]


def same(peer, seed, long):
    """Each opens what the other sealed."""
    r = random.Random(seed)
    passphrase = "correct h\u00f6rse".encode()
    for n in (0, 1000, MIN - 85, MIN - 84) if long else (1000,):
        data = bytes(r.randrange(1, 256) for _ in range(n))
        answer = peer.order(0, "seal", passphrase.hex(), data.hex())[-1]
        file = bytes.fromhex(answer[1])
        if unseal(file, passphrase) != data or len(file) != (MIN if n <= MIN - 85 else 4 * MIN):
            raise Wrong("a backup from C")
        ours = seal(data, passphrase, r.randbytes)
        answer = peer.order(0, "unseal", passphrase.hex(), ours.hex())[-1]
        if len(ours) != len(file) or (bytes.fromhex(answer[1]) if data else b"") != data:
            raise Wrong("a backup for C")
    return "each opens the other's"
