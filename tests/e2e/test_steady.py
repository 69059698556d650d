# SPDX-License-Identifier: GPL-2.0-or-later
"""Two real Pidgins in Steady: what the server sees is a line every 5 s."""
import os
import time

from client import TYPING
from raw import RawXmpp
from scenario import equal, meet, pair, scenario, until
from server import password

PREFS = {"/plugins/core/eider/slot": 5}
SLOT = 5.0


def turn_on(a, to, word="/eider steady 5", key="alt+o"):
    """By the command, and yes to the price."""
    a.command(to, word)
    a.wait_window("Eider")
    a.key(key)


def sent(lab, who, since):
    return [e for e in lab.wire(since, who, "out") if e.body is not None]


def assert_regular(lab, who, since, least, settled=True):
    """Lines of one length, to one address, a slot apart; nothing else.

    While somebody just came online the address is not known yet, and
    libpurple tries whether chat states are understood."""
    ev = sent(lab, who, since)
    assert len(ev) >= least, "%s sent %d lines" % (who, len(ev))
    equal({len(e.body) for e in ev}, {391}, "lengths")
    gaps = [y.t - x.t for x, y in zip(ev, ev[1:])]
    assert min(gaps) > SLOT * 0.85 and max(gaps) < SLOT * 1.15, gaps
    if not settled:
        return
    equal(len({e.size - len(e.raw.split(b"id='")[1].split(b"'")[0])
               for e in ev}), 1, "sizes of the stanzas")
    equal(len({e.to for e in ev}), 1, "addresses")
    equal({e.chatstate for e in ev}, {ev[0].chatstate}, "chat states")


@scenario(timeout=150)
def agree_talk_stop(lab):
    """Asked with the price and a telephone in the way, agreed, talked, ended."""
    a, b = pair(lab, prefs=PREFS)
    phone = RawXmpp(lab.prosody.port, "bob", password("bob"), "phone")
    time.sleep(0.5)
    m = b.mark()
    a.command("bob", "/eider steady 5")
    a.wait_window("Eider")
    time.sleep(0.5)
    a.screenshot(os.path.join(a.dir, "price.png"))
    a.key("alt+a")                         # turn on anyway
    b.wait_written("Alice offers Steady, every 5 s", m)
    b.wait_written("You are also online with a program", m)
    phone.close()
    time.sleep(0.5)
    equal(b.status("alice")["steady"], 0, "not accepted by itself")
    turn_on(b, "alice", "/eider steady")
    a.wait_state("bob", "steady", steady=5, agreed=1, runs=1)
    b.wait_state("alice", "steady", steady=5, agreed=1, runs=1)

    since = lab.mark()
    texts = [lab.secret() for _ in range(2)]
    m, n = b.mark(), a.mark()
    for t in texts:
        a.send_im("bob", t)
    a.typing("bob", TYPING)
    answer = lab.secret()
    b.send_im("alice", answer)
    for t in texts:
        b.wait_im(t, m, 25)
    a.wait_im(answer, n, 25)
    until(lambda: len(sent(lab, "alice", since)) >= 4, 20)
    assert_regular(lab, "alice", since, 4)
    assert_regular(lab, "bob", since, 3)
    a.present("bob")
    a.screenshot(os.path.join(a.dir, "steady.png"))

    # the telephone comes back: Bob's slots wait for it to go; Alice insisted
    m = b.mark()
    phone = RawXmpp(lab.prosody.port, "bob", password("bob"), "phone")
    b.wait_written("Steady with Alice is paused: a program without Eider", m)
    b.wait_state("alice", "steady", paused=1, runs=0)
    b.present("alice")
    b.screenshot(os.path.join(b.dir, "paused.png"))
    phone.close()
    b.wait_state("alice", "steady", paused=0, runs=1)

    # off, and once more: at once
    m = b.mark()
    a.command("bob", "/eider steady off")
    a.command("bob", "/eider steady off")
    b.wait_written("Alice ended Steady", m, 20)
    a.wait_state("bob", "private", steady=0)
    b.wait_state("alice", "private", steady=0)
    lab.quiet(2, 8)
    since = lab.mark()
    time.sleep(SLOT * 1.2)
    equal(sent(lab, "alice", since) + sent(lab, "bob", since), [], "after it")
    m = a.mark()
    text = lab.secret()
    b.send_im("alice", text)
    a.wait_im(text, m, 5)


@scenario(timeout=120)
def crash(lab):
    """A machine that crashes: slots end, begin again, and no text is lost."""
    a, b = pair(lab, prefs=PREFS)
    turn_on(a, "bob")
    a.wait_state("bob", "steady", steady=5, agreed=1, runs=1)
    b.stop("kill")
    a.wait_buddy("bob", False)
    time.sleep(1)
    since = lab.mark()
    text = lab.secret()
    a.send_im("bob", text)
    time.sleep(SLOT * 1.2)
    equal(sent(lab, "alice", since), [], "sent to nobody")
    m = b.mark()
    b.start()
    meet(a, b)
    since = lab.mark()
    b.wait_im(text, m, 30)
    b.wait_state("alice", "steady", steady=5, agreed=1, runs=1)
    equal(len(b.got(m)), 1, "texts after the crash")
    until(lambda: all(len(sent(lab, c, since)) >= 2 for c in ("alice", "bob")),
          15)
    assert_regular(lab, "alice", since, 2, False)
    assert_regular(lab, "bob", since, 2, False)
