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
# three slots of accept, one that asks again, the answer; two left out
AGREED = 9 * SLOT


def turn_on(a, to, word="/eider steady 5", key="alt+o"):
    """By the command, and yes to the price."""
    a.command(to, word)
    a.front("Eider")
    a.key(key)


def sent(lab, who, since):
    return [e for e in lab.wire(since, who, "out") if e.body is not None]


def assert_regular(lab, who, since, least, settled=True):
    """Lines of one length, to one address, a slot apart; nothing else.

    A tenth of a slot is drawn, and a line may be late by a tenth; a slot in
    which the machine stood still for longer is left out, never made up for.

    While somebody just came online the address is not known yet, and
    libpurple tries whether chat states are understood."""
    ev = sent(lab, who, since)
    assert len(ev) >= least, "%s sent %d lines" % (who, len(ev))
    equal({len(e.body) for e in ev}, {391}, "lengths")
    gaps = [y.t - x.t for x, y in zip(ev, ev[1:])]
    slots = [max(1, round(g / SLOT)) for g in gaps]
    assert all(abs(g - n * SLOT) < SLOT * 0.2 + 0.05
               for g, n in zip(gaps, slots)), gaps
    assert sum(slots) <= len(gaps) + 1, "slots left out: %r" % gaps
    if not settled:
        return
    equal(len({e.size - len(e.raw.split(b"id='")[1].split(b"'")[0])
               for e in ev}), 1, "sizes of the stanzas")
    equal(len({e.to for e in ev}), 1, "addresses")
    equal({e.chatstate for e in ev}, {ev[0].chatstate}, "chat states")


@scenario(timeout=240)
def agree_talk_stop(lab):
    """Asked with the price and a phone in the way, agreed, talked, ended."""
    a, b = pair(lab, prefs=PREFS)
    m = lab.mark()
    phone = RawXmpp(lab.prosody.port, "bob", password("bob"), "phone")
    for who in (a, b):
        until(lambda: [e for e in lab.wire(m, who.name, "in", messages=False)
                       if e.kind == "presence"
                       and e.frm == "bob@localhost/phone"],
              15, "presence of the phone")
    time.sleep(0.5)
    m = b.mark()
    a.command("bob", "/eider steady 5")
    a.front("Eider")
    time.sleep(0.5)
    a.screenshot(os.path.join(a.dir, "price.png"))
    a.key("alt+a")                         # turn on anyway
    b.wait_written("Alice offers Steady, every 5 s", m)
    b.wait_written("You are also online with a program", m)
    phone.close()
    time.sleep(0.5)
    equal(b.status("alice")["steady"], 0, "not accepted by itself")
    turn_on(b, "alice", "/eider steady")
    agreed = {"timeout": AGREED, "steady": 5, "agreed": 1, "runs": 1}
    a.wait_state("bob", "steady", **agreed)
    b.wait_state("alice", "steady", **agreed)

    since = lab.mark()
    texts = [lab.secret() for _ in range(2)]
    m, n = b.mark(), a.mark()
    for t in texts:
        a.send_im("bob", t)
    a.typing("bob", TYPING)
    answer = lab.secret()
    b.send_im("alice", answer)
    for t in texts:
        b.wait_im(t, m, 40)                # a slot each, some left out
    a.wait_im(answer, n, 40)
    # more than three slots of one hold two or three of the other
    until(lambda: len(sent(lab, "alice", since)) >= 4
          and len(sent(lab, "bob", since)) >= 3, 30, "lines of both")
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
    b.wait_written("Alice ended Steady", m, 30)
    a.wait_state("bob", "private", steady=0, timeout=30)
    b.wait_state("alice", "private", steady=0, timeout=30)
    lab.quiet(2, 8)
    since = lab.mark()
    time.sleep(SLOT * 1.2)
    equal(sent(lab, "alice", since) + sent(lab, "bob", since), [], "after it")
    m = a.mark()
    text = lab.secret()
    b.send_im("alice", text)
    a.wait_im(text, m, 5)


@scenario(timeout=180)
def crash(lab):
    """A machine that crashes: slots end, begin again, and no text is lost."""
    a, b = pair(lab, prefs=PREFS)
    turn_on(a, "bob")
    a.wait_state("bob", "steady", steady=5, agreed=1, runs=1, timeout=AGREED)
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
    b.wait_im(text, m, 45)
    b.wait_state("alice", "steady", steady=5, agreed=1, runs=1, timeout=AGREED)
    equal(len(b.got(m)), 1, "texts after the crash")
    until(lambda: all(len(sent(lab, c, since)) >= 2 for c in ("alice", "bob")),
          30, "two lines of each")
    assert_regular(lab, "alice", since, 2, False)
    assert_regular(lab, "bob", since, 2, False)
