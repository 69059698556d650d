#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A second implementation of PROTOCOL.md, held against the vectors and the engine in C.

tests/oracle/run.py <build/peer> [<a libsodium that has ML-KEM>]
"""
import os
import random
import sys
import traceback

import mlkem
import talks
import vectors
from link import Peer


class Tally:
    def __init__(self):
        self.passed = self.failed = 0

    def add(self, name, test):
        try:
            said = test()
            self.passed += 1
            print(f"{name}: {said}")
        except Exception:
            self.failed += 1
            print(f"{name} FAILED\n{traceback.format_exc()}")


def same_vectors(name):
    agreed, wrong = vectors.differences(name)
    if wrong or not agreed:
        raise AssertionError("\n".join(wrong) or "nothing to compare")
    return f"{agreed} values agree"


def same_kem(path, seed):
    """FIPS 203 in Python, and the library."""
    plain, newer, r = mlkem.Plain, mlkem.Newer(path), random.Random(seed)
    for _ in range(20):
        d_z, m = r.randbytes(64), r.randbytes(32)
        ek, dk = plain.keygen(d_z)
        ct, ss = plain.encaps(ek, m)
        bad = bytes([ct[0] ^ 1]) + ct[1:]
        ours = ek, dk, ct, ss, plain.decaps(dk, ct), plain.decaps(dk, bad)
        theirs = (*newer.keygen(d_z), *newer.encaps(ek, m), newer.decaps(dk, ct),
                  newer.decaps(dk, bad))
        if ours != theirs or ours[4] != ss or ours[5] == ss:
            raise AssertionError(f"{newer.name} and {plain.name} differ")
    return f"20 keys are the same in {newer.name}"


def main(program, sodium=None):
    seed = int(os.environ.get("SEED", "20261126"))
    print(f"SEED={seed}")
    tally = Tally()
    for name in vectors.FILES:
        tally.add(name + ".txt", lambda n=name: same_vectors(n))
    if sodium:
        tally.add("ML-KEM", lambda: same_kem(sodium, seed))
        mlkem.use(sodium)
    peer = Peer(program)
    for who in (False, True):
        tally.add(f"one text each way, {'C' if who else 'Python'} starts",
                  lambda w=who: talks.smallest(peer, seed, w) and "agrees")
    peer.close()
    print(f"{tally.passed} passed, {tally.failed} failed")
    return tally.failed > 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
