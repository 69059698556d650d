# SPDX-License-Identifier: GPL-2.0-or-later
"""A server that drops, repeats, delays and alters what it passes on."""
import re
import threading

LINE = re.compile(rb"EIDER[SML][0-9A-Za-z]{64,}")


def flip(r, line):
    """One character is another one."""
    i = r.randrange(6, len(line))
    c = b"A" if line[i:i + 1] != b"A" else b"B"
    return line[:i] + c + line[i + 1:]


def cut(r, line):
    """The end is missing."""
    return line[:r.randrange(80, len(line))]


def split(r, line):
    """A blank in the middle."""
    i = r.randrange(80, len(line))
    return line[:i] + b" " + line[i:]


def wrapped(r, line):
    """Words around it: it can still be read."""
    return b"edited: &gt; " + line + b" (seen)"


def entities(r, line):
    """The same characters, written in another way."""
    return b"".join(b"&#%d;" % c for c in line)


ALTER = (flip, cut, split, wrapped, entities)


class Meddler:
    """Between one client and its server, in one direction."""

    def __init__(self, tap, dir, rnd, share=0.5):
        self.tap, self.dir, self.random, self.share = tap, dir, rnd, share
        self.count = dict.fromkeys(("passed", "dropped", "repeated",
                                    "delayed", "altered"), 0)
        self.late = []              # [still to pass before it, stanza]
        self.lock = threading.Lock()
        tap.meddle(dir, self)

    def __call__(self, unit):
        if not LINE.search(unit):
            return [unit]
        with self.lock:
            out = self._change(unit)
            for x in self.late:
                x[0] -= 1
            out += [x[1] for x in self.late if x[0] < 0]
            self.late = [x for x in self.late if x[0] >= 0]
            return out

    def _change(self, unit):
        r = self.random
        what = r.choice(("dropped", "repeated", "delayed", "altered")) \
            if r.random() < self.share else "passed"
        self.count[what] += 1
        if what == "dropped":
            return []
        if what == "repeated":
            return [unit] * r.randrange(2, 4)
        if what == "delayed":
            self.late.append([r.randrange(1, 6), unit])
            return []
        if what == "altered":
            how = r.choice(ALTER)
            return [LINE.sub(lambda m: how(r, m.group()), unit)]
        return [unit]

    def stop(self):
        """What was delayed goes on now, the last first."""
        self.tap.meddle(self.dir)
        with self.lock:
            for _, unit in reversed(self.late):
                self.tap.inject(self.dir, unit)
            self.late = []
