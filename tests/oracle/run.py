#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A second implementation of PROTOCOL.md, held against the vectors and the engine in C.

tests/oracle/run.py <build/peer> [<a libsodium that has ML-KEM>]

EIDER_LONG=1 is the long form; SEED=n COUNT=m sets the first conversation's seed and how
many there are; TRACE=1 shows each as it goes.
"""
import collections
import os
import random
import sys
import traceback

import asking
import backup
import mlkem
import plots
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


class Talks:
    """Random conversations, one after the other, each from a seed of its own."""
    def __init__(self, program, first, count):
        self.program, self.first, self.count = program, first, count
        self.sums = collections.Counter()

    def run(self):
        peer, wrong = Peer(self.program), []
        for i in range(self.count):
            seed = self.first + i
            if i % 500 == 499:
                peer.close()
                peer = Peer(self.program)
            try:
                self._sum(plots.random_talk(peer, seed))
            except Exception:
                wrong.append(f"SEED={seed} COUNT=1 TRACE=1 has it again:\n" +
                             traceback.format_exc())
                peer = Peer(self.program)
                if len(wrong) == 5:
                    break
        peer.close()
        if self.sums["lost by a restore"] > 1 + self.count // 2000:
            wrong.append("texts were lost by restores: " + str(self.sums))
        if wrong:
            raise AssertionError("\n".join(wrong))
        return f"{self.count} conversations agree: " + ", ".join(
            f"{n} {what}" for what, n in self.sums.items())

    def _sum(self, w):
        self.sums["lines"] += w.lines_to_alice + w.lines_to_carol
        self.sums["texts"] += len(w.alice_shown) + len(w.carol_shown)
        self.sums["sessions"] += w.alice.counts["confirmed"]
        self.sums["post-quantum epochs"] += max(
            (s.ratchet.mixed for s in w.alice.s.sessions), default=0)
        self.sums["crashes"] += sum(w.crashes)
        self.sums["checks"] += w.checks
        self.sums["lost by a restore"] += w.lost


def main(program, sodium=None):
    seed = int(os.environ.get("SEED", "20261126"))
    long = bool(os.environ.get("EIDER_LONG"))
    count = int(os.environ.get("COUNT", "10000" if long else "75"))
    print(f"SEED={seed}")
    tally, peer = Tally(), Peer(program)
    for name in vectors.FILES:
        tally.add(name + ".txt", lambda n=name: same_vectors(n))
    if sodium:
        tally.add("ML-KEM", lambda: same_kem(sodium, seed))
        mlkem.use(sodium)
    tally.add("answers", lambda: asking.same_fold(peer, seed, long))
    if long:
        tally.add("backups", lambda: backup.same(peer, seed, long))
    for who in (False, True):
        tally.add(f"one text each way, {'C' if who else 'Python'} starts",
                  lambda w=who: plots.smallest(peer, seed, w) and "agrees")
    peer.close()
    tally.add("conversations", Talks(program, seed, count).run)
    print(f"{tally.passed} passed, {tally.failed} failed")
    return tally.failed > 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
