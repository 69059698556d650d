/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the primitives cost that the protocol must call, and what is on top. */
#include "bench/bench.h"

#include "eider/crypto.h"
#include "eider/kem.h"
#include "eider/ratchet.h"

#include <sodium.h>

#define HEADER 40
#define BODY   200

static struct {
    eider_secret sk, out;
    eider_public pk;
    uint8_t nonce[EIDER_NONCE_LEN];
    uint8_t header[HEADER], sealed[HEADER + EIDER_TAG_LEN], opened[HEADER];
    uint8_t body[BODY], hashed[EIDER_HASH_LEN];
    uint8_t hkdf[3][EIDER_HASH_LEN];
    eider_frame frame;
    uint8_t ek[crypto_kem_mlkem768_PUBLICKEYBYTES];
    uint8_t dk[crypto_kem_mlkem768_SECRETKEYBYTES];
    uint8_t ct[crypto_kem_mlkem768_CIPHERTEXTBYTES];
} x;

static void
base(void *arg)
{
    (void)arg;
    crypto_scalarmult_base(x.pk.b, x.sk.b);
}

static void
dh(void *arg)
{
    (void)arg;
    (void)!crypto_scalarmult(x.out.b, x.sk.b, x.pk.b);
}

static void
keygen(void *arg)
{
    (void)arg;
    crypto_kem_mlkem768_seed_keypair(x.ek, x.dk, x.body);
}

static void
enc(void *arg)
{
    (void)arg;
    (void)!crypto_kem_mlkem768_enc_deterministic(x.ct, x.out.b, x.ek, x.body);
}

static void
dec(void *arg)
{
    (void)arg;
    (void)!crypto_kem_mlkem768_dec(x.out.b, x.ct, x.dk);
}

static void
header_seal(void *arg)
{
    (void)arg;
    eider_aead_seal(&x.sk, x.nonce, x.header, HEADER, x.sealed);
}

static void
header_open(void *arg)
{
    (void)arg;
    (void)!eider_aead_open(&x.sk, x.nonce, x.sealed, sizeof x.sealed, x.opened);
}

static void
stream(void *arg)
{
    (void)arg;
    eider_stream(&x.sk, x.nonce, x.body, BODY, x.body);
}

static void
hash(void *arg)
{
    const eider_slice parts[3] = {
        {x.sk.b, EIDER_KEY_LEN}, {x.header, HEADER}, {x.body, BODY}};

    (void)arg;
    eider_hash(x.hashed, EIDER_NONCE_LEN, x.sk.b, EIDER_KEY_LEN, parts, 3);
}

static void
kdf(void *arg)
{
    (void)arg;
    eider_kdf(1, "EIDRchn1", &x.sk, &x.out);
}

static void
hkdf(void *arg)
{
    (void)arg;
    eider_hkdf(x.sk.b, EIDER_KEY_LEN, (eider_slice){x.header, 33}, 3, x.hkdf);
}

static void
armour(void *arg)
{
    char line[EIDER_LINE_MAX + 1];

    (void)arg;
    x.frame.size = EIDER_S;
    eider_line_encode(&x.frame, line);
    (void)!eider_line_find(line, EIDER_LINE_S, &x.frame);
}

static void
one_way(void *arg)
{
    bench_eider.pass(arg, 0, "abcdefghijklmnopqrstuvwxyz0123", 30);
}

static void
there_and_back(void *arg)
{
    one_way(arg);
    bench_eider.pass(arg, 1, "abcdefghijklmnopqrstuvwxyz0123", 30);
}

static void
meet(void *arg)
{
    bench_eider.meet(arg);
}

static void
row(const char *title, double is, double sum)
{
    printf("| %s | %.1f | %.1f | %.2f |\n", title, is, sum, is / sum);
}

BENCH(primitives)
{
    enum {
        BASE,
        DH,
        KEYGEN,
        ENC,
        DEC,
        SEAL,
        OPEN,
        STREAM,
        HASH,
        KDF,
        HKDF,
        ARMOUR,
        ONE_WAY,
        BACK,
        MEET,
        CASES
    };
    void *ends[3] = {bench_eider.start(), bench_eider.start(),
                     bench_eider.start()};
    bench_case c[CASES] = {
        [BASE] = {"X25519, public key", base, NULL, 0},
        [DH] = {"X25519, shared secret", dh, NULL, 0},
        [KEYGEN] = {"ML-KEM-768, key pair", keygen, NULL, 0},
        [ENC] = {"ML-KEM-768, encapsulate", enc, NULL, 0},
        [DEC] = {"ML-KEM-768, decapsulate", dec, NULL, 0},
        [SEAL] = {"XChaCha20-Poly1305, seal 40 bytes", header_seal, NULL, 0},
        [OPEN] = {"XChaCha20-Poly1305, open 40 bytes", header_open, NULL, 0},
        [STREAM] = {"XChaCha20, 200 bytes", stream, NULL, 0},
        [HASH] = {"BLAKE2b keyed, 272 bytes", hash, NULL, 0},
        [KDF] = {"BLAKE2b, one subkey", kdf, NULL, 0},
        [HKDF] = {"HKDF-BLAKE2b, three keys", hkdf, NULL, 0},
        [ARMOUR] = {"base62, an S line there and back", armour, NULL, 0},
        [ONE_WAY] = {"one way", one_way, ends[0], 0},
        [BACK] = {"there and back", there_and_back, ends[1], 0},
        [MEET] = {"handshake, both sides", meet, ends[2], 0},
    };
    double frame, step;

    randombytes_buf(&x, sizeof x);
    base(NULL);
    bench_run(c, CASES);
    printf(
        "### Primitives, microseconds of CPU\n\n| primitive | |\n|---|---:|\n");
    for (size_t i = 0; i < ONE_WAY; i++)
        printf("| %s | %.2f |\n", c[i].name, c[i].us);

    /* PROTOCOL.md 5 and 9: what both ends together cannot do without. */
    frame = c[SEAL].us + c[OPEN].us + c[ARMOUR].us +
            2 * (c[STREAM].us + c[HASH].us + 4 * c[KDF].us);
    step = c[BASE].us + 2 * (c[DH].us + c[HKDF].us);
    printf("\n| both ends | measured | sum of its primitives | ratio |\n"
           "|---|---:|---:|---:|\n");
    row(c[ONE_WAY].name, c[ONE_WAY].us, frame);
    row(c[BACK].name, c[BACK].us, 2 * (frame + step));
    /* e twice, ee, es, se on both sides, four mix_key on each. */
    row(c[MEET].name, c[MEET].us,
        2 * c[BASE].us + 6 * c[DH].us + c[KEYGEN].us + c[ENC].us + c[DEC].us +
            8 * c[HKDF].us);
    for (int i = 0; i < 3; i++)
        bench_eider.stop(ends[i]);
}
