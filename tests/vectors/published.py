#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Convert published test vectors to the text that tests/unit/vectors.h reads.

    tests/vectors/published.py <output folder>

They are found in the folder that EIDER_VECTORS names, by default
../shared/vectors seen from the top of the project.  They come from NIST's ACVP
and CAVP, C2SP's CCTV and Wycheproof, the cacophony collection for Noise, and
draft-irtf-cfrg-cpace, and are not copied into this repository.  Where the folder is absent nothing is
written, and a former output is removed, so that the tests count as skipped.

A case is a block of lines `name = hex`; a blank line ends it.
"""

import gzip
import json
import os
import pathlib
import re
import shutil
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
SOURCE = pathlib.Path(os.environ.get("EIDER_VECTORS") or TOP / "../shared/vectors")


def load(name):
    data = (SOURCE / name).read_bytes()
    return gzip.decompress(data) if name.endswith(".gz") else data


def pick(case, **names):
    """A case with our names for their fields."""
    return {ours: case[theirs] for ours, theirs in names.items()}


def acvp(mode, function=None):
    """The tests of the ML-KEM-768 group."""
    data = json.loads(load(f"acvp/ML-KEM-{mode}-FIPS203/internalProjection.json.gz"))
    for group in data["testGroups"]:
        if group["parameterSet"] == "ML-KEM-768" and group.get("function") == function:
            yield from group["tests"]


def cctv(name):
    """One case; of a name that is there twice, the first."""
    case = {}
    for line in load(f"cctv-mlkem/{name}-ML-KEM-768.txt").decode().splitlines():
        key, equals, value = (part.strip() for part in line.partition("="))
        if equals and re.fullmatch("([0-9a-f]{2})+", value):
            case.setdefault(key, value)
    return case


def cctv_modulus():
    for line in load("cctv-mlkem/modulus-ML-KEM-768.txt.gz").decode().split():
        yield {"ek": line}


def ek_check():
    for case in acvp("encapDecap", "encapsulationKeyCheck"):
        yield {"ek": case["ek"], "valid": f"{case['testPassed']:02x}"}


def cavp(name, out):
    """A NIST .rsp file.  A length of 0 bits has the message 00 in it."""
    text = load(f"sha3/{name}.rsp").decode()
    for block in re.split(r"\r?\n\s*\r?\n", text):
        case = dict(re.findall(r"^(\w+) = (\w+)", block, re.M))
        if "Msg" in case:
            yield {"msg": "" if case.get("Len") == "0" else case["Msg"], "out": case[out]}


def wycheproof(name):
    for group in json.loads(load(f"wycheproof/{name}_test.json"))["testGroups"]:
        for case in group["tests"]:
            yield group, case


def aead(name, nonce_bits):
    """libsodium's nonces have one size: a wrong one cannot be expressed."""
    for group, case in wycheproof(name):
        if group["ivSize"] == nonce_bits:
            fields = ("key", "iv", "aad", "msg", "ct", "tag")
            valid = f"{case['result'] == 'valid':02x}"
            yield {**{f: case[f] for f in fields}, "valid": valid}


def x25519():
    for _, case in wycheproof("x25519"):
        yield pick(case, public="public", private="private", shared="shared")


def noise():
    """A file for each pattern; message n is payload<n> and ciphertext<n>."""
    data = json.loads(load("noise/cacophony-25519_ChaChaPoly_BLAKE2b.json"))
    for vector in data["vectors"]:
        pattern = vector.pop("protocol_name").split("_")[1]
        messages = vector.pop("messages")
        for n, message in enumerate(messages):
            vector |= {f"{key}{n}": value for key, value in message.items()}
        yield f"noise-{pattern}", [vector]


def noise_xxhfs():
    """Token order and sizes of XXhfs.  Its hash is SHA-256, not ours."""
    name = "noise/xxhfs-25519-mlkem768-sha256-published.json"
    case = {}
    for key, value in json.loads(load(name)).items():
        values = value if isinstance(value, list) else [value]
        for n, item in enumerate(values):
            if isinstance(item, str) and re.fullmatch("([0-9a-f]{2})*", item):
                case[key if values is not value else f"{key}{n}"] = item
    yield case


def cpace():
    """The ristretto255 case; and points, of which the invalid ones have no product."""
    data = json.loads(load("cpace/testvectors.json"))
    yield {**data["G_Coffee25519"], **{f"invalid{n}": data["G_Coffee25519_points"][f"Invalid Y{n}"] for n in (1, 2)},
           "s": data["G_Coffee25519_points"]["Valid"]["s"], "x": data["G_Coffee25519_points"]["Valid"]["X"],
           "product": data["G_Coffee25519_points"]["Valid"]["G.scalar_mult(s,decode(X))"]}


def all_files():
    yield "mlkem-keygen", acvp("keyGen"), "d z ek dk"
    yield "mlkem-encap", acvp("encapDecap", "encapsulation"), "ek m c k"
    yield "mlkem-decap", acvp("encapDecap", "decapsulation"), "dk c k"
    yield "mlkem-ek-check", ek_check(), "ek valid"
    yield "mlkem-modulus", cctv_modulus(), "ek"
    # Made before FIPS 203 was final: their d does not lead to their keys.
    draft = [cctv("unluckysample"), cctv("intermediate")]
    draft = [pick(c, ek="ek", dk="dk", m="m", c="c", k="K") for c in draft]
    yield "mlkem-cctv-encap", draft, "ek m c k"
    strcmp = pick(cctv("strcmp"), dk="dk", c="c", k="K")
    yield "mlkem-cctv-decap", draft + [strcmp], "dk c k"
    yield "sha3-256", cavp("SHA3_256ShortMsg", "MD"), "msg out"
    yield "sha3-512", cavp("SHA3_512ShortMsg", "MD"), "msg out"
    for name in "ShortMsg", "VariableOut":
        yield f"shake128-{name.lower()}", cavp(f"SHAKE128{name}", "Output"), "msg out"
    yield "shake256-shortmsg", cavp("SHAKE256ShortMsg", "Output"), "msg out"
    yield "x25519", x25519(), "public private shared"
    yield "chacha20-poly1305", aead("chacha20_poly1305", 96), None
    yield "xchacha20-poly1305", aead("xchacha20_poly1305", 192), None
    for name, cases in noise():
        yield name, cases, None
    yield "noise-XXhfs-sha256", noise_xxhfs(), None
    fields = "PRS CI sid g ya ADa Ya yb ADb Yb K ISK_IR invalid1 invalid2 s x product"
    yield "cpace-ristretto255", cpace(), fields


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    if not SOURCE.is_dir():
        shutil.rmtree(folder, ignore_errors=True)
        print("skipped: no published vectors")
        return
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.txt"):
        old.unlink()
    for name, cases, fields in all_files():
        blocks = []
        for case in cases:
            keep = fields.split() if fields else case
            blocks.append("".join(f"{f} = {case[f].lower()}\n" for f in keep))
        if not blocks:
            sys.exit(f"{name}: no cases in {SOURCE}")
        (folder / f"{name}.txt").write_text("\n".join(blocks))
        print(f"{name}: {len(blocks)} cases")


main()
