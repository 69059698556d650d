# SPDX-License-Identifier: GPL-2.0-or-later
"""Restarts, crashes and absence in mid-conversation."""
import os
import shutil

from client import ERROR, SYSTEM
from count import logged
from guard import INVITATION
from scenario import (MET, equal, meet, pair, say, scenario, talk, until,
                      waits)


def restarts(lab, how):
    a, b = pair(lab)
    talk(lab, a, b)
    m = lab.mark()
    ma, mb = a.mark(), b.mark()
    for who in ((a,), (b,), (a, b)):
        for c in who:
            c.stop(how)
            # the guard searches it: there must be one to search
            if how == "quit" and not os.path.getsize(
                    os.path.join(c.conf, "eider", "ledger")):
                raise AssertionError("no ledger")
        for c in who:
            c.start()
        meet(a, b)
        # the next text arrives without any action of a user
        say(lab, b, a)
        say(lab, a, b)
    equal(a.written(ma, SYSTEM | ERROR) + b.written(mb, SYSTEM | ERROR), [],
          "said about restarts")
    # nothing had to be begun again: no handshake message is that long
    equal({len(x) for x in lab.bodies(m)}, {391})
    equal(a.status("bob")["state"], "private")


@scenario(timeout=120)
def quit(lab):
    """Either side, and both, quit in mid-conversation and come back."""
    restarts(lab, "quit")


@scenario(timeout=120)
def kill(lab):
    """Either side, and both, are killed with -9 in mid-conversation."""
    restarts(lab, "kill")


# without the limit of lines a second, which is not what this is about
@scenario(xmpp=False, irc=True, timeout=120)
def kill_irc(lab):
    """On IRC, too, either side is killed with -9 and goes on."""
    a, b = pair(lab, ("irc",), settings={"irc": {"ratelimit-interval": 0}})
    talk(lab, a, b, "irc")
    for c in (a, b):
        m, ma, mb = lab.mark(), a.mark(), b.mark()
        c.restart("kill")
        c.join("#lobby")
        for x, to in ((a, "bob"), (b, "alice")):
            x.wait_buddy(to, proto="irc", timeout=60)
        talk(lab, a, b, "irc", 30)
        equal({len(x) for x in lab.bodies(m)}, {391})
        equal(a.written(ma, SYSTEM | ERROR) + b.written(mb, SYSTEM | ERROR),
              [], "said about it")
    equal(a.status("bob", "irc")["state"], "private")


@scenario(timeout=150)
def kill_while_sending(lab):
    """kill -9 among messages on their way: none is lost, none is doubled."""
    a, b = pair(lab)
    sent, mb = [], b.mark()
    for i in range(3):
        for _ in range(6):
            sent.append(lab.secret())
            a.send_im("bob", sent[-1])
        (a, b)[i % 2].restart("kill")
        meet(a, b)
    sent.append(lab.secret())
    a.send_im("bob", sent[-1])

    def arrived():
        return [t for t in sent if any(t in g for g in b.got(mb))] == sent
    until(arrived, 60, "all of them")
    lab.quiet(1)
    # shown twice only with the mark that says so
    for t in sent:
        again = [g for g in b.got(mb) if t in g and "shown before" not in g]
        assert len(again) <= 1, again


@scenario()
def kill_at_first_contact(lab):
    """Either side is killed during the handshake; it still completes."""
    a, b = lab.pidgin("alice"), lab.pidgin("bob")
    meet(a, b)
    mb = b.mark()
    a.command("bob", "/eider on")
    text = lab.secret()
    a.send_im("bob", text)
    lab.tap_of("alice").hold("in")      # message 1 does not come through
    lab.quiet(0.7)
    a.stop("kill")
    lab.tap_of("alice").release("in")
    a.start()
    meet(a, b)
    lab.tap_of("bob").hold("out")
    lab.quiet(0.7)
    b.stop("kill")
    lab.tap_of("bob").release("out")
    b.start()
    b.wait_im(text, mb, 60)
    talk(lab, a, b)


@scenario()
def peer_offline(lab):
    """Text to a peer who went offline arrives when he is back."""
    a, b = pair(lab)
    b.stop("quit")
    a.wait_buddy("bob", online=False)
    texts = [lab.secret() for _ in range(3)]
    for t in texts:
        a.send_im("bob", t)
    lab.quiet(1)
    a.restart("kill")
    m = b.mark()
    b.start()
    until(lambda: len(b.got(m)) >= 3, 45, "the texts")
    lab.quiet(1)
    equal(b.got(m), texts)
    talk(lab, a, b)


@scenario()
def own_offline(lab):
    """The line is cut while both write; all arrives after the reconnection."""
    a, b = pair(lab)
    mb = b.mark()
    lab.tap_of("alice").hold("out")     # what alice sends gets lost
    lost = lab.secret()
    a.send_im("bob", lost)
    lab.quiet(0.5)
    lab.tap_of("alice").cut()
    lab.tap_of("alice").release("out")
    a.wait_buddy("bob", online=False, timeout=30)
    a.restart("kill")
    meet(a, b)
    after = lab.secret()
    a.send_im("bob", after)
    b.wait_im(lost, mb, 60)
    b.wait_im(after, mb, 60)
    equal(b.got(mb), [lost, after])


@scenario(timeout=120)
def lost_profile(lab):
    """A peer whose Eider files are gone is a new device: nothing to it."""
    a, b = pair(lab)
    talk(lab, a, b)
    b.stop("quit")
    shutil.rmtree(os.path.join(b.conf, "eider"))
    b.start()
    meet(a, b)
    m = b.mark()
    text = lab.secret()
    a.send_im("bob", text)
    # its lines that nothing opens make bob's Eider ask for a handshake
    a.wait_state("bob", "newdevice", timeout=MET, candidates=1)
    assert text not in b.got(m), "a key that nobody accepted got the text"
    assert INVITATION not in a.got(), "the invitation is not for Eider users"


@scenario()
def quit_while_waiting(lab):
    """Who quits while text waits is not asked; the log says that it waits."""
    a = lab.pidgin("alice")
    a.command("bob", "/eider on")
    text = waits(lab, a, "bob")
    a.stop("quit")
    said = [x for x in logged(a) if "still waits" in x]
    assert len(said) == 1 and "1 text to Bob" in said[0], said
    m = a.mark()
    a.start()
    a.wait_state("bob", "starting", waiting=1)
    a.command("bob", "/eider cancel")
    a.stop("quit")
    equal([x for x in logged(a) if "still wait" in x], said)
    equal([w for w in a.written(m) if text in w[2]], [], "shown again")
