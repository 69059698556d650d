# SPDX-License-Identifier: GPL-2.0-or-later
"""The marks on the lines of the open window, in real Pidgins with the real
core: waiting, sent, delivered, on the line that they are about."""
import os
import re
import subprocess
import time

from run import TOP
from scenario import Skip, equal, go_private, meet, scenario, until
from test_face import Face


def build(lab, name, packages):
    """A plugin for tests, from tests/e2e."""
    so = os.path.join(lab.workdir, name + ".so")
    flags = subprocess.run(
        ["pkg-config", "--cflags"] + packages, check=True, text=True,
        stdout=subprocess.PIPE).stdout.split()
    subprocess.run(
        ["cc", "-w", "-shared", "-fPIC", "-I", os.path.join(TOP, "include"), "-o",
         so, os.path.join(TOP, "tests", "e2e", name + ".c")] + flags,
        check=True)
    return so


TIPS = ["State %d" % i for i in range(5)]    # of the scripted core


class Marked(Face):
    """A scripted core's marks, with a window that can be read."""

    def __init__(self, lab, peek, path):
        self.more = [peek]
        super().__init__(lab, env={"EIDER_PEEK": path})


class Peeked:
    """A Pidgin whose windows can be read."""

    def __init__(self, lab, user, protos=("xmpp",), **kw):
        if len(lab.plugins) < 2:
            raise Skip("needs both plugins")
        self.path = os.path.join(lab.workdir, user + ".peek")
        so = build(lab, "peek", ["pidgin", "gtk+-2.0"])
        env, lab.env = lab.env, {**lab.env, "EIDER_PEEK": self.path}
        self.p = lab.pidgin(user, protos, plugins=lab.plugins + [so], **kw)
        lab.env = env

    def window(self, name):
        """(the window's text, what a copy of it holds)"""
        try:
            with open(self.path) as f:
                text = f.read()
        except FileNotFoundError:
            return "", ""
        for part in text.split("== ")[1:]:
            head, rest = part.split("\n", 1)
            if head.split("/")[0] == name:
                shown, copy = rest.split("\ncopy: ", 1)
                return shown, copy
        return "", ""

    def marks(self, name):
        """[(the end of the line, its mark)] of the lines that have one."""
        return [(m.group(1)[-40:], m.group(2)) for m in re.finditer(
            r"([^\n]*)<(waiting|sent|delivered|lost|\?)>",
            self.window(name)[0])]

    def wait_mark(self, name, text, *marks, timeout=15):
        until(lambda: any(t.endswith(text[-40:]) and m in marks
                          for t, m in self.marks(name)), timeout,
              "%s on %r: %r" % (marks, text, self.marks(name)))


BOB = "bob@localhost"


def typed(lab, fa, shown_before):
    """Typed, many lines in one text; the copy has them and no mark."""
    a = fa.p
    a.present("bob")
    lines = [lab.secret("line %s") for _ in range(3)]
    for t in lines[:-1]:
        a.type(t)
        a.key("shift+Return")
    a.type(lines[-1])
    a.key("Return")
    fa.wait_mark(BOB, lines[-1], "sent")
    equal(len(fa.marks(BOB)), 3)
    shown, copy = fa.window(BOB)
    for t in (*shown_before, *lines):
        assert t in copy, copy
    assert "\ufffc" not in copy and "<sent>" not in copy, copy


def kept_by_the_server(lab, fa, fb):
    """Kept by the server while nobody is there, and shown as no more."""
    a, b = fa.p, fb.p
    b.stop("quit")
    a.wait_buddy("bob", online=False)
    late = lab.secret("later %s")
    a.send_im("bob", late)
    fa.wait_mark(BOB, late, "sent")
    b.start()
    m = b.since_start
    b.wait_im(late, m, 30)


def waiting_then_deleted(lab, fa):
    """Waiting, until they meet, which they never will: then deleted."""
    a = fa.p
    carol = "carol@localhost"
    a.command("carol", "/eider on")
    a.wait_state("carol", "starting")
    waits = lab.secret("waits %s")
    a.send_im("carol", waits)
    fa.wait_mark(carol, waits, "waiting")
    a.command("carol", "/eider cancel")
    fa.wait_mark(carol, waits, "lost")


def cleared(lab, fa, fb):
    """What is cleared stays cleared."""
    a, b = fa.p, fb.p
    a.present("bob")
    a.key("ctrl+l")
    until(lambda: fa.marks(BOB) == [], 5, "an empty window")
    answer = lab.secret("again %s")
    m = a.mark()
    b.send_im("alice", answer)
    a.wait_im(answer, m)
    until(lambda: answer in fa.window(BOB)[0], 5, "window")
    equal(fa.marks(BOB), [])


def closed(lab, fa, fb):
    """Closed with a text on its way; opened again there is no mark."""
    a, b = fa.p, fb.p
    last = lab.secret("last %s")
    a.send_im("bob", last)
    fa.wait_mark(BOB, last, "sent")
    a.call("PurpleConversationDestroy", a.conv("bob"))
    until(lambda: fa.window(BOB) == ("", ""), 5, "no window")
    m = a.mark()
    answer = lab.secret("end %s")
    b.send_im("alice", answer)
    a.wait_im(answer, m)
    until(lambda: answer in fa.window(BOB)[0], 5, "window")
    equal(fa.marks(BOB), [])


@scenario(timeout=120)
def states(lab):
    """Each line has its own mark, which follows; none in the open; no copy
    of the text holds any; clearing and closing do no harm."""
    fa = Peeked(lab, "alice")
    fb = Peeked(lab, "bob")
    a, b = fa.p, fb.p
    meet(a, b)
    a.present("bob")
    lab.guard.allow("open text")
    a.send_im("bob", "open text")
    b.wait_im("open text")
    equal(fa.marks(BOB), [])
    go_private(lab, a, b)

    # sent, and delivered by what rides along with an answer
    first, second = lab.secret("one %s"), lab.secret("two %s")
    for t in (first, second):
        a.send_im("bob", t)
    for t in (first, second):
        b.wait_im(t, 0)
    fa.wait_mark(BOB, first, "sent")
    fa.wait_mark(BOB, second, "sent")
    answer = lab.secret("back %s")
    b.send_im("alice", answer)
    a.wait_im(answer, 0)
    fa.wait_mark(BOB, first, "delivered")
    fa.wait_mark(BOB, second, "delivered")
    fb.wait_mark("alice@localhost", answer, "sent")
    assert not any(t.endswith(answer) for t, _ in fa.marks(BOB))

    typed(lab, fa, (first, second))
    kept_by_the_server(lab, fa, fb)
    waiting_then_deleted(lab, fa)
    cleared(lab, fa, fb)
    closed(lab, fa, fb)
    with open(a.logfile, errors="replace") as f:
        equal([x for x in f if re.search(r"(Gtk|GLib)\S*-(CRITICAL|WARNING)",
                                         x)], [])


@scenario(irc=True, xmpp=False, timeout=120)
def irc(lab):
    """On IRC a pasted text is several, each with a mark; /me has one, too;
    what is sent past the window has none, and takes none."""
    fa = Peeked(lab, "alice", ("irc",))
    b = lab.pidgin("bob", ("irc",))
    a = fa.p
    meet(a, b, ("irc",))
    go_private(lab, a, b, "irc")
    a.present("bob", "irc")
    paste = [lab.secret("paste %s") for _ in range(2)]
    a.type(paste[0])
    a.key("shift+Return")
    a.type(paste[1])
    a.key("Return")
    for t in paste:
        b.wait_im(t, 0, 30)
        fa.wait_mark("bob", t, "sent")
    past = lab.secret("past %s")
    a.serv_send_im("bob", past, "irc")
    me = lab.secret("/me waves %s")
    a.type(me)
    a.key("Return")
    b.wait_im(past, 0, 30)
    # the others were acknowledged after ten seconds at the soonest: this one,
    # some lines of two seconds each behind them, can be as well
    fa.wait_mark("bob", me.split(" ", 1)[1], "sent", "delivered")
    equal(len(fa.marks("bob")), 3)
    assert past not in fa.window("bob")[0]


@scenario(long=True, plugin=False, timeout=120)
def tooltips(lab):
    """Each mark says in a tooltip what it means, and nothing beside it does."""
    path = os.path.join(lab.workdir, "tips.peek")
    so = build(lab, "peek", ["pidgin", "gtk+-2.0"])
    f = Marked(lab, so, path)
    f.set(look=2, strip=1, private=1)
    f.p.present("bob")
    for mark, tip in enumerate(TIPS):
        lab.guard.allow("text %d" % mark)
        f.set(look=2, strip=1, private=1, mark=mark)
        f.p.send_im("bob", "text %d" % mark)
        time.sleep(0.4)

    def tips():
        with open(path + ".tips") as g:
            return [x.strip() for x in g]
    places = until(lambda: [x for x in tips() if x.startswith("at ")]
                   if len(tips()) >= len(TIPS) else None, 5, "marks")
    equal(len(places), len(TIPS))
    for place, tip in zip(places, TIPS):
        x, y = place.split()[2:]
        for dx, want in ((30, []), (0, ["tip " + tip])):
            f.p.x("xdotool", "mousemove", "1090", "790")
            time.sleep(0.3)
            # two moves: one alone is taken for the pointer's arrival
            for at in (int(x) + dx - 1, int(x) + dx):
                f.p.x("xdotool", "mousemove", str(at), y)
                time.sleep(0.1)
            if want:
                until(lambda: [t for t in tips() if t.startswith("tip ")]
                      == want, 5, "tooltip %r: %r" % (want, tips()))
            else:
                time.sleep(1)
                equal([t for t in tips() if t.startswith("tip ")], want)
    f.sane()
