# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks between Alice and Carol: questions with answers, and codes over a call."""
import random
import unicodedata

import chance
import checks
import cpace
from session import HOUR, MINUTE
from world import Wrong

NONE, WAITS, ASKED, ANSWERED, MEETING, COMPARE, AGREED, PASSED, FAILED, STOPPED = range(10)
# What means the same, and what does not.
SAME = (("in Istanbul, of course!", "IN \u0130STANBUL OF COURSE"), ("ISPARTA", "\u0131sparta"),
        ("Stra\u00dfe", "STRASSE"), ("Cafe\u0301", "caf\u00e9"), ("\ufb01sh & chips", "FISH chips"),
        ("1. 5. 1999", "151999"),
        ("\u039f\u03b4\u03cc\u03c2", "\u03bf\u03b4\u03cc\u03c3"))
OTHER = (("blue", "red"), ("caf\u00e9", "cafe"), ("12", "21"))


def hexed(text):
    return text.encode().hex() or "-"


class Asking:
    """One check in a World, to its end."""

    def __init__(self, world):
        self.w, self.is_ours = world, chance.happens(500)

    def _view(self):
        """Carol's: phase, whether the key is checked, code."""
        found = [x for x in self.w.order("view") if x[0] == "view"]
        return (int(found[0][1]), found[0][2] == "1", found[0][3]) if found else (NONE, False, "-")

    def _alice(self):
        run = self.w.alice.s.check
        return run.state if run is not None else None

    def _wait(self, done):
        """At most so long as repeats need: they come each hour at last."""
        for minute in range(240):
            if done():
                return
            if minute == 60:
                self.w.loss = 0
            self.w.run(MINUTE)
        raise Wrong(f"a check stands: {self._alice()}, Carol {self._view()}")

    def go(self):
        (self._question if chance.happens(500) else self._call)()

    def _question(self):
        is_right = chance.happens(700)
        ask, answer = chance.choice(SAME if is_right else OTHER)
        question = "Where did we meet? \u00e7"[:chance.below(25)]
        if self.is_ours:
            self.w.act(self.w.alice.check_ask, question.encode(), ask)
            self._wait(lambda: self._view()[0] == ASKED)
            self.w.order("answer", hexed(answer))
        else:
            self.w.order("ask", hexed(question), hexed(ask))
            self._wait(lambda: self._alice() == checks.OFFERED)
            if self.w.alice.s.check.heard[checks.ASK][32:] != question.encode():
                raise Wrong("another question")
            self.w.act(self.w.alice.check_answer, answer)
        self._ends(is_right)

    def _call(self):
        is_right = chance.happens(700)
        if self.is_ours:
            self.w.act(self.w.alice.check_call)
        else:
            self.w.order("call")
        self._wait(lambda: self._view()[0] == COMPARE and self._alice() == checks.COMPARE)
        if self._view()[2].replace(".", " ") != self.w.alice.s.check.code:
            raise Wrong("another code")
        first = chance.happens(500)
        for is_alice in (first, not first):
            said = is_right or is_alice != first
            if is_alice:
                self.w.act(self.w.alice.check_same, said)
            elif self._view()[0] in (COMPARE, AGREED):
                self.w.order("same", int(said))
            self.w.run(chance.below(5000))
        self._ends(is_right)

    def _ends(self, is_right):
        key = self.w.alice.s.check.peer
        if is_right:
            self._wait(lambda: self._view()[0] == PASSED and self._alice() == checks.PASSED)
        else:
            self._wait(lambda: self._view()[0] in (FAILED, STOPPED) and
                       self._alice() == checks.ENDED)
        was = key in self.w.alice.s.checked, self._view()[1]
        if was != (is_right, is_right):
            raise Wrong(f"checked: Alice {was[0]}, Carol {was[1]}; right: {is_right}")


def same_fold(peer, seed, long):
    """11.5: answers are folded to the same bytes, character by character and mixed."""
    r, count = random.Random(seed), 0
    known = [chr(c) for c in range(1, 0x110000)
             if not 0xd800 <= c < 0xe000 and unicodedata.category(chr(c)) != "Cn"]
    texts = ["".join(r.choices(known, k=r.randrange(1, 40))) for _ in range(20000 if long else 500)]
    step = 100
    texts += ["-".join(known[i:i + step]) for i in range(0, len(known), step)
              if long or i < 0x3000 or r.random() < 0.05]
    for text in texts:
        answer = peer.order(0, "fold", hexed(text))[-1]
        ours = cpace.folded(text)
        theirs = bytes.fromhex(answer[1]) if len(answer) > 1 else b""
        if ours != theirs:
            raise Wrong(f"{text!r} is {ours!r} here, {theirs!r} in C")
        count += 1
    return f"{count} answers are the same"
