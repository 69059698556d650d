# SPDX-License-Identifier: GPL-2.0-or-later
"""A conversation of which every text is counted: exactly once, or marked."""
import glob
import os
import random
import re
import subprocess
import time

from gi.repository import GLib

from client import RECV
from scenario import until

MARK = "maybe shown before"
SHOWN_WITHIN = 1.0               # PROTOCOL.md 12.3
HOLD_BACK = 30.0                 # PROTOCOL.md 10.3
SLACK = 2.0                      # of a busy machine
LAG = 1.0        # D-Bus may bring so late what was shown just before a kill;
#                  no client is started and online again so soon


def logged(client):
    """What libpurple's log has, which is written as a text is shown and so
    knows more than D-Bus of the last moment before a kill."""
    out = []
    for path in glob.glob(os.path.join(client.conf, "logs", "**", "*.txt"),
                          recursive=True):
        with open(path, errors="replace") as f:
            out += f.read().split("\n")
    return out


class Talk:
    """Texts between clients, as the scenario sends them.

    The seed is printed; SEED=n takes the same steps again.
    """

    def __init__(self, lab, sizes=(16, 40, 90, 200, 1500)):
        self.lab, self.sizes = lab, sizes
        self.seed = int(os.environ.get("SEED") or random.randrange(1 << 32))
        print("seed %d" % self.seed, flush=True)
        self.random = random.Random(self.seed)
        self.sent = []           # (text, from, (to, ...))
        self.begun = {}          # text -> time before it was sent
        self.since = {}          # client -> mark
        self.kills = {}          # client -> [time]
        self.restored = {}       # client -> time

    def watch(self, *clients):
        for c in clients:
            self.since.setdefault(c, c.mark())

    def send(self, frm, *to, user=None, proto="xmpp"):
        """FRM writes to those who must show it; returns the text."""
        self.watch(frm, *to)
        text = self.lab.secret(size=self.random.choice(self.sizes))
        self.begun[text] = time.time()
        try:
            frm.send_im(user or to[0].acct(proto).user, text, proto)
        except GLib.Error:
            try:
                frm.proc.wait(2)         # it was killed meanwhile
            except subprocess.TimeoutExpired:
                raise GLib.Error("no answer from " + frm.name) from None
        self.sent.append((text, frm, to))
        return text

    def killed(self, client):
        self.kills.setdefault(client, []).append(time.time())

    def put_back(self, client):
        """Its profile is an older one from now on: what was shown since then
        it cannot know."""
        self.restored[client] = time.time()

    # -- counting -------------------------------------------------------------
    def shown(self, client):
        """[(time, text)] of what CLIENT's windows showed."""
        return [(w[0], w[2])
                for w in client.written(self.since[client], RECV)]

    def everything(self, client):
        return "\n".join([t for _, _, t, _ in client.written(
            self.since[client])] + logged(client))

    def taken(self):
        """The texts that their writer's window shows: they must arrive.
        (Who is not connected, or just then killed, keeps no text.)"""
        seen = {c: self.everything(c) for c in self.since}
        return [x for x in self.sent if x[0].split("\n")[0] in seen[x[1]]]

    def missing(self):
        seen = {c: self.everything(c) for c in self.since}
        return [(c.name, t) for t, frm, to in self.taken()
                for c in to if t not in seen[c]]

    def settle(self, timeout=90):
        """Wait until everything arrived; then nothing may be doubled."""
        try:
            until(lambda: not self.missing(), timeout, "all texts")
        except TimeoutError:
            left = self.missing()
            raise AssertionError("seed %d: %d of %d not shown: %r" % (
                self.seed, len(left), len(self.sent),
                [(n, t[:16]) for n, t in left[:8]])) from None
        self.lab.quiet(1, 10)
        for c in self.since:
            self._once(c)
            for frm in self.since:
                assert self._in_order(c, frm), "seed %d: order of %s at %s" % (
                    self.seed, frm.name, c.name)
        taken = len(self.taken())
        assert taken > len(self.sent) / 2, "%d of %d taken" % (
            taken, len(self.sent))
        return taken

    def _once(self, client):
        shown, log = self.shown(client), logged(client)
        log = [x for x in log if re.match(r"\(\d", x)]
        for text, frm, to in self.sent:
            if client not in to:
                assert frm is client or not any(text in x for _, x in shown), \
                    "seed %d: %r at %s" % (self.seed, text[:16], client.name)
                continue
            first = text.split("\n")[0]
            times = [t for t, x in shown if text in x and MARK not in x]
            lines = [x for x in log if first in x and MARK not in x]
            back = self.restored.get(client, 0)
            n = max(len([t for t in times if t <= back]),
                    len([t for t in times if t > back]), len(lines))
            assert n <= 1, "seed %d: %r from %s shown %d times at %s" % (
                self.seed, text[:16], frm.name, n, client.name)
            for again in [t for t, x in shown if text in x and MARK in x]:
                self._may_be_marked(client, text, times, again)

    def _may_be_marked(self, client, text, times, again):
        """Only where a kill fell between showing and writing it down."""
        kills = [k for k in self.kills.get(client, ()) if k < again]
        assert kills, "seed %d: %r marked without a crash" % (
            self.seed, text[:16])
        near = [k for k in kills if not times
                or -LAG < k - times[0] < SHOWN_WITHIN + SLACK]
        assert near, "seed %d: %r marked, but shown %.1f s before" % (
            self.seed, text[:16], min(k - times[0] for k in kills))

    def _in_order(self, client, frm):
        """As they were written; but for one that is missing what was written
        after it does not wait longer than HOLD_BACK."""
        shown = [(t, x) for t, x in self.shown(client) if MARK not in x]
        mine = [t for t, f, to in self.sent if f is frm and client in to]
        seen = {}                # text -> (number, time)
        for n, (when, x) in enumerate(shown):
            for t in mine:
                if t in x:
                    seen.setdefault(t, (n, when))
        mine = [t for t in mine if t in seen]
        return not any(
            seen[y] < seen[x] and seen[x][1] - self.begun[y] < HOLD_BACK
            for i, x in enumerate(mine) for y in mine[i + 1:])


def offline(*clients, proto="xmpp"):
    """Wait until they know that their line is dead: until then all that is
    asked of them tells of the old one."""
    for c in clients:
        until(lambda: not c.call("PurpleAccountIsConnected",
                                 c.account(proto)), 30, "end of a dead line")


def online_again(*clients, proto="xmpp", timeout=60):
    """What the reconnect button does, until it works."""
    for c in clients:
        def connected():
            acct = c.account(proto)
            if c.call("PurpleAccountIsConnected", acct):
                return True
            if not c.call("PurpleAccountIsConnecting", acct):
                c.call("PurpleAccountConnect", acct)
            return False
        until(connected, timeout, "login of " + c.name)
