# SPDX-License-Identifier: GPL-2.0-or-later
"""Crashes, a bad server, a bad line: every text arrives exactly once."""
import signal
import threading
import time

from count import Talk, offline, online_again
from meddle import Meddler
from scenario import meet, pair, scenario


def crash(talk, victim, other):
    """VICTIM is killed at a random moment while both write."""
    r = talk.random
    proc = victim.proc

    def kill():
        proc.send_signal(signal.SIGKILL)
        talk.killed(victim)
    timer = threading.Timer(r.uniform(0.05, 1.0), kill)
    timer.start()
    while proc.poll() is None:
        x, y = r.choice(((victim, other), (other, victim)))
        talk.send(x, y)
        time.sleep(r.choice((0, 0, 0.05, 0.2)))
    timer.join()
    victim.stop("kill")
    for _ in range(r.randrange(3)):
        talk.send(other, victim)
    victim.start()


def crashes(lab, n, every):
    a, b = pair(lab)
    talk = Talk(lab)
    for i in range(n):
        victim, other = talk.random.choice(((a, b), (b, a)))
        crash(talk, victim, other)
        if i % every == every - 1:
            meet(a, b)
            talk.send(a, b)
            talk.send(b, a)
            talk.settle()
    print("%d texts, %d kills, %d marked" % (
        len(talk.taken()), n, sum("maybe shown" in t for c in (a, b)
                               for _, t in talk.shown(c))))


@scenario(timeout=240)
def crash_8(lab):
    """8 kills with -9 at random moments of a running conversation."""
    crashes(lab, 8, 8)


@scenario(long=True, timeout=1800)
def crash_200(lab):
    """200 kills with -9 at random moments of a running conversation."""
    crashes(lab, 200, 10)


def chat(talk, a, b, n, pause=(0.02, 0.1)):
    """N texts of both, in a random order."""
    for _ in range(n):
        x, y = talk.random.choice(((a, b), (b, a)))
        talk.send(x, y)
        time.sleep(talk.random.choice(pause))


def bad_server(lab, n):
    a, b = pair(lab)
    talk = Talk(lab)
    # "in" only: what a client sends is recorded as it left it
    bad = [Meddler(lab.tap_of(c.name), "in", talk.random) for c in (a, b)]
    chat(talk, a, b, n)
    lab.quiet(4, 20)              # what it asks for again is spoilt as well
    for m in bad:
        m.stop()
    talk.send(a, b)
    talk.send(b, a)
    # a repeat that was spoilt, too, comes again after two minutes
    talk.settle(150)
    total = {k: sum(m.count[k] for m in bad) for k in bad[0].count}
    assert all(total.values()), total
    print("%d texts, %s" % (len(talk.sent), total))


@scenario(timeout=240)
def server_lies(lab):
    """A server that drops, repeats, delays and alters every other stanza."""
    bad_server(lab, 60)


@scenario(long=True, timeout=900)
def lies_2000(lab):
    """The same with 2000 texts."""
    bad_server(lab, 2000)


@scenario(timeout=240)
def line_cut(lab):
    """30 s of a dead line: alice's comes back, bob's is reset."""
    a, b = pair(lab)
    talk = Talk(lab)
    chat(talk, a, b, 4)
    begin = time.monotonic()
    for c in (a, b):
        for dir in ("out", "in"):
            lab.tap_of(c.name).hold(dir)
    lab.tap_of("bob").is_down = True
    chat(talk, a, b, 8)
    time.sleep(max(0, begin + 30 - time.monotonic()))
    chat(talk, a, b, 4)
    lab.tap_of("bob").cut(reset=True)
    offline(b)
    for c in (a, b):
        for dir in ("out", "in"):
            lab.tap_of(c.name).release(dir)
    lab.tap_of("bob").is_down = False
    online_again(a, b)
    meet(a, b)
    chat(talk, a, b, 4)
    talk.send(a, b)
    talk.send(b, a)
    talk.settle(120)


@scenario(timeout=240)
def server_restarts(lab):
    """The server is killed and started again, twice, while both write."""
    a, b = pair(lab)
    talk = Talk(lab)
    for _ in range(2):
        chat(talk, a, b, 6, (0,))
        lab.prosody.stop("kill")
        chat(talk, a, b, 4)       # some of it to nobody
        offline(a, b)
        lab.prosody.start()
        online_again(a, b)
        meet(a, b)
    chat(talk, a, b, 4)
    talk.send(a, b)
    talk.send(b, a)
    talk.settle(120)
