# SPDX-License-Identifier: GPL-2.0-or-later
"""Hold the model against published vectors: NIST ACVP and C2SP for ML-KEM, cacophony and the XXhfs draft for Noise,
draft-irtf-cfrg-cpace."""

import gzip
import json
import os

import mlkem
import model
import ristretto


def _acvp(folder, name, function):
    with gzip.open(os.path.join(folder, "acvp", name, "internalProjection.json.gz")) as f:
        for group in json.load(f)["testGroups"]:
            if group["parameterSet"] == "ML-KEM-768" and group.get("function") == function:
                for test in group["tests"]:
                    yield {k: bytes.fromhex(v) if k in ("d", "z", "ek", "dk", "c", "k", "m") else v
                           for k, v in test.items()}


def check_mlkem(folder):
    count = 0
    for t in _acvp(folder, "ML-KEM-keyGen-FIPS203", None):
        assert mlkem.keypair(t["d"] + t["z"]) == (t["ek"], t["dk"]), t["tcId"]
        count += 1
    for t in _acvp(folder, "ML-KEM-encapDecap-FIPS203", "encapsulation"):
        assert mlkem.encapsulate(t["ek"], t["m"]) == (t["k"], t["c"]), t["tcId"]
        count += 1
    for t in _acvp(folder, "ML-KEM-encapDecap-FIPS203", "decapsulation"):
        assert mlkem.decapsulate(t["dk"], t["c"]) == t["k"], t["tcId"]
        count += 1
    for t in _acvp(folder, "ML-KEM-encapDecap-FIPS203", "encapsulationKeyCheck"):
        assert mlkem.check_ek(t["ek"]) == t["testPassed"], t["tcId"]
        count += 1
    with gzip.open(os.path.join(folder, "cctv-mlkem", "modulus-ML-KEM-768.txt.gz"), "rt") as f:
        for line in f:
            assert not mlkem.check_ek(bytes.fromhex(line.strip()))
            count += 1
    return count


def _run(a, b, payloads, expected):
    for i, (payload, want) in enumerate(zip(payloads, expected)):
        writer, reader = (a, b) if i % 2 == 0 else (b, a)
        message = writer.write(payload)
        assert message == want, "message %d" % i
        assert reader.read(message) == payload
    assert a.h == b.h and a.split() == b.split()


def _cacophony(vector):
    def get(name):
        return bytes.fromhex(vector[name]) if name in vector else None

    name = vector["protocol_name"]
    a = model.Noise(name, get("init_prologue"), True, get("init_static"), get("init_ephemeral"),
                    rs=get("init_remote_static"))
    b = model.Noise(name, get("resp_prologue"), False, get("resp_static"), get("resp_ephemeral"),
                    rs=get("resp_remote_static"))
    messages = [(bytes.fromhex(m["payload"]), bytes.fromhex(m["ciphertext"])) for m in vector["messages"]]
    _run(a, b, *zip(*messages[: len(a.messages)]))
    assert a.h == get("handshake_hash")
    keys, sent = a.split(), [0, 0]
    for i, (payload, want) in enumerate(messages[len(a.messages):], len(a.messages)):
        nonce = bytes(4) + sent[i % 2].to_bytes(8, "little")
        assert model.nacl.crypto_aead_chacha20poly1305_ietf_encrypt(payload, b"", nonce, keys[i % 2]) == want
        sent[i % 2] += 1


def _xxhfs(v):
    def get(name):
        return bytes.fromhex(v[name])

    a = model.Noise(v["protocol_name"], get("prologue"), True, get("init_static"), get("init_ephemeral"),
                    seed=get("kem_keygen_seed"))
    b = model.Noise(v["protocol_name"], get("prologue"), False, get("resp_static"), get("resp_ephemeral"),
                    m=get("kem_encap_m"))
    _run(a, b, [bytes.fromhex(p) for p in v["payloads"]], [bytes.fromhex(m) for m in v["messages"]])
    assert a.h == get("handshake_hash") and a.ck == get("ck")
    assert a.split() == [bytes.fromhex(k) for k in v["split"]]


def check_noise(folder):
    with open(os.path.join(folder, "noise", "cacophony-25519_ChaChaPoly_BLAKE2b.json")) as f:
        vectors = json.load(f)["vectors"]
    for vector in vectors:
        _cacophony(vector)
    with open(os.path.join(folder, "noise", "xxhfs-25519-mlkem768-sha256-published.json")) as f:
        _xxhfs(json.load(f))
    return len(vectors) + 1


def check_cpace(folder):
    with open(os.path.join(folder, "cpace", "testvectors.json")) as f:
        vectors = json.load(f)
    v = {k: bytes.fromhex(x) for k, x in vectors["G_Coffee25519"].items()}
    points = vectors["G_Coffee25519_points"]
    g = model.cpace_generator(v["PRS"], v["CI"], v["sid"])
    a, b = (int.from_bytes(v[n], "little") for n in ("ya", "yb"))
    k = ristretto.multiply(a, ristretto.decode(v["Yb"]))
    assert ristretto.encode(g) == v["g"] and ristretto.encode(k) == v["K"]
    assert ristretto.encode(ristretto.multiply(a, g)) == v["Ya"] and ristretto.encode(ristretto.multiply(b, g)) == v["Yb"]
    assert model.cpace_isk(v["sid"], v["K"], v["Ya"], v["ADa"], v["Yb"], v["ADb"]) == v["ISK_IR"]
    valid = {k: bytes.fromhex(x) for k, x in points["Valid"].items()}
    product = ristretto.multiply(int.from_bytes(valid["s"], "little"), ristretto.decode(valid["X"]))
    assert ristretto.encode(product) == valid["G.scalar_mult(s,decode(X))"]
    assert ristretto.decode(bytes.fromhex(points["Invalid Y1"])) is None
    assert ristretto.encode(ristretto.decode(bytes.fromhex(points["Invalid Y2"]))) == bytes(32)
    return 4


def check(folder):
    return check_mlkem(folder) + check_noise(folder) + check_cpace(folder)
