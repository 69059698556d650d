# SPDX-License-Identifier: GPL-2.0-or-later
"""PROTOCOL.md 2: the primitives, from hashlib and OpenSSL (python3-cryptography)."""
import hashlib
import hmac as _hmac
from functools import lru_cache
from struct import pack

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CONSTANTS = b"expand 32-byte k"


class Bad(Exception):
    """Something received, or a key, is not as it must be."""


def blake2b(n, x, key=b""):
    """n bytes."""
    return hashlib.blake2b(x, digest_size=n, key=key).digest()


def kdf(i, ctx, k):
    return hashlib.blake2b(b"", digest_size=32, key=k, salt=pack("<QQ", i, 0),
                           person=ctx.encode("ascii") + bytes(8)).digest()


def hmac(k, x):
    return _hmac.digest(k, x, hashlib.blake2b)


def hkdf(ck, x, n):
    t = hmac(ck, x)
    out, last = [], b""
    for i in range(n):
        last = hmac(t, last + bytes([i + 1]))
        out.append(last)
    return out


@lru_cache(maxsize=64)
def _private(private):
    return X25519PrivateKey.from_private_bytes(private)


def public(private):
    return _private(private).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def dh(private, other):
    try:
        return _private(private).exchange(X25519PublicKey.from_public_bytes(other))
    except ValueError as error:
        raise Bad("all-zero DH") from error


def _chacha20(k, nonce16, x):
    return Cipher(ChaCha20(k, nonce16), mode=None).encryptor().update(x)


def _sub(a, b):
    """a minus b, word by word."""
    return b"".join(
        pack("<I", (int.from_bytes(a[i:i + 4], "little") -
                    int.from_bytes(b[i:i + 4], "little")) & 0xffffffff)
        for i in range(0, len(a), 4))


def hchacha20(k, nonce16):
    """The rounds without the addition at the end: so it is taken off a block again."""
    block = _chacha20(k, nonce16, bytes(64))
    return _sub(block[:16], CONSTANTS) + _sub(block[48:], nonce16)


def stream(k, n, x):
    return _chacha20(hchacha20(k, n[:16]), bytes(8) + n[16:], x)


def seal(k, n, x):
    return ChaCha20Poly1305(hchacha20(k, n[:16])).encrypt(bytes(4) + n[16:], x, None)


def unseal(k, n, x):
    """None where it does not verify."""
    try:
        return ChaCha20Poly1305(hchacha20(k, n[:16])).decrypt(bytes(4) + n[16:], x, None)
    except InvalidTag:
        return None


def chachapoly(k, n, ad, x):
    """RFC 8439 as Noise uses it: 4 zeros and the nonce in little-endian."""
    return ChaCha20Poly1305(k).encrypt(pack("<IQ", 0, n), x, ad)


def unchachapoly(k, n, ad, x):
    try:
        return ChaCha20Poly1305(k).decrypt(pack("<IQ", 0, n), x, ad)
    except InvalidTag as error:
        raise Bad("Noise tag") from error
