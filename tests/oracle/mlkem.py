# SPDX-License-Identifier: GPL-2.0-or-later
"""ML-KEM-768 from FIPS 203, plain; or a newer libsodium through ctypes, for speed.

The numbers in brackets are FIPS 203's algorithms.
"""
import ctypes
import hashlib

from prims import Bad

Q, N, K, ETA, DU, DV = 3329, 256, 3, 2, 10, 4


def _bitrev7(i):
    return int(f"{i:07b}"[::-1], 2)


ZETAS = [pow(17, _bitrev7(i), Q) for i in range(128)]
GAMMAS = [pow(17, 2 * _bitrev7(i) + 1, Q) for i in range(128)]


def _ntt(f):  # [9]
    f, i, size = list(f), 1, 128
    while size >= 2:
        for start in range(0, N, 2 * size):
            zeta = ZETAS[i]
            i += 1
            for j in range(start, start + size):
                t = zeta * f[j + size] % Q
                f[j + size] = (f[j] - t) % Q
                f[j] = (f[j] + t) % Q
        size //= 2
    return f


def _inverse_ntt(f):  # [10]
    f, i, size = list(f), 127, 2
    while size <= 128:
        for start in range(0, N, 2 * size):
            zeta = ZETAS[i]
            i -= 1
            for j in range(start, start + size):
                t = f[j]
                f[j] = (t + f[j + size]) % Q
                f[j + size] = zeta * (f[j + size] - t) % Q
        size *= 2
    return [x * 3303 % Q for x in f]


def _multiply(f, g):  # [11], [12]
    h = []
    for i in range(128):
        a0, a1, b0, b1 = f[2 * i], f[2 * i + 1], g[2 * i], g[2 * i + 1]
        h += [(a0 * b0 + a1 * b1 * GAMMAS[i]) % Q, (a0 * b1 + a1 * b0) % Q]
    return h


def _add(f, g):
    return [(x + y) % Q for x, y in zip(f, g)]


def _dot(u, v):
    total = [0] * N
    for f, g in zip(u, v):
        total = _add(total, _multiply(f, g))
    return total


def _encode(d, f):  # [5]
    bits = 0
    for i, x in enumerate(f):
        bits |= x << (d * i)
    return bits.to_bytes(32 * d, "little")


def _decode(d, data):  # [6]
    bits, mask = int.from_bytes(data, "little"), (1 << d) - 1
    return [bits >> (d * i) & mask for i in range(N)]


def _compress(d, f):
    return [((x << (d + 1)) + Q) // (2 * Q) % (1 << d) for x in f]


def _decompress(d, f):
    return [(x * Q * 2 + (1 << d)) >> (d + 1) for x in f]


def _sample_ntt(seed):  # [7]
    data, out = hashlib.shake_128(seed).digest(168 * 8), []
    for i in range(0, len(data), 3):
        d1 = data[i] + 256 * (data[i + 1] % 16)
        d2 = data[i + 1] // 16 + 16 * data[i + 2]
        out += [d for d in (d1, d2) if d < Q]
    return out[:N]


def _sample_cbd(seed, n):  # [8]
    bits = int.from_bytes(hashlib.shake_256(seed + bytes([n])).digest(64 * ETA), "little")
    out = []
    for _ in range(N):
        x, y = (bits & 1) + (bits >> 1 & 1), (bits >> 2 & 1) + (bits >> 3 & 1)
        out.append((x - y) % Q)
        bits >>= 4
    return out


def _matrix(rho):
    return [[_sample_ntt(rho + bytes([j, i])) for j in range(K)] for i in range(K)]


def _pke_keygen(d):  # [13]
    g = hashlib.sha3_512(d + bytes([K])).digest()
    rho, sigma = g[:32], g[32:]
    a = _matrix(rho)
    s = [_ntt(_sample_cbd(sigma, i)) for i in range(K)]
    e = [_ntt(_sample_cbd(sigma, K + i)) for i in range(K)]
    t = [_add(_dot(a[i], s), e[i]) for i in range(K)]
    return b"".join(_encode(12, x) for x in t) + rho, b"".join(_encode(12, x) for x in s)


def _pke_encrypt(ek, m, r):  # [14]
    t = [[x % Q for x in _decode(12, ek[384 * i:384 * i + 384])] for i in range(K)]
    a = _matrix(ek[384 * K:])
    y = [_ntt(_sample_cbd(r, i)) for i in range(K)]
    e1 = [_sample_cbd(r, K + i) for i in range(K)]
    e2 = _sample_cbd(r, 2 * K)
    u = [_add(_inverse_ntt(_dot([a[j][i] for j in range(K)], y)), e1[i]) for i in range(K)]
    mu = _decompress(1, _decode(1, m))
    v = _add(_add(_inverse_ntt(_dot(t, y)), e2), mu)
    return b"".join(_encode(DU, _compress(DU, x)) for x in u) + _encode(DV, _compress(DV, v))


def _pke_decrypt(dk, c):  # [15]
    size = 32 * DU
    u = [_decompress(DU, _decode(DU, c[size * i:size * i + size])) for i in range(K)]
    v = _decompress(DV, _decode(DV, c[size * K:]))
    s = [_decode(12, dk[384 * i:384 * i + 384]) for i in range(K)]
    product = _inverse_ntt(_dot(s, [_ntt(x) for x in u]))
    return _encode(1, _compress(1, [(x - y) % Q for x, y in zip(v, product)]))


class Plain:
    """keygen(seed) -> ek, dk; encaps(ek, m) -> ct, ss; decaps(dk, ct) -> ss."""
    name = "FIPS 203 in Python"

    @staticmethod
    def keygen(seed):  # [16]
        ek, dk = _pke_keygen(seed[:32])
        return ek, dk + ek + hashlib.sha3_256(ek).digest() + seed[32:]

    @staticmethod
    def encaps(ek, m):  # [17]
        check_key(ek)
        g = hashlib.sha3_512(m + hashlib.sha3_256(ek).digest()).digest()
        return _pke_encrypt(ek, m, g[32:]), g[:32]

    @staticmethod
    def decaps(dk, c):  # [18]
        pke, ek = dk[:384 * K], dk[384 * K:768 * K + 32]
        h, z = dk[768 * K + 32:768 * K + 64], dk[768 * K + 64:]
        g = hashlib.sha3_512(_pke_decrypt(pke, c) + h).digest()
        m = _pke_decrypt(pke, c)
        if _pke_encrypt(ek, m, g[32:]) != c:
            return hashlib.shake_256(z + c).digest(32)
        return g[:32]


def check_key(ek):
    """The modulus check: no coefficient is Q or more."""
    if any(x >= Q for i in range(K) for x in _decode(12, ek[384 * i:384 * i + 384])):
        raise Bad("encapsulation key")


class Newer:
    """The same by a libsodium that has ML-KEM."""
    def __init__(self, path):
        self._lib = ctypes.CDLL(path)
        self._lib.sodium_version_string.restype = ctypes.c_char_p
        self.name = "libsodium " + self._lib.sodium_version_string().decode()
        self._lib.sodium_init()

    def keygen(self, seed):
        ek, dk = ctypes.create_string_buffer(1184), ctypes.create_string_buffer(2400)
        if self._lib.crypto_kem_mlkem768_seed_keypair(ek, dk, seed) != 0:
            raise Bad("keygen")
        return ek.raw, dk.raw

    def encaps(self, ek, m):
        check_key(ek)
        ct, ss = ctypes.create_string_buffer(1088), ctypes.create_string_buffer(32)
        if self._lib.crypto_kem_mlkem768_enc_deterministic(ct, ss, ek, m) != 0:
            raise Bad("encaps")
        return ct.raw, ss.raw

    def decaps(self, dk, c):
        ss = ctypes.create_string_buffer(32)
        if self._lib.crypto_kem_mlkem768_dec(ss, c, dk) != 0:
            raise Bad("decaps")
        return ss.raw


kem = Plain


def use(path):
    """Take the library at path from now on; None: FIPS 203 in Python."""
    global kem
    kem = Newer(path) if path else Plain
