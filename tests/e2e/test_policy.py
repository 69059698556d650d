# SPDX-License-Identifier: GPL-2.0-or-later
"""Who is private, and that only the user ends it."""
import re

from client import ERROR, SYSTEM
from guard import is_line
from scenario import (MET, both, equal, go_private, meet, pair, say, scenario,
                      talk, until, waits)


def sent_open(lab, a, b, acks=0):
    """A plain text goes from A to B as it is.

    An acknowledgement of what came before may go meanwhile, a minute later."""
    m, mb = lab.mark(), b.mark()
    text = lab.plain()
    a.send_im(b.acct().user, text)
    b.wait_im(text, mb)
    equal([x for x in lab.bodies(m, a.name) if not is_line(x)], [text])
    assert len(lab.lines(m, a.name)) <= acks, "lines"


@scenario()
def untouched(lab):
    """Who never asked for privacy sends and gets what he always did."""
    a, b = both(lab)
    for x, y in ((a, b), (b, a)):
        sent_open(lab, x, y)
    equal(a.status("bob")["state"], "open")
    equal(a.status("bob")["private"], 0)


@scenario()
def off_and_on(lab):
    """Off sends in the clear and says goodbye; on is private again."""
    a, b = pair(lab)
    talk(lab, a, b)
    mb = b.mark()
    a.command("bob", "/eider off")
    a.wait_state("bob", "open", choice="off", private=0)
    b.wait_written("", mb, 15, SYSTEM | ERROR)
    lab.quiet(1)
    # bob is told once and stays private
    said = b.written(mb, SYSTEM | ERROR)
    equal(len(said), 1, "said to bob: %r" % said)
    equal(b.status("alice")["private"], 1)
    sent_open(lab, a, b, 1)
    m = a.mark()
    text = lab.secret()
    b.send_im("alice", text)
    a.wait_im(text, m)
    a.restart("kill")
    meet(a, b)
    sent_open(lab, a, b, 1)
    a.command("bob", "/eider on")
    a.wait_state("bob", "private", choice="on", private=1)
    talk(lab, a, b)


@scenario()
def peer_cannot_end_it(lab):
    """Nothing that the other side does makes a private contact open."""
    a, b = pair(lab)
    b.command("alice", "/eider off")
    lab.quiet(1)
    # bob may answer open now; alice does not
    text = lab.secret()
    m = b.mark()
    a.send_im("bob", text)
    b.wait_im(text, m)
    b.restart("quit")
    meet(a, b)
    say(lab, a, b)
    b.stop("quit")
    b0 = lab.pidgin("bob", name="bob0", plugins=[])
    meet(a, b0)
    m, plain = a.mark(), lab.plain()
    b0.send_im("alice", plain)
    a.wait_im(plain, m)
    assert "not encrypted" in " ".join(w[2] for w in a.written(m))
    text = lab.secret()
    a.send_im("bob", text)
    lab.quiet(1)
    equal(a.status("bob")["private"], 1)


@scenario(irc=True, timeout=150)
def merged(lab):
    """A contact with two accounts is private on both."""
    a = lab.pidgin("alice", ("xmpp", "irc"), merged=("bob",))
    b = lab.pidgin("bob", ("xmpp", "irc"))
    meet(a, b, ("xmpp", "irc"))
    go_private(lab, a, b, "xmpp")
    equal(a.status("bob", "irc")["private"], 1)
    # typed after Pidgin has switched "Send To" to the other account
    say(lab, a, b, "irc", 60)
    talk(lab, a, b, "xmpp")
    talk(lab, a, b, "irc", 30)


@scenario(timeout=150)
def two_devices(lab):
    """A second device of the peer is a candidate: nothing goes to it."""
    a, b = pair(lab)
    c = lab.pidgin("bob", name="bob2", resource="laptop")
    meet(a, c)
    c.command("alice", "/eider on")
    a.wait_state("bob", "newdevice", devices=1, candidates=1, timeout=MET)
    lab.quiet(1)                # what the handshake still has to say to it
    m, mb, mc = lab.mark(), b.mark(), c.mark()
    text = lab.secret()
    a.send_im("bob", text)
    b.wait_im(text, mb)
    lab.quiet(1)
    equal(c.got(mc), [], "at the candidate")
    to = [e.to for e in lab.wire(m, "alice", "out") if e.body is not None]
    equal(set(to), {"bob@localhost/pidgin"}, "lines to")
    # what it sends is shown
    m, text = a.mark(), lab.secret()
    c.send_im("alice", text)
    a.wait_im(text, m, 30)


@scenario()
def commands(lab):
    """Wrong words print help, secrets and all words stay at home."""
    a, b = both(lab)
    m = lab.mark()
    for line, word in (("/eider help", "on"), ("/eider", "help"),
                       ("/eider %s" % lab.secret(), "help"),
                       ("/eider on %s" % lab.secret(), "help"),
                       ("/eider fingerprint", "You (alice@localhost")):
        since = a.mark()
        a.command("bob", line)
        assert word in a.wait_written("", since, 5, SYSTEM | ERROR), line
    equal(lab.bodies(m), [])
    equal(a.status("bob")["choice"], "unset")


@scenario()
def fingerprints(lab):
    """Both see the same two fingerprints, the other way round."""
    a, b = pair(lab)
    seen = []
    for c, to in ((a, "bob"), (b, "alice")):
        m = c.mark()
        c.command(to, "/eider fingerprint")
        c.wait_signal("WroteImMsg", lambda *x: re.search(
            r"\d{5}( \d{5}){5}", x[2]), m, 5)
        seen.append(re.findall(r"\d{5}(?: \d{5}){5}", " ".join(
            w[2] for w in c.written(m))))
    equal(len(set(seen[0])), 2)
    equal(set(seen[0]), set(seen[1]))
    equal(seen[0][0], seen[1][1], "own first")


@scenario()
def waiting_asks(lab):
    """Off with text waiting never lets that text out."""
    a = lab.pidgin("alice")
    b = lab.pidgin("bob", start=False, plugins=[])
    a.command("bob", "/eider on")
    waits(lab, a, "bob")
    a.command("bob", "/eider off")
    a.front("Eider")                     # what is to become of the text
    a.key("Escape")                      # no answer
    until(lambda: "Eider" not in [t for _, t in a.windows()], 5,
          "end of the question")
    equal(a.status("bob")["waiting"], 1)
    b.start()
    meet(a, b)
    lab.quiet(1.5)
    equal([x for x in b.got() if "Eider" not in x], [])
