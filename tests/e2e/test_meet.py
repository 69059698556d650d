# SPDX-License-Identifier: GPL-2.0-or-later
"""First contact."""
from guard import INVITATION
from client import ERROR, SYSTEM
from scenario import (MET, both, equal, go_private, meet, say, scenario, talk,
                      until, waits)

AT_MOST = {"xmpp": 6, "irc": 14}


def first_contact(lab, proto):
    a, b = both(lab, (proto,))
    m, ma, mb = lab.mark(), a.mark(), b.mark()
    a.command("bob", "/eider on", proto)
    for c, to in ((a, "bob"), (b, "alice")):
        c.wait_state(to, "private", proto, 60)
    lab.quiet(1 if proto == "xmpp" else 4, 60)
    seen = lab.bodies(m)
    equal(seen[0], INVITATION)
    equal(lab.lines(m), seen[1:], "lines after the invitation")
    assert len(seen) <= AT_MOST[proto], [len(x) for x in seen]
    # the answer to the command, and one line on each side for the change
    for c, since, most in ((a, ma, 2), (b, mb, 1)):
        said = [w for w in c.written(since, SYSTEM | ERROR)
                if "eider: state=" not in w[2]]
        assert len(said) <= most, said
        equal([t for t in c.got(since)], [], "shown")
    for c, to in ((a, "bob"), (b, "alice")):
        s = c.wait_state(to, "private", proto, private=1, session=1)
        equal((s["devices"], s["candidates"], s["waiting"]), (1, 0, 0))
    talk(lab, a, b, proto)
    equal(lab.bodies(m).count(INVITATION), 1)


@scenario()
def xmpp(lab):
    """/eider on at one side makes both private with at most 6 lines."""
    first_contact(lab, "xmpp")


@scenario(xmpp=False, irc=True, timeout=120)
def irc(lab):
    """/eider on at one side of IRC: both private, at most 14 lines."""
    first_contact(lab, "irc")


@scenario(timeout=150)
def both_press_on(lab):
    """Both turn it on at the same time; nobody has to do it again."""
    a, b = both(lab)
    a.command("bob", "/eider on")
    b.command("alice", "/eider on")
    a.wait_state("bob", "private", timeout=MET)
    b.wait_state("alice", "private", timeout=MET)
    talk(lab, a, b)


@scenario()
def typed_early(lab):
    """Text typed before the session exists waits, then arrives in order."""
    a, b = both(lab)
    m = b.mark()
    a.command("bob", "/eider on")
    texts = [lab.secret() for _ in range(5)]
    for t in texts:
        a.send_im("bob", t)
    b.wait_im(texts[-1], m, 30)
    equal(b.got(m), texts)


@scenario()
def offline(lab):
    """A peer who is offline gets the first text as soon as he appears."""
    a = lab.pidgin("alice")
    b = lab.pidgin("bob", start=False)
    m = lab.mark()
    a.command("bob", "/eider on")
    text = waits(lab, a, "bob")
    equal(lab.bodies(m), [], "sent to somebody who is offline")
    a.wait_state("bob", "starting", waiting=1)
    b.start()
    b.wait_im(text, timeout=30)
    a.wait_state("bob", "private", waiting=0)
    talk(lab, a, b)


@scenario()
def offline_and_restarted(lab):
    """The waiting text survives kill -9 of its writer."""
    a = lab.pidgin("alice")
    b = lab.pidgin("bob", start=False)
    a.command("bob", "/eider on")
    text = waits(lab, a, "bob")
    a.restart("kill")
    a.wait_state("bob", "starting", waiting=1)
    b.start()
    b.wait_im(text, timeout=30)


@scenario()
def without_eider(lab):
    """Who lacks Eider gets one polite line; his text shows, ours waits."""
    a = lab.pidgin("alice")
    b = lab.pidgin("bob", plugins=[])
    meet(a, b)
    a.command("bob", "/eider on")
    b.wait_im(INVITATION)
    for _ in range(3):
        waits(lab, a, "bob", seconds=0.5)
    m, text = a.mark(), lab.plain()
    b.send_im("alice", text)
    a.wait_im(text, m)
    assert "not encrypted" in " ".join(w[2] for w in a.written(m)), \
        a.written(m)
    a.wait_state("bob", "starting", waiting=3, private=1)
    a.restart("quit")
    b.restart("quit")
    meet(a, b)
    waits(lab, a, "bob")
    b.since_start = 0
    equal(b.got(), [INVITATION])
    a.command("bob", "/eider cancel")
    a.wait_state("bob", "starting", waiting=0)


@scenario()
def default_on(lab):
    """With the default on, the first text to a buddy goes out private."""
    a = lab.pidgin("alice", prefs={"/plugins/core/eider/default": "on"})
    b = lab.pidgin("bob")
    meet(a, b)
    say(lab, a, b, timeout=30)
    talk(lab, a, b)
    equal(a.status("bob")["default"], "on")


def came(lab, since, who):
    """The bodies that came to WHO."""
    return [e.body for e in lab.wire(since, who, "in") if e.body is not None]


@scenario()
def default_off(lab):
    """With the default off, nobody's invitation is answered."""
    a = lab.pidgin("alice")
    b = lab.pidgin("bob", prefs={"/plugins/core/eider/default": "off"})
    meet(a, b)
    m = lab.mark()
    a.command("bob", "/eider on")
    until(lambda: came(lab, m, "bob"), 15, "the invitation")
    lab.quiet(2)
    equal(lab.bodies(m), [INVITATION])
    # until the user says so himself
    b.command("alice", "/eider on")
    a.wait_state("bob", "private")
    talk(lab, a, b)


@scenario()
def finch(lab):
    """Finch and Pidgin, from either side."""
    a, c = lab.pidgin("alice"), lab.finch("carol")
    meet(a, c)
    go_private(lab, c, a)
    talk(lab, a, c)
    c.restart("kill")
    talk(lab, c, a)
    b = lab.pidgin("bob")
    meet(b, c)
    go_private(lab, b, c)
    talk(lab, b, c)


@scenario(groups=[("alice", "bob"), ("carol",)])
def stranger(lab):
    """A stranger's message 1 gets no answer until the user agrees."""
    # bob without Eider invites carol, so that carol's Eider makes a message 1
    c = lab.pidgin("carol", buddies=("bob",))
    b0 = lab.pidgin("bob", name="bob0", plugins=[])
    m = lab.mark()
    c.command("bob", "/eider on")
    lab.guard.allow(INVITATION)
    b0.send_im("carol", INVITATION)
    until(lambda: lab.lines(m, "carol"), 15, "message 1 from carol")
    lab.quiet(1.5)
    first = [x for x in lab.lines(m, "carol")]
    b0.stop("quit")
    c.stop("quit")
    # the same lines again, from the plain account of a stranger
    c0 = lab.pidgin("carol", name="carol0", plugins=[], buddies=())
    b = lab.pidgin("bob", buddies=("alice",))
    mw = lab.mark()
    for x in first + [INVITATION]:
        c0.send_im("bob@localhost", x)
    until(lambda: INVITATION in came(lab, mw, "bob"), 15, "all of it")
    lab.quiet(3)
    equal(lab.bodies(mw, "bob"), [], "answers to a stranger")
    assert not [t for t in b.got() if "EIDERM" in t or "EIDERS" in t], b.got()
    # agreed: now the same lines are answered
    b.command("carol", "/eider on")
    lab.quiet(1)
    for x in first:
        c0.send_im("bob@localhost", x)
    until(lambda: [x for x in lab.lines(mw, "bob") if x[5] == "M"], 15,
          "answer")
