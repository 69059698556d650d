# SPDX-License-Identifier: GPL-2.0-or-later
"""What the server sees of others, by their published rules, and of Eider.

A rule gives the size that is seen for a text of n bytes.  Only sizes that a
rule tells apart matter, so constants that are always added are left out.
"""
import os
import subprocess

import numpy as np

RPAD = 201  # OMEMO 0.4 and later: 0 to 200 characters, drawn for each message


def steps(n, step, more=0):
    return (n + more + step - 1) // step


RULES = {
    "nothing (exact bytes)": lambda n: n,
    "OTR, OMEMO 0.3 (3-byte steps)": lambda n: steps(n, 3),
    "Signal, 80-byte blocks": lambda n: steps(n, 80, 53),
    "Signal, 160-byte blocks": lambda n: steps(n, 160, 53),
    "SimpleX, 16 KiB blocks": lambda n: steps(n, 16000),
}
RANDOM = "OMEMO 0.4+ (random 0 to 200)"


def trace(build, *args, given=None):
    done = subprocess.run([os.path.join(build, "trace")] + [str(a) for a in args],
                          input=given, stdout=subprocess.PIPE, text=True,
                          check=True)
    return done.stdout.splitlines()


def eider_table(build, seed, longest):
    """Of the real engine: for each length a number for what was seen."""
    seen = {}
    table = np.zeros(longest + 1, dtype=int)
    rows = trace(build, "sizes", seed, longest)
    assert len(rows) == longest
    for row in rows:
        n, lines, letter = row.split(",")
        table[int(n)] = seen.setdefault((lines, letter), len(seen))
    return table


def eider_talk(build, seed, seconds, texts, *mode):
    """Lines [(ms, from, characters)] and waits in ms of the texts shown."""
    lines, waits = [], []
    for row in trace(build, "talk", seed, seconds, *mode,
                     given="".join("%d,%s,%d\n" % t for t in texts)):
        a, b, c = row.split(",")
        if a != "shown":
            lines.append((int(a), b, int(c)))
        elif b.split(" ")[0].isdigit() and " " in b:
            waits.append(int(c) - int(b.split(" ")[0]))
    return lines, waits
