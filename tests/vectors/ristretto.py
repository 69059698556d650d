# SPDX-License-Identifier: GPL-2.0-or-later
"""ristretto255 (RFC 9496) in plain numbers: points of edwards25519 as (X, Y, Z, T), slow, for tests only."""

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)  # of -1
NEUTRAL = (0, 1, 1, 0)


def _is_negative(x):
    return x % P & 1


def _abs(x):
    x %= P
    return P - x if x & 1 else x


def _sqrt_ratio(u, v):
    """(True, sqrt(u / v)) or (False, sqrt(ROOT * u / v)); never negative."""
    r = u * v**3 * pow(u * v**7, (P - 5) // 8, P) % P
    check = v * r * r % P
    is_square = check == u % P
    if check in (-u % P, -u * ROOT % P):
        r = r * ROOT % P
        is_square = is_square or check == -u % P
    return is_square, _abs(r)


INV_ROOT_A_MINUS_D = _sqrt_ratio(1, -1 - D)[1]
ROOT_AD_MINUS_ONE = next(r for r in (_sqrt_ratio(-D - 1, 1)[1], P - _sqrt_ratio(-D - 1, 1)[1]) if r & 1)


def decode(data):
    """The point, or None."""
    s = int.from_bytes(data, "little")
    if s >= P or s & 1:
        return None
    u1, u2 = (1 - s * s) % P, (1 + s * s) % P
    v = (-D * u1 * u1 - u2 * u2) % P
    is_square, inverse = _sqrt_ratio(1, v * u2 * u2 % P)
    x = _abs(2 * s * inverse * u2)
    y = u1 * inverse * inverse * u2 * v % P
    t = x * y % P
    if not is_square or _is_negative(t) or y == 0:
        return None
    return x, y, 1, t


def encode(point):
    x, y, z, t = point
    u1, u2 = (z + y) * (z - y) % P, x * y % P
    inverse = _sqrt_ratio(1, u1 * u2 * u2 % P)[1]
    d1, d2 = inverse * u1 % P, inverse * u2 % P
    z_inverse = d1 * d2 * t % P
    if _is_negative(t * z_inverse):
        x, y, d = y * ROOT % P, x * ROOT % P, d1 * INV_ROOT_A_MINUS_D % P
    else:
        d = d2
    if _is_negative(x * z_inverse):
        y = -y % P
    return _abs(d * (z - y)).to_bytes(32, "little")


def add(a, b):
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    e, f = (x1 + y1) * (x2 + y2) - x1 * x2 - y1 * y2, z1 * z2 - D * t1 * t2
    g, h = z1 * z2 + D * t1 * t2, y1 * y2 + x1 * x2
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar, point):
    out = NEUTRAL
    for bit in bin(scalar)[2:]:
        out = add(out, out)
        if bit == "1":
            out = add(out, point)
    return out


def _map(data):
    t = int.from_bytes(data, "little") % 2**255 % P
    r = ROOT * t * t % P
    u, v = (r + 1) * (1 - D * D) % P, (-1 - r * D) * (r + D) % P
    is_square, s = _sqrt_ratio(u, v)
    c = -1
    if not is_square:
        s, c = -_abs(s * t) % P, r
    n = (c * (r - 1) * (D - 1) ** 2 - v) % P
    w0, w1, w2, w3 = 2 * s * v, n * ROOT_AD_MINUS_ONE, 1 - s * s, 1 + s * s
    return w0 * w3 % P, w2 * w1 % P, w1 * w3 % P, w0 * w2 % P


def from_hash(data):
    """64 bytes -> a point."""
    return add(_map(data[:32]), _map(data[32:]))


def scalar_of(drawn):
    """What libsodium's scalar_random makes of 32 bytes; None: it draws again."""
    s = int.from_bytes(drawn[:31] + bytes([drawn[31] & 0x1F]), "little")
    return s if 0 < s < ORDER else None
