# SPDX-License-Identifier: GPL-2.0-or-later
"""PROTOCOL.md 11.5: question and answer."""
import hashlib
import hmac
import unicodedata

import ristretto
from prims import Bad

DSI = b"CPaceRistretto255"
ANSWER_MAX = 1000


def folded(answer):
    """UTF-8; b"" where nothing is left."""
    s = unicodedata.normalize("NFKC", answer)
    s = unicodedata.normalize("NFKC", s.casefold()).replace("\u0131", "i")
    kept = [c for c in s if c != "\u0307" and
            (unicodedata.category(c)[0] in "LM" or unicodedata.category(c) == "Nd")]
    return "".join(kept).encode()


def fold(answer):
    out = folded(answer)
    if not 1 <= len(out) <= ANSWER_MAX:
        raise Bad("answer")
    return out


def lv(x):
    n, out = len(x), b""
    while n >= 128:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n]) + x


def _sha512(x):
    return hashlib.sha512(x).digest()


def generator(answer, sid, initiator, responder):
    start = lv(DSI) + lv(answer)
    z = bytes(max(0, 127 - len(start)))
    return ristretto.one_way_map(_sha512(
        start + lv(z) + lv(lv(initiator) + lv(responder)) + lv(sid)))


def scalar(data):
    """Drawn bytes: the upper three bits do not count."""
    return (int.from_bytes(data, "little") & 2**253 - 1) % ristretto.ORDER


def point(answer, sid, initiator, responder, x):
    return ristretto.encode(ristretto.multiply(
        scalar(x), generator(answer, sid, initiator, responder)))


def shared(x, other):
    """Bad where the other point is none or gives the neutral element."""
    k = ristretto.encode(ristretto.multiply(scalar(x), ristretto.decode(other)))
    if k == bytes(32):
        raise Bad("neutral")
    return k


def isk(sid, k, ya, yb):
    return _sha512(lv(DSI + b"_ISK") + lv(sid) + lv(k) + lv(ya) + lv(b"") + lv(yb) + lv(b""))


def tag(sid, isk_, y):
    key = _sha512(b"CPaceMac" + sid + isk_)
    return hmac.digest(key, lv(y) + lv(b""), "sha512")
