# SPDX-License-Identifier: GPL-2.0-or-later
"""ML-KEM-768 (FIPS 203) in plain Python, for vectors only: slow, not constant time, written without a look at the C.

Numbers in comments are the algorithms of FIPS 203.
"""

import hashlib

N, Q, K, ETA, DU, DV = 256, 3329, 3, 2, 10, 4
EK_LEN, DK_LEN, CT_LEN, SEED_LEN = 1184, 2400, 1088, 64


def _bitrev7(i):
    return int(format(i, "07b")[::-1], 2)


ZETA = [pow(17, _bitrev7(i), Q) for i in range(128)]
GAMMA = [pow(17, 2 * _bitrev7(i) + 1, Q) for i in range(128)]


def ntt(f):  # 9
    f, i, step = f[:], 1, 128
    while step >= 2:
        for start in range(0, N, 2 * step):
            z, i = ZETA[i], i + 1
            for j in range(start, start + step):
                t = z * f[j + step] % Q
                f[j + step], f[j] = (f[j] - t) % Q, (f[j] + t) % Q
        step //= 2
    return f


def inverse_ntt(f):  # 10
    f, i, step = f[:], 127, 2
    while step <= 128:
        for start in range(0, N, 2 * step):
            z, i = ZETA[i], i - 1
            for j in range(start, start + step):
                t = f[j]
                f[j], f[j + step] = (t + f[j + step]) % Q, z * (f[j + step] - t) % Q
        step *= 2
    return [x * 3303 % Q for x in f]


def multiply(f, g):  # 11, 12
    out = []
    for i in range(128):
        a0, a1, b0, b1 = f[2 * i], f[2 * i + 1], g[2 * i], g[2 * i + 1]
        out += [(a0 * b0 + a1 * b1 * GAMMA[i]) % Q, (a0 * b1 + a1 * b0) % Q]
    return out


def add(f, g):
    return [(a + b) % Q for a, b in zip(f, g)]


def dot(fs, gs):
    out = [0] * N
    for f, g in zip(fs, gs):
        out = add(out, multiply(f, g))
    return out


def encode(d, f):  # 5
    bits = sum(x << (d * i) for i, x in enumerate(f))
    return bits.to_bytes(32 * d, "little")


def decode(d, data):  # 6
    bits, mask = int.from_bytes(data, "little"), (1 << d) - 1
    return [bits >> (d * i) & mask for i in range(N)]


def compress(d, f):
    return [((x << d) + Q // 2) // Q % (1 << d) for x in f]


def decompress(d, f):
    return [(x * Q + (1 << (d - 1))) >> d for x in f]


def sample_ntt(seed):  # 7
    stream, out, i = hashlib.shake_128(seed).digest(4096), [], 0
    while len(out) < N:
        a, b, c = stream[i], stream[i + 1], stream[i + 2]
        i += 3
        for x in (a | (b & 15) << 8, b >> 4 | c << 4):
            if x < Q and len(out) < N:
                out.append(x)
    return out


def sample_cbd(seed, nonce):  # 8, PRF with eta = 2
    bits = int.from_bytes(hashlib.shake_256(seed + bytes([nonce])).digest(64 * ETA), "little")
    out = []
    for i in range(N):
        x = (bits >> (4 * i) & 1) + (bits >> (4 * i + 1) & 1)
        y = (bits >> (4 * i + 2) & 1) + (bits >> (4 * i + 3) & 1)
        out.append((x - y) % Q)
    return out


def matrix(rho):
    return [[sample_ntt(rho + bytes([j, i])) for j in range(K)] for i in range(K)]


def keypair(seed):  # 13, 16: seed is d || z
    d, z = seed[:32], seed[32:]
    g = hashlib.sha3_512(d + bytes([K])).digest()
    rho, sigma = g[:32], g[32:]
    a = matrix(rho)
    s = [ntt(sample_cbd(sigma, i)) for i in range(K)]
    e = [ntt(sample_cbd(sigma, K + i)) for i in range(K)]
    t = [add(dot(a[i], s), e[i]) for i in range(K)]
    ek = b"".join(encode(12, f) for f in t) + rho
    dk = b"".join(encode(12, f) for f in s) + ek + hashlib.sha3_256(ek).digest() + z
    return ek, dk


def _encrypt(ek, m, r):  # 14
    t = [decode(12, ek[384 * i : 384 * (i + 1)]) for i in range(K)]
    a = matrix(ek[1152:])
    y = [ntt(sample_cbd(r, i)) for i in range(K)]
    e1 = [sample_cbd(r, K + i) for i in range(K)]
    e2 = sample_cbd(r, 2 * K)
    u = [add(inverse_ntt(dot([a[j][i] for j in range(K)], y)), e1[i]) for i in range(K)]
    v = add(add(inverse_ntt(dot(t, y)), e2), decompress(1, decode(1, m)))
    return b"".join(encode(DU, compress(DU, f)) for f in u) + encode(DV, compress(DV, v))


def _decrypt(dk, ct):  # 15
    u = [decompress(DU, decode(DU, ct[320 * i : 320 * (i + 1)])) for i in range(K)]
    v = decompress(DV, decode(DV, ct[960:]))
    s = [decode(12, dk[384 * i : 384 * (i + 1)]) for i in range(K)]
    w = inverse_ntt(dot(s, [ntt(f) for f in u]))
    return encode(1, compress(1, [(a - b) % Q for a, b in zip(v, w)]))


def check_ek(ek):
    """The modulus check before encapsulation (7.2 of FIPS 203)."""
    return len(ek) == EK_LEN and all(x < Q for i in range(K) for x in decode(12, ek[384 * i : 384 * (i + 1)]))


def encapsulate(ek, m):  # 17: shared secret, ciphertext
    if not check_ek(ek):
        raise ValueError("encapsulation key out of range")
    g = hashlib.sha3_512(m + hashlib.sha3_256(ek).digest()).digest()
    return g[:32], _encrypt(ek, m, g[32:])


def decapsulate(dk, ct):  # 18
    ek, h, z = dk[1152:2336], dk[2336:2368], dk[2368:]
    m = _decrypt(dk[:1152], ct)
    g = hashlib.sha3_512(m + h).digest()
    if _encrypt(ek, m, g[32:]) == ct:
        return g[:32]
    return hashlib.shake_256(z + ct).digest(32)
