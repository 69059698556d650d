# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures of every state, dialog and warning, light and dark, to be looked
at: build/shots, or $EIDER_SHOTS.

The core is scripted, so that each state is there at once; what is drawn is
what a real Pidgin draws.
"""
import os
import subprocess
import time

from run import TOP
from scenario import go_private, scenario, until
from test_keys import new_window
from test_face import (CHECKED, NEW_DEVICE, OPEN, PAUSED, PRIVATE, STARTING,
                       STEADY,
                       Face)

LIGHT = """gtk-font-name = "DejaVu Sans %d"
"""
DARK = LIGHT + """
style "dark" {
  bg[NORMAL] = "#2e2e2e" bg[PRELIGHT] = "#3c3c3c" bg[ACTIVE] = "#242424"
  bg[SELECTED] = "#3a5f8a" bg[INSENSITIVE] = "#2e2e2e"
  fg[NORMAL] = "#e6e6e6" fg[PRELIGHT] = "#ffffff" fg[ACTIVE] = "#e6e6e6"
  fg[SELECTED] = "#ffffff" fg[INSENSITIVE] = "#8a8a8a"
  base[NORMAL] = "#1e1e1e" base[SELECTED] = "#3a5f8a" base[ACTIVE] = "#3a5f8a"
  base[INSENSITIVE] = "#2a2a2a"
  text[NORMAL] = "#e6e6e6" text[SELECTED] = "#ffffff" text[ACTIVE] = "#ffffff"
}
class "*" style "dark"
"""
VM = "The server sees padded lines, and when you write."
STATES = (
    ("open", dict(look=OPEN, strip=1), "Open: the server can read this. Bob "
     "has Eider, too."),
    ("starting", dict(look=STARTING, strip=1, private=1, waiting=2),
     "Starting: waiting for Bob's Eider. What you type waits, too."),
    ("private", dict(look=PRIVATE, strip=1, private=1, sent=1),
     "Private with Bob (laptop). " + VM),
    ("checked", dict(look=CHECKED, strip=1, private=1),
     "Private with Bob (laptop), and you checked that it is really them. "
     + VM),
    ("newdevice", dict(look=NEW_DEVICE, strip=1, private=1, devices=1,
                       candidates=1, waiting=2),
     "A device nobody knows says it is Bob. Nothing goes to it until you say "
     "yes."),
    ("paused", dict(look=PAUSED, strip=1, private=1, waiting=1),
     "Paused: nothing is sent (no space left on the device)."),
    ("steady", dict(look=STEADY, strip=1, private=1, steady=10),
     "Steady with Bob: nobody sees when either of you writes. A line every "
     "10 seconds."),
)


class Shots(Face):
    def __init__(self, lab, name, rc, **kw):
        self.out = os.environ.get("EIDER_SHOTS") or os.path.join(
            TOP, "build", "shots")
        os.makedirs(self.out, exist_ok=True)
        self.name, self.rc = name, rc
        super().__init__(lab, **kw)
        self.p.x("xdotool", "mousemove", "1099", "799")

    def theme(self, client):
        with open(os.path.join(client.conf, "gtkrc-2.0"), "w") as f:
            f.write(self.rc)

    def shot(self, what, wid="root"):
        path = os.path.join(self.out, "%s-%s.png" % (self.name, what))
        self.p.screenshot(path, wid)
        # a window that was not drawn has one colour
        n = int(subprocess.run(
            ["convert", path, "-format", "%k", "info:"], check=True,
            text=True, stdout=subprocess.PIPE).stdout)
        assert n > 20, "%s is empty" % path
        return path

    def settle(self):
        time.sleep(0.35)

    def state(self, wid, state, sentence):
        self.set(sentence=sentence, **state)
        self.p.x("xdotool", "mousemove", "1099", "799")
        self.settle()


def take_marks(lab, f, wid):
    """One line in each state."""
    f.p.x("xdotool", "mousemove", "1099", "799")
    for mark, text in enumerate((
            "It waits until Bob's Eider is there.", "It has left.",
            "It is on his device, and has more words than fit on one line.",
            "It waited for two weeks.", "It was deleted.")):
        lab.guard.allow(text)
        f.set(look=PRIVATE, strip=1, private=1, mark=mark,
              sentence="Private with Bob (laptop). " + VM)
        f.p.send_im("bob", text)
    f.settle()
    f.shot("marks", wid)


def take_all(lab, f):
    wid = f.p.present("bob")
    for text in ("Hi Bob! Can you talk?",
                 "Lunch at the harbour tomorrow, half past twelve?"):
        lab.guard.allow(text)
        f.p.send_im("bob", text)
    for name, state, sentence in STATES:
        f.state(wid, state, sentence)
        f.shot(name, wid)
    f.state(wid, *STATES[4][1:])
    f.menu(wid)
    f.settle()
    f.shot("menu")
    f.p.key("Escape")
    for warned in (0, 1):
        f.state(wid, dict(STATES[4][1], warning=warned), STATES[4][2])
        f.menu(wid, "n")
        d = f.p.wait_window("New device?")
        f.settle()
        f.shot("question%d" % warned, d)
        f.p.key("Escape")
    f.state(wid, *STATES[1][1:])
    f.menu(wid, "d")
    d = f.p.wait_window("Eider")
    f.settle()
    f.shot("delete", d)
    f.p.key("Escape")
    f.settle()
    take_marks(lab, f, wid)
    f.state(wid, *STATES[4][1:])
    f.menu(wid, "k")
    d = f.p.wait_window("Keys: Bob")
    f.settle()
    f.shot("keys", d)
    f.p.key("Escape")
    f.sane()


@scenario(plugin=False, long=True)
def light(lab):
    """Every state and dialog, in a light theme."""
    take_all(lab, Shots(lab, "light", LIGHT % 10))


@scenario(plugin=False, long=True)
def dark(lab):
    """The same in a dark theme."""
    take_all(lab, Shots(lab, "dark", DARK % 10))


@scenario(plugin=False, long=True)
def large(lab):
    """The same with letters of 140 %, where a theme makes them so."""
    take_all(lab, Shots(lab, "large", LIGHT % 14))


@scenario(plugin=False, long=True)
def broken(lab):
    """Without a core: light, dark and large."""
    for user, name, rc in (("alice", "light", LIGHT % 10),
                           ("bob", "dark", DARK % 10),
                           ("carol", "large", LIGHT % 14)):
        f = Shots(lab, name, rc, core=False, user=user)
        wid = f.p.present("alice" if user != "alice" else "bob")
        f.settle()
        f.shot("broken", wid)
        f.menu(wid)
        f.settle()
        f.shot("broken-menu")
        f.p.key("Escape")
        f.sane()


@scenario(long=True)
def preferences(lab):
    """The preferences, with the real core, light and dark."""
    for name, rc in (("light", LIGHT % 10), ("dark", DARK % 10)):
        f = Shots.__new__(Shots)
        f.out = os.environ.get("EIDER_SHOTS") or os.path.join(
            TOP, "build", "shots")
        os.makedirs(f.out, exist_ok=True)
        f.name, f.rc = name, rc
        f.p = lab.pidgin("alice" if name == "light" else "bob",
                         before=f.theme)
        to = "bob" if name == "light" else "alice"
        wid = f.p.present(to)
        f.menu(wid, "r")
        d = f.p.wait_window("Eider: Preferences")
        f.settle()
        f.shot("preferences", d)
        f.p.key("Escape")


def take_windows(lab, f, to):
    """The inspector and the dialogs that it opens."""
    f.p.present(to)
    before = f.p.windows()
    f.p.command(to, "/eider keys")
    wid = new_window(f.p, before)
    f.p.click_in(wid, 60, 130)
    f.settle()
    f.shot("keys-window", wid)
    for line, name in (("/eider passphrase", "passphrase"),
                       ("/eider backup", "backup"),
                       ("/eider check", "check")):
        before = f.p.windows()
        f.p.command(to, line)
        d = new_window(f.p, before)
        f.settle()
        f.shot(name + "-dialog", d)
        f.p.key("Escape")
        f.settle()


@scenario(long=True, timeout=300, users=("alice", "bob", "carol", "dave"))
def windows(lab):
    """Inspector, passphrase, backup, check: dark, 140 %, German, Turkish."""
    for user, to, name, rc, lang in (
            ("alice", "bob", "dark", DARK % 10, ""),
            ("bob", "alice", "large", LIGHT % 14, ""),
            ("carol", "bob", "de", LIGHT % 10, "de"),
            ("dave", "bob", "tr", LIGHT % 14, "tr")):
        f = Shots.__new__(Shots)
        f.out = os.environ.get("EIDER_SHOTS") or os.path.join(
            TOP, "build", "shots")
        os.makedirs(f.out, exist_ok=True)
        f.name, f.rc = name, rc

        def prepare(c):
            c.extra_env = {**c.extra_env, "LANGUAGE": lang}
            f.theme(c)
        f.p = lab.pidgin(user, before=prepare)
        if name == "large":
            go_private(lab, f.p, lab.clients[0])
        elif name != "dark":
            f.p.command(to, "/eider on")
            f.p.wait_state(to, "private")
        if name != "dark":
            take_windows(lab, f, to)
        if name == "large":
            g = Shots.__new__(Shots)
            g.out, g.name, g.p = f.out, "dark", lab.clients[0]
            take_windows(lab, g, "bob")
