# SPDX-License-Identifier: GPL-2.0-or-later
"""Checking that it is really them, in real Pidgins, by mouse and key."""
import os
import re
import subprocess
import threading
import time

from run import TOP
from scenario import Skip, equal, go_private, meet, say, scenario, until
from test_face import GREEN, PRIVATE, WARM, Real
from test_shots import DARK, LIGHT, Shots


class Checker(Real):
    """A Pidgin with both plugins; counts the clicks and the fields typed."""

    def __init__(self, lab, user):
        super().__init__(lab, user)
        self.clicks = self.fields = 0
        self.shots = os.environ.get("EIDER_SHOTS") or os.path.join(
            TOP, "build", "shots")
        os.makedirs(self.shots, exist_ok=True)

    def strip_row(self, wid, colours=(WARM, GREEN)):
        """The middle of the strip, counted from the top of the window."""
        w, h = self.p.geometry(wid)[2:]
        png = self.p.screenshot(self.path + ".png", wid)
        raw = subprocess.run(["convert", png, "-depth", "8", "rgb:-"],
                             check=True, stdout=subprocess.PIPE).stdout
        wanted = [bytes.fromhex(c[1:]) for c in colours]
        rows = [y for y in range(h) if sum(
            raw[3 * (y * w + x):3 * (y * w + x) + 3] in wanted
            for x in range(0, w, 8)) > w / 8 / 4]
        return (rows[0] + rows[-1]) // 2 if rows else None

    def strip(self, wid):
        """Click on the strip's button: Check..., Answer... or Compare..."""
        row = until(lambda: self.strip_row(wid), 5, "strip")
        self.p.click_in(wid, -80, row)
        self.clicks += 1
        return self.p.front("Check: " + self.alias)

    def private(self, wid):
        self.menu(wid, "Return")           # the first entry: Private
        self.clicks += 2

    def write(self, text):
        self.p.type(text)
        self.fields += 1

    def digits(self, wid):
        """The picture of the code: equal where the code is."""
        time.sleep(0.3)
        png = self.p.screenshot(self.path + ".png", wid)
        return subprocess.run(
            ["convert", png, "-crop", "330x36+100+56", "+repage", "-depth",
             "8", "gray:-"], check=True, stdout=subprocess.PIPE).stdout

    def picture(self, wid):
        png = self.p.screenshot(self.path + ".png", wid)
        return subprocess.run(["convert", png, "-depth", "8", "gray:-"],
                              check=True, stdout=subprocess.PIPE).stdout

    def turn(self, wid, key):
        """A key that brings another page: what is on it has no keys before
        it is laid out, and one that comes sooner is lost."""
        before = self.picture(wid)
        self.p.key(key)
        until(lambda: self.picture(wid) != before, 5, "another page")

    def close(self, wid):
        """Returns when it is gone: the next of its kind has the same title."""
        self.p.x("wmctrl", "-i", "-c", wid)
        until(lambda: wid not in [i for i, _ in self.p.windows()], 10,
              "end of the window")

    def shot(self, name, wid="root"):
        time.sleep(0.3)
        self.p.screenshot(os.path.join(self.shots, "check-%s.png" % name), wid)


def checkers(lab):
    """Alice and Bob, private, and their conversation windows."""
    fa, fb = Checker(lab, "alice"), Checker(lab, "bob")
    fa.alias, fb.alias = "Bob", "Alice"
    meet(fa.p, fb.p)
    wa = fa.p.present("bob")
    fa.private(wa)
    fa.wait_colour(wa, WARM)
    fa.p.wait_state("bob", "private")
    fb.p.wait_state("alice", "private")
    wb = fb.p.present("alice")
    fb.wait_colour(wb, WARM)
    return fa, fb, wa, wb


@scenario()
def question(lab):
    """The right answer makes both green, with at most 6 clicks and 2 fields."""
    fa, fb, wa, wb = checkers(lab)
    fa.shot("strip", wa)
    da = fa.strip(wa)
    fa.shot("ways", da)
    fa.write("In ISTANBUL")
    fa.p.key("Return")
    until(lambda: fb.p.status("alice")["check"] == "asked", 10, "question")
    fa.shot("waits", da)
    wb = fb.p.present("alice")
    fb.shot("asked-strip", wb)
    d = fb.strip(wb)
    fb.shot("asked", d)
    fb.write("in Istanbul")
    fb.p.key("Return")
    fa.p.wait_state("bob", "checked")
    fb.p.wait_state("alice", "checked")
    fb.shot("passed", d)
    for f, wid in ((fa, da), (fb, d)):
        f.close(wid)
    fa.wait_colour(fa.p.present("bob"), GREEN)
    fb.wait_colour(fb.p.present("alice"), GREEN)
    fb.shot("checked-strip", wb)
    print("clicks %d, fields %d" % (fa.clicks + fb.clicks,
                                    fa.fields + fb.fields))
    assert fa.clicks + fb.clicks <= 6 and fa.fields + fb.fields <= 2
    fa.sane()
    fb.sane()


def wait_check(f, user, phase):
    until(lambda: f.p.status(user)["check"] == phase, 10, "check " + phase)


def answer(fa, fb, wa, text, theirs):
    """Alice asks by keys alone; Bob's window is opened by a command, closed
    and opened again meanwhile."""
    fa.p.present("bob")
    fa.menu(wa, "c")
    fa.p.front("Check: Bob")
    fa.p.type(text)
    fa.p.key("alt+k")
    wait_check(fb, "alice", "asked")
    fb.p.command("alice", "/eider check")
    fb.close(fb.p.wait_window("Check: Alice"))
    fb.p.command("alice", "/eider check")
    d = fb.p.front("Check: Alice")
    fb.p.type(theirs)
    fb.p.key("alt+n")
    return d


@scenario()
def outcomes(lab):
    """A wrong answer, a code that is the same and one that is not, and the
    number: each ends on both sides with the same result."""
    fa, fb, wa, wb = checkers(lab)
    ma, mb = fa.p.mark(), fb.p.mark()
    d = answer(fa, fb, wa, "Istanbul", "Ankara")
    fa.p.wait_written("It did not match", ma)
    fb.p.wait_written("It did not match", mb)
    fb.shot("failed", d)
    equal(fa.p.status("bob")["state"], "private")
    equal(fb.p.status("alice")["state"], "private")
    da = fa.p.wait_window("Check: Bob")
    # the code: differs, then the same
    for same in (False, True):
        ma, mb = fa.p.mark(), fb.p.mark()
        fa.p.activate(da)
        fa.turn(da, "alt+g")               # try again
        fa.turn(da, "alt+l")               # by a code
        fa.shot("code-tab", da)
        fa.p.key("alt+s")
        wait_check(fa, "bob", "compare")
        fb.close(d)
        fb.p.present("alice")
        d = fb.strip(wb)                   # Compare...
        fa.shot("code", da)
        until(lambda: fa.digits(da) == fb.digits(d), 5, "same code in both")
        fa.p.activate(da)
        fa.p.key("alt+s" if same else "alt+d")
        if same:
            wait_check(fa, "bob", "agreed")
            fa.shot("agreed", da)
            equal(fb.p.status("alice")["state"], "private")
            fb.p.activate(d)
            fb.shot("heard", d)
            fb.p.key("alt+s")
            fa.p.wait_written("Checked: it is really Bob.", ma)
            fb.p.wait_written("Checked: it is really Alice.", mb)
        else:
            fa.p.wait_written("Somebody may sit in between", ma)
            fb.p.wait_written("Somebody may sit in between", mb)
    fa.p.wait_state("bob", "checked")
    fb.p.wait_state("alice", "checked")
    # the number: for one side only
    fa.p.activate(da)
    fa.turn(da, "alt+g")
    fa.turn(da, "alt+p")
    fa.shot("number", da)
    m, ma = lab.mark(), fa.p.mark()
    fa.p.key("alt+d")
    fa.p.wait_written("Somebody may sit in between", ma)
    fa.shot("number-differs", da)
    fa.close(da)
    fa.p.wait_state("bob", "private")
    fa.p.present("bob")
    fa.menu(wa, "c")
    da = fa.p.front("Check: Bob")
    fa.turn(da, "alt+p")
    fa.p.key("alt+s")
    fa.p.wait_written("That holds for your side", ma)
    fa.close(da)
    fa.p.wait_state("bob", "checked")
    equal(fb.p.status("alice")["state"], "checked")
    equal(lab.lines(m), [])
    fa.sane()
    fb.sane()


def differ(fa, fb, wa, m):
    """A code: each sees one, but not the same; he says that it is to both."""
    m.say("code")
    fa.p.present("bob")
    fa.menu(wa, "c")
    da = fa.p.front("Check: Bob")
    fa.turn(da, "alt+l")
    fa.p.key("alt+s")
    wait_check(fb, "alice", "compare")
    fb.p.command("alice", "/eider check")
    db = fb.p.front("Check: Alice")
    assert fa.digits(da) != fb.digits(db)
    ma, mb = fa.p.mark(), fb.p.mark()
    fa.p.activate(da)
    fa.shot("between-a", da)
    fb.shot("between-b", db)
    fa.p.key("alt+d")
    fb.p.key("alt+d")
    fa.p.wait_written("Somebody may sit in between", ma)
    fb.p.wait_written("Somebody may sit in between", mb)
    fa.close(da)
    fb.close(db)


class Middle:
    """Somebody at Alice's tap with keys of his own and a session to each."""

    BODY = re.compile(rb"<body>([^<]*)</body>")

    def __init__(self, lab):
        path = os.path.join(os.path.dirname(lab.plugins[0]), "middle")
        if not os.path.exists(path):
            raise Skip("no " + path)
        self.tap = lab.tap_of("alice")
        self.proc = subprocess.Popen(
            [path, "alice@localhost", "bob@localhost"], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.taken = self.made = 0
        self.saying = threading.Lock()     # a thread for each direction
        threading.Thread(target=self.read, daemon=True).start()
        self.tap.meddle("out", lambda unit: self.take("A", unit))
        self.tap.meddle("in", lambda unit: self.take("B", unit))

    def take(self, who, unit):
        m = self.BODY.search(unit)
        if not m:
            return [unit]
        self.taken += 1
        self.say("%s %s" % (who, m.group(1).decode()))
        # the invitation goes on: it is the same for everybody
        return [] if m.group(1).startswith(b"EIDER") else [unit]

    def say(self, row):
        with self.saying:
            self.proc.stdin.write(row + "\n")
            self.proc.stdin.flush()

    def read(self):
        for row in self.proc.stdout:
            who, line = row.split()
            self.made += 1
            self.tap.inject("in" if who == "A" else "out", (
                "<message type='chat' id='m%d' %s><body>%s</body></message>"
                % (self.made,
                   "from='bob@localhost/pidgin' to='alice@localhost/pidgin'"
                   if who == "A" else "to='bob@localhost'", line)).encode())

    def close(self):
        self.tap.meddle("out")
        self.tap.meddle("in")
        self.proc.kill()
        self.proc.wait()


@scenario()
def in_between(lab):
    """Somebody at the tap with keys of his own reads along unnoticed, until
    they check: a question that he passes on byte by byte, a code that he makes
    with each of them, the number."""
    fa, fb = Checker(lab, "alice"), Checker(lab, "bob")
    fa.alias, fb.alias = "Bob", "Alice"
    m = Middle(lab)
    try:
        meet(fa.p, fb.p)
        wa = fa.p.present("bob")
        fa.private(wa)
        fa.p.wait_state("bob", "private")
        fb.p.wait_state("alice", "private")
        lab.quiet(1)
        differ(fa, fb, wa, m)
        m.say("relay")
        say(lab, fa.p, fb.p)               # nobody notices
        say(lab, fb.p, fa.p)
        ma, mb = fa.p.mark(), fb.p.mark()
        d = answer(fa, fb, wa, "Istanbul", "Istanbul")
        fa.p.wait_written("It did not match", ma)
        fb.p.wait_written("It did not match", mb)
        fb.close(d)
        fa.close(fa.p.wait_window("Check: Bob"))
        equal(fa.p.status("bob")["state"], "private")
        equal(fb.p.status("alice")["state"], "private")
        assert m.made > 10 and m.taken > 10
    finally:
        m.close()


@scenario(long=True)
def keyboard(lab):
    """From an open conversation to checked without a mouse on either side."""
    fa, fb = Checker(lab, "alice"), Checker(lab, "bob")
    fa.alias, fb.alias = "Bob", "Alice"
    meet(fa.p, fb.p)

    def line(f, to, text):
        """Type into the conversation that has just come to the front."""
        conv = f.p.conv(to)
        title = f.p.call("PurpleConversationGetTitle", conv)
        wid = f.p.wait_window(title)
        f.p.activate(wid)
        time.sleep(0.4)
        f.p.type(text)
        f.p.key("Return")
    line(fa, "bob", "/eider on")
    line(fa, "bob", "/eider check")
    fa.p.wait_window("Check: Bob")
    fa.p.x("wmctrl", "-a", "Check: Bob")
    time.sleep(0.5)
    fa.write("In ISTANBUL")
    fa.p.key("Return")
    until(lambda: fb.p.status("alice")["check"] == "asked", 10, "question")
    line(fb, "alice", "/eider check")
    d = fb.p.wait_window("Check: Alice")
    fb.p.activate(d)
    time.sleep(0.5)
    fb.write("in Istanbul")
    fb.p.key("Return")
    fa.p.wait_state("bob", "checked")
    fb.p.wait_state("alice", "checked")
    equal((fa.clicks, fb.clicks, fa.fields, fb.fields), (0, 0, 1, 1))
    fa.sane()
    fb.sane()


@scenario(long=True)
def finch(lab):
    """The same without windows: libpurple's requests, keys alone."""
    a = lab.finch("alice")
    fb = Checker(lab, "bob")
    fb.alias = "Alice"
    b = fb.p
    meet(a, b)
    go_private(lab, a, b)
    # a question
    a.command("bob", "/eider check")
    until(lambda: "Is it really them?" in a.screen_text(), 5, "request")
    a.tmux("send-keys", "Enter")           # the first button
    until(lambda: "only they can answer" in a.screen_text(), 5, "fields")
    a.tmux("send-keys", "Tab")
    a.tmux("send-keys", "-l", "In Istanbul")
    a.tmux("send-keys", "Tab", "Enter")
    until(lambda: b.status("alice")["check"] == "asked", 10, "question")
    b.present("alice")
    d = fb.strip(b.present("alice"))
    b.type("ISTANBUL")
    b.key("Return")
    mb = b.mark()
    b.wait_written("did not match", mb - 1)
    fb.close(d)
    # a code, which comes by itself where it was asked for
    a.command("bob", "/eider check")
    until(lambda: "Is it really them?" in a.screen_text(), 5, "request")
    a.tmux("send-keys", "Tab", "Enter")
    # it does not push itself in front
    until(lambda: a.tmux("send-keys", "M-3") or time.sleep(0.3)
          or "Read the code" in a.screen_text(), 5, "code")
    d = fb.strip(b.present("alice"))
    b.activate(d)
    b.key("alt+s")
    until(lambda: "has said" in a.screen_text() or b.status(
        "alice")["check"] == "agreed", 5, "agreed")
    a.tmux("send-keys", "Tab", "Enter")    # from "Later" to "The same"
    a.wait_state("bob", "checked")
    fb.close(d)
    b.wait_state("alice", "checked")
    # the number, for one side
    a.command("bob", "/eider check")
    until(lambda: "Is it really them?" in a.screen_text(), 5, "request")
    a.tmux("send-keys", "Tab", "Tab", "Enter")
    until(lambda: "60 digits" in a.screen_text(), 5, "number")
    a.tmux("send-keys", "Tab", "Tab", "Enter")   # from "Later": it differs
    a.wait_state("bob", "private")
    b.wait_state("alice", "checked")


PAGES = (
    ("ways", dict(), None), ("code", dict(), "alt+l"),
    ("name", dict(called=1), "alt+l"), ("number", dict(called=1), "alt+p"),
    ("closed", dict(closed=1), None), ("waits", dict(phase=1, way=1), None),
    ("asked", dict(phase=2, way=1), None),
    ("answered", dict(phase=3, way=1), None),
    ("compare", dict(phase=5, way=2, called=1), None),
    ("agreed", dict(phase=6, way=2), None),
    ("passed", dict(phase=7, way=1, checked=1), None),
    ("failed", dict(phase=8, way=1, end=1), None),
    ("stopped", dict(phase=9, way=1, end=3), None))


def take_pages(lab, f):
    """Each page of the dialog, of a scripted core; it stays open."""
    wid = f.p.present("bob")
    base = dict(look=PRIVATE, strip=1, private=1, session=1)
    f.set(**base)
    f.wait_strip(wid)
    f.menu(wid, "c")
    d = f.p.wait_window("Check: Bob")
    for name, state, key in PAGES:
        f.set(**base, **state)
        f.settle()
        f.p.activate(d)
        if key:
            f.p.key(key)
        f.settle()
        f.shot("check-" + name, d)
    f.p.key("Escape")
    until(lambda: not any(t == "Check: Bob" for _, t in f.p.windows()), 5,
          "end of the dialog")
    equal([c for c in f.calls() if c.startswith("check")], [])
    f.sane()


class Pages(Shots):
    def wait_strip(self, wid):
        self.settle()
        until(lambda: self.p.geometry(wid), 5, "window")


@scenario(plugin=False, long=True)
def pages_light(lab):
    """Every page of the dialog in a light theme; Escape asks nothing."""
    take_pages(lab, Pages(lab, "light", LIGHT % 10))


@scenario(plugin=False, long=True)
def pages_dark(lab):
    """The same in a dark theme."""
    take_pages(lab, Pages(lab, "dark", DARK % 10))
