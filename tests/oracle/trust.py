# SPDX-License-Identifier: GPL-2.0-or-later
"""PROTOCOL.md 11.3 and 11.6: fingerprints, safety numbers, the short code."""
import prims


def fingerprint(key):
    digest = prims.blake2b(64, b"EIDER1-fp" + key)
    return "".join(f"{int.from_bytes(digest[5 * i:5 * i + 5], 'big') % 100000:05d}"
                   for i in range(6))


def safety_number(a, b):
    return "".join(sorted((fingerprint(a), fingerprint(b))))


def sas_commit(sid, run, na, key_a):
    return prims.blake2b(32, b"EIDER1-sas-c" + sid + run + na + key_a)


def sas_code(sask, sid, run, na, nb, initiator, responder):
    x = int.from_bytes(prims.blake2b(
        16, b"EIDER1-sas" + sid + run + na + nb + initiator + responder, key=sask)[:5], "big")
    return " ".join(str(1000 + (x >> shift & 8191)) for shift in (27, 14, 1))


def sas_ok(sask, run, role):
    return prims.blake2b(32, b"EIDER1-sas-ok" + run + bytes([role]), key=sask)
