#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a server learns of two people, by attackers who see what it sees.

run.py [--build FOLDER] [tasks]: all tasks write docs/measured.md; some are
only printed.  The last line counts what had to hold.
"""
import argparse
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
SEEDS = (11, 22, 33)  # fixed before the first run


def main():
    import ledger
    import measured
    import pidgins
    import plot
    import shapes
    import sizes
    import symbols
    import times
    import with_whom
    tasks = {"sizes": sizes.run, "times": times.run, "with_whom": with_whom.run,
             "symbols": symbols.run, "ledger": ledger.run, "pidgins": pidgins.run,
             "soak": pidgins.soak}
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--build", default="build")
    p.add_argument("--write", action="store_true",
                   help="their tables into docs/measured.md, though these "
                        "are not all")
    p.add_argument("tasks", nargs="*", choices=[[]] + list(tasks))
    a = p.parse_args()
    if shapes.folder() is None:
        print("leakage: the shapes of real chat are not here (EIDER_LEAKAGE)")
        print("leakage: 0 passed, 0 failed, 1 skipped")
        return 77
    text, checks = [], []
    for name in a.tasks or tasks:
        begin = time.monotonic()
        lines, more = tasks[name](a.build, SEEDS)
        print("\n".join(lines + [""]), flush=True)
        print("(%s: %.0f s)\n" % (name, time.monotonic() - begin), flush=True)
        text += lines + [""]
        checks += more
    for name, holds in checks:
        print("%-4s %s" % ("ok" if holds else "FAIL", name))
    if a.write or not a.tasks:
        measured.write("make leakage", "What a server learns",
                       "\n".join(text), some=bool(a.tasks))
        plot.draw(measured.PATH)
    failed = sum(not holds for _, holds in checks)
    print("leakage: %d passed, %d failed, 0 skipped" % (
        len(checks) - failed, failed))
    return 1 if failed or not checks else 0


if __name__ == "__main__":
    sys.exit(main())
