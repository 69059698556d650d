#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-or-later
"""Alice and Bob in two real Pidgins, and what their server sees of it.

A prosody on loopback, two Pidgins in throw-away profiles, Eider in both.
On a display both open there and the server's view is printed until Enter,
Ctrl-C or the end of both Pidgins.  Without one, a short talk is held under
Xvfb, and pictures of it are left in --out.
"""
import argparse
import os
import select
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "e2e"))

import picture                      # noqa: E402
from guard import INVITATION, is_line   # noqa: E402
from gui import Display             # noqa: E402
from lab import Lab                 # noqa: E402
from scenario import meet           # noqa: E402

SCREEN = (1120, 500)                # both conversations, side by side
OPEN_TALK = [("alice", "Hi Bob! Can you talk?"),
             ("bob", "Sure. But the server reads along here.")]
TALK = [("alice", "Better now: this one is only for you."),
        ("bob", "Nice. What does the server see?"),
        ("alice", "Lines of one length that look random. Short or long, "
                  "hello or goodbye: the same."),
        ("bob", "yes"),
        ("alice", "Lunch at the harbour tomorrow, half past twelve?")]


def arguments():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--so", action="append", required=True)
    p.add_argument("--out", required=True, help="where the pictures go")
    p.add_argument("--headless", action="store_true",
                   help="make pictures although there is a display")
    return p.parse_args()


def usable_display():
    # without a terminal nobody could end it
    if not os.environ.get("DISPLAY") or not sys.stdin.isatty():
        return False
    try:
        return subprocess.run(["xdpyinfo"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL,
                              timeout=10).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


# -- what the server sees -----------------------------------------------------
def seen(lab, since=0):
    """[(time, from, to, characters, body, readable)] as the server has it."""
    return [(e.t, e.who, e.to.split("@")[0], len(e.body), e.body,
             not is_line(e.body))
            for e in lab.wire(since, dir="out") if e.body is not None]


def row_text(row, width=64):
    t, frm, to, size, body, readable = row
    if len(body) > width:
        body = body[:width - 3] + "..."
    return "%s  %-5s > %-5s %5d  %s" % (
        time.strftime("%H:%M:%S", time.localtime(t)), frm, to, size, body)


HEAD = "%-8s  %-5s   %-5s %5s  %s" % ("time", "from", "to", "chars",
                                      "what the server can read")


# -- the two clients ----------------------------------------------------------
def start_clients(lab, display, env, prefs):
    out = []
    for user, other in (("alice", "bob"), ("bob", "alice")):
        c = lab.pidgin(user, buddies=(other,), start=False, prefs=prefs)
        c.display, c.extra_env = display, env
        home = os.path.join(c.dir, "home")
        os.makedirs(home)
        with open(os.path.join(home, ".gtkrc-2.0"), "w") as f:
            f.write('gtk-font-name = "DejaVu Sans 9"\n')
        out.append(c.start())
    meet(*out)
    return out


def say(lab, clients, who, text, private):
    frm = clients[who]
    to = clients["bob" if who == "alice" else "alice"]
    if not private:
        lab.guard.allow(text)
    elif len(text) > 12:      # a short word is in random letters by chance
        lab.guard.secrets[text] = text
    m = to.mark()
    frm.send_im(to.name, text)
    to.wait_im(text, m, 30)
    time.sleep(0.2)


def place(client, other, x, width, height):
    """Only the conversation with OTHER, at a fixed place of the display."""
    wid = client.present(other)
    for i, title in client.windows():
        if i != wid:
            client.x("xdotool", "windowminimize", i)
    client.x("wmctrl", "-i", "-r", wid, "-e",
             "0,%d,0,%d,%d" % (x, width, height))
    # Pidgin names the window after the other side; two stand side by side
    client.x("wmctrl", "-i", "-r", wid, "-T",
             "%s's Pidgin, talking to %s"
             % (client.name.capitalize(), other.capitalize()))
    return wid


def headless(lab, out):
    width, height = SCREEN
    display = Display(lab.workdir, "%dx%dx24" % SCREEN)
    a, b = start_clients(lab, display.name, {}, {})
    clients = {"alice": a, "bob": b}
    try:
        for who, text in OPEN_TALK:
            say(lab, clients, who, text, False)
        a.command("bob", "/eider on")
        lab.quiet(1.5)
        for who, text in TALK:
            say(lab, clients, who, text, True)
        lab.quiet(1)
        half = width // 2
        wins = [(a, "alice", place(a, "bob", 0, half - 6, height - 30)),
                (b, "bob", place(b, "alice", half, half - 6, height - 30))]
        a.x("xdotool", "mousemove", str(width - 1), str(height - 1))
        time.sleep(0.7)
        paths = []
        for c, name, wid in wins:
            paths.append(c.screenshot(os.path.join(out, name + ".png"), wid))
        both = a.screenshot(os.path.join(lab.workdir, "both.png"))
        rows = seen(lab)
        view = picture.server_view(
            [(row_text(r, 100), r[5]) for r in rows], HEAD, width,
            lab.workdir)
        paths.append(picture.below(both, view,
                                   os.path.join(out, "both.png")))
    finally:
        for c in (a, b):
            c.stop("kill")
        for p in reversed(display.procs):
            p.terminate()
            p.wait(5)
    return paths, rows


# -- on the user's display ----------------------------------------------------
def enter_pressed():
    return bool(select.select([sys.stdin], [], [], 0)[0])


def interactive(lab):
    env = {k: os.environ[k] for k in ("XAUTHORITY", "LANG", "LC_ALL")
           if k in os.environ}
    env.setdefault("XAUTHORITY", os.path.expanduser("~/.Xauthority"))
    # on by default: nobody types into the user's windows for him
    a, b = start_clients(lab, os.environ["DISPLAY"], env,
                         {"/plugins/core/eider/default": "on"})
    clients = {"alice": a, "bob": b}
    print("Two Pidgins are open, Alice's and Bob's: type into them.")
    print("Enter or Ctrl-C here ends it.\n")
    print(HEAD)
    shown = [0]
    stop = threading.Event()

    def show():
        rows = seen(lab)
        for r in rows[shown[0]:]:
            print(row_text(r), flush=True)
        shown[0] = len(rows)

    def watch():
        while not stop.wait(0.3):
            show()
    threading.Thread(target=watch, daemon=True).start()
    try:
        for who, text in TALK:
            say(lab, clients, who, text, True)
        while not enter_pressed() and any(
                c.proc.poll() is None for c in (a, b)):
            time.sleep(0.2)
    except KeyboardInterrupt:
        pass
    stop.set()
    show()
    # what was typed by hand is not ours to judge, the script's text is
    lab.guard.plains.update(r[4] for r in seen(lab))


def main():
    args = arguments()
    so = [os.path.abspath(s) for s in args.so]
    missing = [s for s in so if not os.path.exists(s)]
    if missing:
        print("demo: no %s: run make first" % ", ".join(missing))
        return 1
    out = os.path.abspath(args.out)
    os.makedirs(out, exist_ok=True)
    with Lab(plugins=so) as lab:
        lab.guard.allow(INVITATION)
        if usable_display() and not args.headless:
            interactive(lab)
            paths = []
        else:
            paths, rows = headless(lab, out)
            print(HEAD)
            for r in rows:
                print(row_text(r))
        problems = lab.guard.problems()
    for p in problems:
        print(p)
    for p in paths:
        short = os.path.relpath(p)
        print("picture: %s" % (p if short.startswith("..") else short))
    return 1 if problems else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
