# SPDX-License-Identifier: GPL-2.0-or-later
"""What a scenario is, and what several of them need."""
import time

from proc import PATIENCE

SCENARIOS = []
# a message 1 that crossed another is sent again after 30 s
MET = 60


class Skip(Exception):
    """This scenario cannot run here; says why."""


def scenario(long=False, timeout=90, plugin=True, **lab):
    """A function of one argument, the Lab; its docstring says what must be.

    long: only with --long; plugin=False: needs no build of Eider;
    more: arguments of Lab.
    """
    def wrap(fn):
        fn.long, fn.timeout, fn.plugin, fn.lab = long, timeout, plugin, lab
        fn.id = "%s.%s" % (fn.__module__.replace("test_", "", 1),
                           fn.__name__)
        SCENARIOS.append(fn)
        return fn
    return wrap


def until(fn, timeout=15, what="it"):
    """Wait until fn() is true; returns what it returned."""
    timeout *= PATIENCE
    stop = time.monotonic() + timeout
    while True:
        r = fn()
        if r:
            return r
        if time.monotonic() > stop:
            raise TimeoutError("no %s within %ss" % (what, timeout))
        time.sleep(0.1)


def both(lab, protos=("xmpp",), **kw):
    """Alice and Bob, online, each seeing the other."""
    a = lab.pidgin("alice", protos, **kw)
    b = lab.pidgin("bob", protos, **kw)
    meet(a, b, protos)
    return a, b


def meet(a, b, protos=("xmpp",)):
    """Wait until A and B see each other.

    On IRC libpurple asks for presence every 45 s; who shares a channel is
    noticed at once."""
    if "irc" in protos:
        for c in (a, b):
            c.join("#lobby")
    for p in protos:
        for x, y in ((a, b), (b, a)):
            x.wait_buddy(y.acct(p).user, proto=p, timeout=60)


def go_private(lab, a, b, proto="xmpp", timeout=30):
    """A turns privacy on for B; both end up with a confirmed session."""
    na, nb = a.acct(proto).user, b.acct(proto).user
    a.command(nb, "/eider on", proto)
    if proto == "irc":
        lab.quiet(3.5, timeout)       # a line takes up to two seconds there
    a.wait_state(nb, "private", proto, timeout)
    b.wait_state(na, "private", proto, timeout)
    lab.quiet(0.5)


def pair(lab, protos=("xmpp",), **kw):
    """Alice and Bob with a private conversation on the first protocol."""
    a, b = both(lab, protos, **kw)
    go_private(lab, a, b, protos[0])
    return a, b


def say(lab, frm, to, proto="xmpp", timeout=15, form="%s", size=None,
        user=None):
    """A secret text goes from one client to the other; returns it."""
    text = lab.secret(form, size)
    m = to.mark()
    frm.send_im(user or to.acct(proto).user, text, proto)
    to.wait_im(text, m, timeout)
    return text


def talk(lab, a, b, proto="xmpp", timeout=15):
    """One text in each direction."""
    say(lab, a, b, proto, timeout)
    say(lab, b, a, proto, timeout)


def waits(lab, client, to, proto="xmpp", seconds=2):
    """CLIENT sends a secret text that must not leave yet; returns it."""
    m = lab.mark()
    text = lab.secret()
    client.send_im(to, text, proto)
    lab.quiet(seconds, seconds + 3)
    assert not lab.lines(m, client.name), "it left"
    return text


def equal(got, want, what=""):
    assert got == want, "%s: %r, not %r" % (what, got, want)
