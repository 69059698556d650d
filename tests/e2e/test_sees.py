# SPDX-License-Identifier: GPL-2.0-or-later
"""The window "What the server sees", in real Pidgins with the real core.

What is drawn is read as a screen reader reads it; the pictures (long) are to
be looked at.
"""
import os
import re
import subprocess
import time

from run import TOP
from scenario import Skip, equal, meet, say, scenario, until
from test_face import LIGHT as GREY, Face
from test_marks import build
from test_shots import DARK, LIGHT

TITLE = "What the server sees: Bob"
DID, SAW = "What you did", "What the server saw of it"
SHORT = {"/plugins/core/eider/slot": 5}


class Heard(Face):
    """A Pidgin with both plugins, whose windows are read out to a file."""

    def __init__(self, lab, user="alice", rc=GREY, prefs=None, before=None,
                 **kw):
        if len(lab.plugins) < 2:
            raise Skip("needs both plugins")
        self.rc, self.more = rc, before
        self.path = os.path.join(lab.workdir, user)
        so = build(lab, "hear", ["pidgin", "gtk+-2.0"])
        env, lab.env = lab.env, {**lab.env, "EIDER_HEAR": self.path + ".hear"}
        self.p = lab.pidgin(user, plugins=lab.plugins + [so],
                            before=self.theme, prefs={**SHORT, **(prefs or {})},
                            **kw)
        lab.env = env

    def theme(self, client):
        with open(os.path.join(client.conf, "gtkrc-2.0"), "w") as f:
            f.write(self.rc)
        if self.more:
            self.more(client)

    def heard(self):
        try:
            with open(self.path + ".hear") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def panel(self, name):
        """What is said of a time line."""
        m = re.search(r"^\*?drawing: %s \| (.*)$" % re.escape(name),
                      self.heard(), re.M)
        return m.group(1) if m else ""

    def labels(self):
        return re.findall(r"^\*?label: (.*)$", self.heard(), re.M)

    def wait(self, pattern, panel=None, timeout=15):
        """Wait until a panel, or anything, says it."""
        def said():
            text = self.panel(panel) if panel else self.heard()
            return re.search(pattern, text, re.M)
        try:
            return until(said, timeout, "%r" % pattern)
        except TimeoutError:
            print(self.heard())
            raise

    def open(self, to="bob", key="w", title="What the server sees"):
        """By the menu, as a user does."""
        wid = self.p.present(to)
        self.menu(wid, key)
        sees = self.p.wait_window("%s: %s" % (title, to.capitalize()))
        self.focus(sees)
        return sees

    def focus(self, wid):
        self.p.x("wmctrl", "-i", "-a", wid)
        until(lambda: int(wid, 16) == int(
            self.p.x("xdotool", "getactivewindow") or 0), 5, "focus")

    def unload(self):
        with open(self.path + ".hear.do", "w") as f:
            f.write("face=0")


def private(lab, **kw):
    """Alice, who is heard, and Bob, in private."""
    f = Heard(lab, **kw)
    b = lab.pidgin("bob", prefs=SHORT)
    meet(f.p, b)
    f.p.command("bob", "/eider on")
    f.p.wait_state("bob", "private")
    b.wait_state("alice", "private")
    lab.quiet(0.5)
    return f, b


def steady(a, b):
    for c, to in ((a, "bob"), (b, "alice")):
        c.command(to, "/eider steady 5")
        c.front("Eider")
        c.key("alt+o")
    a.wait_state("bob", "steady", steady=5, agreed=1, runs=1, timeout=45)


def span(f):
    """Seconds between both ends of what is shown, by the label."""
    m = re.search(r"^label: \S+ \d+, (\d+):(\d+):(\d+) to (\d+):(\d+):(\d+)$",
                  f.heard(), re.M)
    if m is None:
        return 0
    a = [int(x) for x in m.groups()]
    return ((a[3] - a[0]) * 3600 + (a[4] - a[1]) * 60 + a[5] - a[2]) % 86400


@scenario(timeout=150)
def window(lab):
    """Opened by the menu; follows texts and lines; zooms and reads them by
    keys; in Steady it says what changed; goes with the plugin."""
    f, b = private(lab)
    a = f.p
    sees = f.open()
    f.wait(r"nobody wrote", DID)
    say(lab, a, b, size=30)
    say(lab, b, a, size=90)
    f.wait(r"1 text from you, 1 text from Bob, of \d+ to \d+ bytes\.", DID)
    f.wait(r"Lines go when somebody writes", SAW)
    f.wait(r"^label: How much$")
    f.wait(r"^label: visible$")
    f.wait(r"^label: . .*(IP address|proxy)")
    # closer by keys, and what is under the line, one event after the other
    f.focus(sees)
    f.wait(r"^\*drawing: " + SAW)
    a.key("alt+m", "plus", "plus")
    until(lambda: span(f) == 150, 5, "150 s")
    a.key("Prior")
    f.wait(r"^label: \d\d:\d\d:\d\d: a line of 391 bytes (from|to) you\.")
    a.key("minus")
    until(lambda: span(f) == 300, 5, "300 s")
    a.key("alt+d")
    f.wait(r"^label: \S+ \d+, \d\d:\d\d to \S+ \d+, \d\d:\d\d$")
    f.wait(r"1 text from you", DID)
    # one window a contact
    f.open()
    equal([t for _, t in a.windows()].count(TITLE), 1)
    a.key("alt+m")
    steady(a, b)
    f.wait(r"Part of this time lines went by the clock", SAW)
    f.unload()
    until(lambda: TITLE not in [t for _, t in a.windows()], 5, "its end")
    f.sane()


@scenario(long=True)
def mouse(lab):
    """The wheel and dragging move the time; pointing reads a line off."""
    f, b = private(lab)
    a = f.p
    sees = f.open()
    say(lab, a, b)
    say(lab, b, a)
    f.wait(r"1 text from you", DID)
    a.x("wmctrl", "-i", "-r", sees, "-e", "0,0,0,-1,-1")
    f.focus(sees)
    x, y, w, h = a.geometry(sees)
    at = (str(x + w // 2), str(y + 280))
    a.x("xdotool", "mousemove", *at, "click", "4")
    until(lambda: span(f) == 96, 5, "96 s")
    a.x("xdotool", "mousemove", *at, "click", "5")
    until(lambda: span(f) == 120, 5, "120 s")
    # to an earlier time, where nothing is, and back
    a.x("xdotool", "mousemove", *at, "mousedown", "1")
    for i in range(1, 11):
        a.x("xdotool", "mousemove_relative", "32", "0")
        time.sleep(0.05)
    a.x("xdotool", "mouseup", "1")
    a.x("xdotool", "mousedown", "1")
    a.x("xdotool", "mousemove_relative", "--", "-320", "0")
    time.sleep(0.3)
    a.x("xdotool", "mousemove_relative", "--", "320", "0")
    a.x("xdotool", "mouseup", "1")
    f.wait(r"nobody wrote", DID)
    a.key("alt+n")
    f.wait(r"1 text from you", DID)
    # from the right end to the left until a line is under the pointer
    for dx in range(20, w // 2, 3):
        a.x("xdotool", "mousemove", str(x + w - dx), at[1])
        time.sleep(0.1)
        if re.search(r"^label: \S+: a line of", f.heard(), re.M):
            break
    f.wait(r"^label: \d\d:\d\d:\d\d: a line of 391 bytes")
    f.sane()


@scenario(long=True)
def off(lab):
    """Turned off: it says so, and has the way to turn it on."""
    f = Heard(lab, prefs={"/plugins/core/eider/ledger": False})
    b = lab.pidgin("bob")
    meet(f.p, b)
    f.p.command("bob", "/eider on")
    f.p.wait_state("bob", "private")
    say(lab, f.p, b)
    sees = f.open()
    f.wait("This record is turned off: nothing is noted")
    f.wait("nobody wrote", DID)
    shoot(f, sees, "off")
    f.p.key("alt+r")
    f.p.wait_window("Eider: Preferences")
    f.sane()


@scenario(long=True)
def unusable(lab):
    """Files that cannot be used: the window opens, and says so."""
    def spoil(client):
        os.makedirs(os.path.join(client.conf, "eider"), 0o700)
        with open(os.path.join(client.conf, "eider", "master"), "wb") as m:
            m.write(b"x" * 40)
    f = Heard(lab, before=spoil)
    f.open()
    f.wait("Eider's files cannot be used")
    equal(f.labels().count("visible"), 3)
    equal(f.labels().count("hidden"), 0)
    f.sane()


# ---- pictures ----------------------------------------------------------------
TALK = (("a", "Can you talk?", 6), ("b", "Yes!", 9),
        ("a", "I went to see the flat at the harbour. Two rooms, a balcony, "
         "and one can see the ships.", 14), ("b", "And the price?", 26),
        ("a", "Too much.", 7), ("b", "Ask them for a month without rent: they "
                                "do that when it has been empty since "
                                "summer.", 18), ("a", "Good idea", 8))


def converse(lab, a, b):
    for who, text, pause in TALK:
        lab.guard.allow(text)
        frm, to = (a, b) if who == "a" else (b, a)
        frm.send_im(to.name, text)
        time.sleep(pause)


def out_dir():
    out = os.environ.get("EIDER_SHOTS") or os.path.join(TOP, "build", "shots")
    os.makedirs(out, exist_ok=True)
    return out


def shoot(f, wid, name):
    f.focus(wid)
    f.p.x("wmctrl", "-i", "-r", wid, "-e", "0,0,0,-1,-1")
    f.p.x("xdotool", "mousemove", "1099", "799")
    time.sleep(0.8)
    path = os.path.join(out_dir(), "sees-%s.png" % name)
    f.p.screenshot(path, wid)
    n = int(subprocess.run(
        ["convert", path, "-format", "%k", "info:"], check=True, text=True,
        stdout=subprocess.PIPE).stdout)
    assert n > 20, "%s is empty" % path
    return path


def beside(one, two, path):
    """The upper parts of both, with the names of the modes over them."""
    argv = ["convert"]
    for png, name in ((one, "Standard"), (two, "Steady")):
        argv += ["(", png, "-crop", "728x512+0+0", "+repage",
                 "-background", "white", "-gravity", "north", "-splice",
                 "0x30", "-font", "DejaVu-Sans-Bold", "-pointsize", "17",
                 "-annotate", "+0+5", name, "-bordercolor", "white",
                 "-border", "4x0", ")"]
    subprocess.run(argv + ["+append", "-strip", "-colors", "64",
                           "PNG8:" + path], check=True)


@scenario(long=True, timeout=500)
def pictures(lab):
    """The same talk in Standard and in Steady, side by side."""
    f, b = private(lab, rc=LIGHT % 10)
    a = f.p
    time.sleep(70)                     # the handshake leaves the picture
    sees = f.open()
    a.key("alt+m", "plus", "plus")
    converse(lab, a, b)
    time.sleep(30)
    one = shoot(f, sees, "standard")
    steady(a, b)
    f.focus(sees)
    time.sleep(30)
    converse(lab, a, b)
    time.sleep(30)
    two = shoot(f, sees, "steady")
    f.wait(r"Lines go by the clock", SAW)
    beside(one, two, os.path.join(out_dir(), "sees.png"))
    a.key("alt+d")
    time.sleep(1)
    shoot(f, sees, "day")
    f.sane()


def themed(lab, name, rc):
    f = Heard(lab, rc=rc)
    b = lab.pidgin("bob", prefs=SHORT)
    meet(f.p, b)
    sees = f.open()
    f.wait("Nothing to show yet")
    shoot(f, sees, name + "-empty")
    f.p.command("bob", "/eider on")
    f.p.wait_state("bob", "private")
    say(lab, f.p, b)
    say(lab, b, f.p)
    f.wait("1 text from you", DID)
    f.focus(sees)
    f.p.key("plus", "Prior")
    time.sleep(1)
    shoot(f, sees, name)
    f.sane()


@scenario(long=True)
def dark(lab):
    """Nothing yet, and a short talk, in a dark theme."""
    themed(lab, "dark", DARK % 10)


@scenario(long=True)
def large(lab):
    """The same with letters of 140 %."""
    themed(lab, "large", LIGHT % 14)


@scenario(long=True)
def german(lab):
    """In German, whose words are longer."""
    lab.env = {**lab.env, "LANGUAGE": "de"}
    f = Heard(lab, rc=LIGHT % 10)
    b = lab.pidgin("bob", prefs=SHORT)
    meet(f.p, b)
    f.p.command("bob", "/eider on")
    f.p.wait_state("bob", "private")
    say(lab, f.p, b)
    say(lab, b, f.p)
    sees = f.open(key="i", title="Was der Server sieht")
    f.wait("1 Text von Ihnen, 1 Text von Bob", "Was Sie getan haben")
    f.p.key("Prior")
    time.sleep(1)
    shoot(f, sees, "german")
    f.sane()
