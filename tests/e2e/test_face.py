# SPDX-License-Identifier: GPL-2.0-or-later
"""What eider-gtk shows in a real Pidgin: with the real core in one scenario,
in the others against one that is scripted.

The strip is found by its colour, which no theme may change; the menu by its
keys; what the face asks of the core by the calls the scripted one noted.
"""
import os
import re
import subprocess
import time

from guard import INVITATION
from run import TOP
from scenario import Skip, equal, meet, say, scenario, until

GREY, WARM, GREEN, AMBER, RED = (
    "#E8E8E8", "#FDF1D4", "#DEF2DE", "#FFC233", "#B3201C")
OPEN, STARTING, PRIVATE, CHECKED, NEW_DEVICE, PAUSED, STEADY = range(7)
LIGHT = """style "light" { bg[NORMAL] = "#edeceb" fg[NORMAL] = "#000000" }
class "*" style "light"
"""


class Face:
    """A Pidgin with the face, over a scripted core (or none)."""
    more = []                              # plugins besides

    def __init__(self, lab, core=True, protos=("xmpp",), env=None,
                 user="alice", **kw):
        face = os.environ.get("EIDER_FACE_SO") or os.path.join(
            TOP, "build", "eider-gtk.so")
        if not os.path.exists(face):
            raise Skip("no " + face)
        self.path = os.path.join(lab.workdir, "face")
        self.set(look=OPEN)
        lab.env = {"EIDER_FACE": self.path, **(env or {})}
        self.p = lab.pidgin(user, protos, plugins=(
            [self._build(lab)] if core else []) + [face] + self.more,
            before=self.theme, **kw)

    def _build(self, lab):
        so = os.path.join(lab.workdir, "eider.so")
        flags = subprocess.run(
            ["pkg-config", "--cflags", "purple"], check=True, text=True,
            stdout=subprocess.PIPE).stdout.split()
        subprocess.run(
            ["cc", "-shared", "-fPIC", "-I", os.path.join(TOP, "include"),
             "-o", so] + [os.path.join(TOP, "tests", "e2e", c)
                          for c in ("face_core.c", "face_check.c")]
            + flags, check=True)
        return so

    def theme(self, client):
        with open(os.path.join(client.conf, "gtkrc-2.0"), "w") as f:
            f.write(LIGHT)

    def set(self, sentence="A sentence.", **state):
        """What the scripted core says from now on."""
        words = " ".join("%s=%s" % i for i in state.items())
        with open(self.path + ".new", "w") as f:
            f.write("%s sentence=%s" % (words, sentence))
        os.rename(self.path + ".new", self.path)

    def calls(self):
        try:
            with open(self.path + ".calls") as f:
                return [line.strip() for line in f]
        except FileNotFoundError:
            return []

    def wait_call(self, call):
        until(lambda: call in self.calls(), 5, "call %s" % call)

    def amount(self, wid, colour):
        """How many points of a window have exactly that colour."""
        png = self.p.screenshot(self.path + ".png", wid)
        out = subprocess.run(["convert", png, "-depth", "8", "-format", "%c",
                              "histogram:info:"], check=True, text=True,
                             stdout=subprocess.PIPE).stdout
        return sum(int(m.group(1)) for m in re.finditer(
            r"(\d+):.*(#[0-9A-F]{6})", out) if m.group(2) == colour)

    def wait_colour(self, wid, colour, least=1000):
        until(lambda: self.amount(wid, colour) > least, 5, "strip " + colour)

    def wait_no_strip(self, wid):
        until(lambda: not any(self.amount(wid, c) > 1000 for c in (
            GREY, WARM, GREEN, AMBER, RED)), 5, "end of the strip")

    def wait_gone(self, title):
        until(lambda: title not in [t for _, t in self.p.windows()], 5,
              "end of the window " + title)

    def menu(self, wid, *keys):
        """Open the menu by the toolbar's button and type KEYS."""
        self.p.open_menu(wid, -22, -78)
        for k in keys:
            self.p.key(k)
            time.sleep(0.1)

    def sane(self):
        """Nothing was complained about, and the client is alive."""
        with open(self.p.logfile, errors="replace") as f:
            bad = [x for x in f if re.search(
                r"(Gtk|GLib|GLib-GObject|Gdk|Pango|Atk)-(CRITICAL|WARNING)",
                x)]
        equal(bad, [])
        equal(self.p.proc.poll(), None)


class Real(Face):
    """A Pidgin with the face over the real core."""

    def __init__(self, lab, user):
        if len(lab.plugins) < 2:
            raise Skip("needs both plugins")
        self.path = os.path.join(lab.workdir, user)
        self.p = lab.pidgin(user, before=self.theme)


@scenario()
def both_real(lab):
    """Private in the menu, by mouse and key: the strips follow, lines go out."""
    fa, fb = Real(lab, "alice"), Real(lab, "bob")
    a, b = fa.p, fb.p
    meet(a, b)
    wid = a.present("bob")
    fa.wait_no_strip(wid)
    m = lab.mark()
    fa.menu(wid, "Return")                 # the first entry: Private
    fa.wait_colour(wid, WARM)
    a.wait_state("bob", "private", choice="on", private=1)
    b.wait_state("alice", "private", private=1)
    fb.wait_colour(b.present("alice"), WARM)
    a.present("bob")
    text, mb = lab.secret("typed %s"), b.mark()
    a.type(text)
    a.key("Return")
    b.wait_im(text, mb)
    say(lab, b, a)
    sent = lab.bodies(m)
    equal(lab.lines(m), [x for x in sent if x != INVITATION])
    # and back
    fa.menu(wid, "Return")
    a.wait_state("bob", "open", choice="off", private=0)
    until(lambda: not fa.amount(wid, WARM) > 1000, 5, "end of the strip")
    equal(b.status("alice")["private"], 1)
    fa.sane()
    fb.sane()


@scenario(plugin=False)
def looks(lab):
    """Each state has its strip; Open without knowledge has none."""
    f = Face(lab)
    wid = f.p.present("bob")
    f.wait_no_strip(wid)
    for look, colour in ((OPEN, GREY), (STARTING, WARM), (PRIVATE, WARM),
                         (CHECKED, GREEN), (PAUSED, RED)):
        f.set(look=look, strip=1)
        f.wait_colour(wid, colour)
    f.set(look=NEW_DEVICE, strip=1, candidates=1)
    f.wait_colour(wid, AMBER)
    f.set(look=OPEN, strip=0)
    f.wait_no_strip(wid)
    f.sane()


@scenario(plugin=False)
def menu(lab):
    """The menu asks the core for what it says, and asks before deleting."""
    f = Face(lab)
    wid = f.p.present("bob")
    f.set(look=OPEN, strip=1)
    f.wait_colour(wid, GREY)
    f.menu(wid, "Return")
    f.wait_call("set_private bob@localhost on")
    f.set(look=PRIVATE, strip=1, private=1, waiting=2)
    f.wait_colour(wid, WARM)
    f.menu(wid, "Return")
    f.wait_call("set_private bob@localhost off")
    f.menu(wid, "d")
    f.p.front("Eider")
    f.p.key("Return")                      # keep waiting is the default
    f.wait_gone("Eider")
    time.sleep(0.5)
    equal([c for c in f.calls() if c.startswith("cancel")], [])
    f.menu(wid, "d")
    f.p.front("Eider")
    f.p.key("alt+d")
    f.wait_call("cancel bob@localhost")
    f.menu(wid, "r")
    f.p.wait_window("Plugins")
    f.sane()


@scenario(plugin=False)
def new_device(lab):
    """The question shows the key; no key decides by itself; what waits is
    asked about apart; an answer from elsewhere closes it."""
    f = Face(lab)
    wid = f.p.present("bob")
    state = dict(look=NEW_DEVICE, strip=1, devices=1, candidates=1, private=1)
    f.set(**state)
    f.wait_colour(wid, AMBER)

    def ask(*keys):
        f.menu(wid, "n")
        f.p.front("New device?")
        for k in keys:
            f.p.key(k)
        if keys:
            f.wait_gone("New device?")     # or it is taken for the next one
    ask("Escape")                          # later: nothing is decided
    ask("Return")                          # check first is the default
    f.p.front("Check: Bob")
    f.p.key("Escape")
    f.wait_gone("Check: Bob")
    equal([c for c in f.calls() if c.startswith("decide")], [])
    ask("alt+n")
    f.wait_call("decide bob@localhost 00001 not-them new")
    ask("alt+t")
    f.wait_call("decide bob@localhost 00001 them new")
    f.set(**state, waiting=2, warning=1)
    time.sleep(0.3)
    n = len(f.calls())
    ask("alt+t")                           # what waits stays
    until(lambda: f.calls()[n:] == ["decide bob@localhost 00001 them new"], 5,
          "answer")
    ask("shift+Tab", "shift+Tab", "space", "alt+t")
    f.wait_call("decide bob@localhost 00001 them all")
    ask()
    f.set(look=PRIVATE, strip=1, devices=2, private=1)
    f.wait_gone("New device?")
    f.sane()


@scenario(plugin=False)
def new_devices(lab):
    """Of several new keys none is decided on unseen: all are shown."""
    f = Face(lab)
    wid = f.p.present("bob")
    f.set(look=NEW_DEVICE, strip=1, devices=1, candidates=2, private=1)
    f.wait_colour(wid, AMBER)
    f.menu(wid, "n")
    f.p.wait_window("Keys: Bob")
    equal([c for c in f.calls() if c.startswith("decide")], [])
    f.sane()


@scenario(plugin=False)
def come_and_go(lab):
    """Loaded late, unloaded, again and again: all there, or all gone."""
    f = Face(lab)
    wid = f.p.present("bob")
    f.set(look=PRIVATE, strip=1, face=0)
    f.wait_no_strip(wid)
    before = f.amount(wid, WARM)
    f.set(look=PRIVATE, strip=1, face=1)
    f.wait_colour(wid, WARM)
    f.menu(wid, "k")
    f.p.wait_window("Keys: Bob")
    f.set(look=PRIVATE, strip=1, face=0)
    f.wait_no_strip(wid)
    equal(f.amount(wid, WARM), before)
    f.wait_gone("Keys: Bob")
    f.set(look=PRIVATE, strip=1, face=1)
    f.wait_colour(wid, WARM)
    f.set(look=PRIVATE, strip=1, again=100)
    f.wait_call("again - done")
    f.wait_colour(wid, WARM)
    f.sane()


@scenario(plugin=False)
def without_core(lab):
    """No core: every conversation says that nothing is protected."""
    f = Face(lab, core=False)
    f.wait_colour(f.p.present("bob"), RED)
    f.wait_colour(f.p.present("carol"), RED)
    f.sane()


@scenario(plugin=False)
def core_fails(lab):
    """A core that does not load, or is of another version, is said, too."""
    f = Face(lab, env={"EIDER_FACE_FAIL": "1"})
    f.wait_colour(f.p.present("bob"), RED)
    f.sane()
    f.p.stop("quit")
    f.p.extra_env = {"EIDER_FACE": f.path, "EIDER_FACE_ABI": "1"}
    f.p.start()
    f.wait_colour(f.p.present("bob"), RED)
    f.sane()


@scenario(plugin=False)
def core_goes(lab):
    """A core that is switched off under the face turns every strip red."""
    f = Face(lab)
    wid = f.p.present("bob")
    f.set(look=PRIVATE, strip=1, private=1)
    f.wait_colour(wid, WARM)
    f.menu(wid, "k")
    f.p.wait_window("Keys: Bob")
    f.set(look=PRIVATE, strip=1, core=0)
    f.wait_colour(wid, RED)
    f.wait_gone("Keys: Bob")
    f.menu(wid, "Escape")
    f.sane()


# nobody on the server's roster: it would move bob out of the merged contact
@scenario(plugin=False, irc=True, groups=[], timeout=120)
def tabs(lab):
    """Tabs, a merged contact, a room, and closing them in any order."""
    f = Face(lab, protos=("xmpp", "irc"), merged=("bob",),
             prefs={"/pidgin/conversations/tabs": True})
    f.set(look=PRIVATE, strip=1)
    wid = f.p.present("bob")
    f.wait_colour(wid, WARM)
    f.p.conv("carol")
    f.p.conv("bob", "irc")                 # the same tab, other account
    f.p.join("#lobby")
    f.set(look=CHECKED, strip=1)
    f.wait_colour(wid, GREEN)
    f.p.call("PurpleConversationDestroy", f.p.conv("bob"))
    f.wait_colour(wid, GREEN)
    f.menu(wid, "Return")                  # of the other account now
    f.wait_call("set_private bob on")
    f.set(look=PAUSED, strip=1)
    f.wait_colour(wid, RED)
    f.p.call("PurpleConversationDestroy", f.p.conv("carol"))
    f.p.call("PurpleConversationDestroy", f.p.conv("bob", "irc"))
    f.set(look=PRIVATE, strip=1, face=0)
    time.sleep(0.5)
    f.set(look=PRIVATE, strip=1, face=1)
    time.sleep(0.5)
    f.sane()


def shown_in(f, wid, colour, name):
    """The strip is there, and a picture of it is taken."""
    f.wait_colour(wid, colour)
    out = os.environ.get("EIDER_SHOTS") or os.path.join(TOP, "build", "shots")
    os.makedirs(out, exist_ok=True)
    f.p.screenshot(os.path.join(out, "window-%s.png" % name), wid)


def wait_calls(f, n, *calls):
    until(lambda: [c for c in f.calls()[n:] if c.startswith("set_private")]
          == list(calls), 5, "call %r, not %r" % (calls, f.calls()[n:]))


def strip_menu(f, wid, *keys):
    """Open the menu by the arrow in the strip."""
    f.p.open_menu(wid, -45, strip_row(f, wid))
    for k in keys:
        f.p.key(k)
        time.sleep(0.1)


def strip_row(f, wid, colour=WARM):
    w, h = f.p.geometry(wid)[2:]
    png = f.p.screenshot(f.path + ".png", wid)
    raw = subprocess.run(["convert", png, "-depth", "8", "rgb:-"],
                         check=True, stdout=subprocess.PIPE).stdout
    want = bytes.fromhex(colour[1:])
    rows = [y for y in range(h) if sum(
        raw[3 * (y * w + x):3 * (y * w + x) + 3] == want
        for x in range(0, w, 8)) > w / 8 / 4]
    return (rows[0] + rows[-1]) // 2


@scenario(plugin=False, long=True)
def bare_window(lab):
    """No toolbar, no buddy icons: the strip is there, and its menu works."""
    f = Face(lab, prefs={
        "/pidgin/conversations/show_formatting_toolbar": False,
        "/pidgin/conversations/im/show_buddy_icons": False})
    f.set(look=PRIVATE, strip=1, private=1)
    wid = f.p.present("bob")
    shown_in(f, wid, WARM, "bare")
    strip_menu(f, wid, "Return")
    wait_calls(f, 0, "set_private bob@localhost off")
    f.sane()


@scenario(plugin=False, long=True)
def two_windows(lab):
    """Each window has its own strip and menu."""
    f = Face(lab)
    f.set(look=PRIVATE, strip=1, private=1)
    wb, wc = f.p.present("bob"), f.p.present("carol")
    assert wb != wc
    shown_in(f, wc, WARM, "two")
    f.menu(wc, "Return")
    wait_calls(f, 0, "set_private carol@localhost off")
    wb = f.p.present("bob")
    f.wait_colour(wb, WARM)
    f.menu(wb, "Return")
    wait_calls(f, 0, "set_private carol@localhost off",
               "set_private bob@localhost off")
    f.sane()


@scenario(plugin=False, long=True)
def dragged_tab(lab):
    """A tab that is dragged out of its window takes strip and menu along."""
    f = Face(lab, prefs={"/pidgin/conversations/tabs": True})
    f.set(look=PRIVATE, strip=1, private=1)
    wid = f.p.present("bob")
    f.p.conv("carol")
    time.sleep(0.5)
    f.wait_colour(wid, WARM)
    x, y, w, h = f.p.geometry(wid)
    # the second tab's name, to the other end of the screen
    before = {i for i, _ in f.p.windows()}
    f.p.x("xdotool", "mousemove", str(x + 150), str(y + 38), "mousedown", "1")
    for i in range(1, 12):
        f.p.x("xdotool", "mousemove", str(x + 150 - 12 * i),
              str(y + 38 + 35 * i))
        time.sleep(0.03)
    f.p.x("xdotool", "mousemove", "1050", "780")
    time.sleep(0.2)
    f.p.x("xdotool", "mouseup", "1")
    new = until(lambda: {i for i, _ in f.p.windows()} - before, 5,
                "window of the tab").pop()
    time.sleep(0.5)
    f.p.x("wmctrl", "-i", "-r", new, "-e", "0,20,20,-1,-1")
    time.sleep(0.3)
    title = dict(f.p.windows())[new]
    who = {"Bob": "bob@localhost", "Carol": "carol@localhost"}[title]
    other = {"Bob": "carol", "Carol": "bob"}[title]
    f.p.x("wmctrl", "-i", "-a", new)
    shown_in(f, new, WARM, "dragged")
    f.menu(new, "Return")
    wait_calls(f, 0, "set_private %s off" % who)
    wid = f.p.present(other)
    shown_in(f, wid, WARM, "left-behind")
    f.menu(wid, "Return")
    wait_calls(f, 0, "set_private %s off" % who,
               "set_private %s@localhost off" % other)
    f.set(look=PRIVATE, strip=1, face=0)
    f.wait_no_strip(wid)
    f.set(look=PRIVATE, strip=1, private=1, face=1)
    f.wait_colour(wid, WARM)
    f.sane()


@scenario(plugin=False, irc=True, groups=[], timeout=120, long=True)
def send_to(lab):
    """"Send To" by its menu: button and strip are about that account."""
    f = Face(lab, protos=("xmpp", "irc"), merged=("bob",))
    f.set(look=PRIVATE, strip=1, private=1)
    b = lab.pidgin("bob", ("xmpp", "irc"), plugins=())
    for c in (f.p, b):
        c.join("#lobby")
    f.p.wait_buddy("bob", proto="irc", timeout=60)
    wid = f.p.present("bob")
    f.wait_colour(wid, WARM)
    f.menu(wid, "Return")
    wait_calls(f, 0, "set_private bob@localhost off")
    f.p.x("wmctrl", "-i", "-a", wid)
    f.p.key("alt+e")
    time.sleep(0.4)
    out = os.path.join(TOP, "build", "shots")
    f.p.screenshot(os.path.join(out, "window-send-to-menu.png"))
    f.p.key("Down", "Return")
    time.sleep(0.5)
    wid = next(i for i, t in f.p.windows() if t.startswith("Bob"))
    shown_in(f, wid, WARM, "send-to")
    f.menu(wid, "Return")
    wait_calls(f, 0, "set_private bob@localhost off", "set_private bob off")
    f.sane()
