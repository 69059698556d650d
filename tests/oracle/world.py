# SPDX-License-Identifier: GPL-2.0-or-later
"""A server between Alice (Python) and Carol (C): it delays, loses, repeats and reorders."""
import heapq
import os

import chance
import lines
from alice import Alice, Crashed
from watch import Watch

TRACE = bool(os.environ.get("TRACE"))
START = 1700000000000
NAMES = {"alice", "alice/py"}


class Wrong(Exception):
    """The two implementations do not agree."""


class Shown:
    def __init__(self, data, at, maybe, written):
        self.data, self.at, self.maybe, self.written = data, at, maybe, written


class World:
    def __init__(self, peer, seed, limits=(8000, 8000), keeps=False):
        self.peer, self.now = peer, START
        self.events, self.count = [], 0
        self.loss = self.repeat = self.late = 0  # of 1000 lines
        self.alice = Alice(limits[0], self._from_alice, self._shown_to_alice)
        self.alice.watch = Watch(limits[1], b"desk", b"carol")
        self.alice_on, self.is_orderly, self.is_carol_on = True, False, True
        self.carol_shown, self.alice_shown = [], []
        self.lines_to_carol = self.lines_to_alice = 0
        self.keeps, self.kept = keeps, {"alice": [], "carol": []}
        self.errors, self.news, self.views = [], {}, []
        self.states = {}
        self.crashes = [0, 0]
        self.expects_candidate, self.candidates = False, 0
        self.checks = self.lost = 0
        self.limits = limits
        self.tell(*peer.order(0, "new", seed, limits[1], int(keeps)))
        self.order("start")

    # ---- time ---------------------------------------------------------------

    def later(self, ms, action, *args):
        self.count += 1
        heapq.heappush(self.events, (self.now + ms, self.count, action, args))

    def run(self, ms):
        """Let time pass."""
        until = self.now + ms
        while True:
            times = [until]
            times += [self.events[0][0]] if self.events else []
            times += [self.peer.wake] if self.peer.wake else []
            mine = self.alice.next_time() if self.alice_on else None
            times += [mine] if mine is not None else []
            self.now = max(self.now, min(times))
            if self.peer.wake and self.peer.wake <= self.now:
                self.order("run")
            elif mine is not None and mine <= self.now:
                self.act(self.alice.tick)
            elif self.events and self.events[0][0] <= self.now:
                _, _, action, args = heapq.heappop(self.events)
                action(*args)
            elif self.now >= until:
                self.order("run")
                return

    def trace(self, *what):
        """TRACE=1: the conversation, as it goes."""
        if TRACE:
            print(f"{(self.now - START) / 1000:12.3f}", *(str(x)[:70] for x in what))

    def order(self, *words):
        if words[0] != "run":
            self.trace("Carol:", *words)
        answers = self.peer.order(self.now, *words)
        was_running, self.carol_was_running = self.carol_was_running, self.peer.is_running
        self.tell(*answers)
        if words[0] != "stop" and not self.peer.is_running and (was_running or
                                                                words[0] == "start"):
            self._carol_died()
        return answers

    carol_was_running = False

    # ---- Alice --------------------------------------------------------------

    def act(self, action, *args):
        """Something happens to Alice."""
        if not self.alice_on:
            return None
        if action != self.alice.tick:
            self.trace("Alice:", action.__name__, *args)
        try:
            return self.alice.do(self.now, action, *args)
        except Crashed:
            self.crash_alice()
            return None

    def crash_alice(self):
        self.crashes[0] += 1
        self.alice_on = False
        self.order("presence", 0)
        self.later(chance.between(100, 60000), self._alice_again)

    def _alice_again(self):
        self.alice.restart(self.now)
        self.alice_comes()

    def alice_goes(self):
        self.alice_on = False
        self.order("presence", 0)

    def alice_comes(self):
        self.alice_on = True
        self.alice.online = self.is_carol_here()
        self.order("presence", 1)
        self._empty_boxes()

    def _from_alice(self, to, line):
        self.trace("          ", to, line)
        self.lines_to_carol += 1
        self._carry(self._to_carol, line)

    def _shown_to_alice(self, data, is_html, written, maybe):
        self.alice_shown.append(Shown((data, is_html), self.now, maybe, written))

    # ---- the server ---------------------------------------------------------

    def _carry(self, deliver, line):
        for _ in range(1 + chance.happens(self.repeat)):
            if not chance.happens(self.loss):
                ms = 20 if self.is_orderly else 1 + chance.below(100)
                if chance.happens(self.late):
                    ms += chance.below(60000)
                self.later(ms, deliver, line)

    def _to_carol(self, line):
        if self.is_carol_here():
            self.order("recv", "alice/py", 0, line)
        elif self.keeps:
            self.kept["carol"].append(line)

    def _to_alice(self, line):
        if self.alice_on:
            self.act(self.alice.receive, line, "carol/1")
        elif self.keeps:
            self.kept["alice"].append(line)

    def _empty_boxes(self):
        """What the server kept for who is back."""
        if self.is_carol_here():
            box, self.kept["carol"] = self.kept["carol"], []
            for line in box:
                self.order("recv", "alice/py", 1, line)
        if self.alice_on:
            box, self.kept["alice"] = self.kept["alice"], []
            for line in box:
                self.act(self.alice.receive, line, "carol/1", True)

    def is_carol_here(self):
        return self.peer.is_running and self.is_carol_on

    # ---- Carol --------------------------------------------------------------

    def _carol_died(self):
        self.crashes[1] += 1
        self.act(self.alice.presence, False)
        self.later(chance.between(100, 60000), self.carol_comes)

    def carol_goes(self, how):
        self.is_carol_on = False
        self.order(how)
        self.act(self.alice.presence, False)

    def carol_comes(self):
        self.is_carol_on = True
        self.order("start")
        if self.is_carol_here():
            self.act(self.alice.presence, True)
            self._empty_boxes()

    def tell(self, *answers):
        for f in answers:
            self.trace("          ", *f)
            if f[0] == "line":
                self._line_of_carol(f[2], " ".join(f[3:]))
            elif f[0] == "shown":
                data = bytes.fromhex(f[5]) if len(f) > 5 else b""
                self.carol_shown.append(Shown(data, int(f[1]), f[2] == "1", int(f[4])))
                if f[3] == "1" and not self.expects_candidate:
                    raise Wrong("Carol takes Alice for a candidate")
                self.candidates += int(f[3])
            elif f[0] == "news":
                self.news[int(f[1])] = self.news.get(int(f[1]), 0) + int(f[2])
            elif f[0] == "state":
                self.states[f[1]] = int(f[2])
            elif f[0] == "view":
                self.views.append(f[1:])
            elif f[0] == "error":
                self.errors.append(f[1:])

    def _line_of_carol(self, to, line):
        self.lines_to_alice += 1
        if to not in NAMES:
            raise Wrong(f"a line to {to}")
        if line != lines.INVITATION:
            kind, frame = lines.find(line)
            if kind != lines.FOUND or len(line) != lines.LINE[lines.LETTER[len(frame)]] or \
                    len(line) > self.limits[1]:
                raise Wrong("no whole line: " + line[:40])
        self._carry(self._to_alice, line)
