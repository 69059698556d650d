# SPDX-License-Identifier: GPL-2.0-or-later
"""The two clients.

Pidgin   in its own Xvfb with its own openbox and D-Bus, or on a display that
         the caller gives; key strokes and windows by xdotool and wmctrl.
Finch    the same libpurple in a terminal (tmux).
"""
import os
import re
import subprocess
import time

from client import Client
from proc import Pid, spawn


class Display:
    """An X server without a screen, with a window manager."""

    def __init__(self, workdir, screen="1100x800x24"):
        env = {"PATH": "/usr/bin:/bin", "HOME": workdir}
        for _ in range(3):       # the lock of one that just ends is in the way
            n = self._start(env, workdir, screen)
            if n:
                break
        else:
            raise RuntimeError("Xvfb did not start")
        self.name = ":" + n
        self.procs.append(spawn(["openbox"], {**env, "DISPLAY": self.name},
                                workdir, os.path.join(workdir, "openbox.log")))

    def _start(self, env, workdir, screen):
        """The number of the display, or nothing."""
        r, w = os.pipe()
        # -r: no auto-repeat, or a busy machine types letters twice.
        # TERM lets the server take its lock file along.
        self.procs = [spawn(["Xvfb", "-displayfd", str(w), "-screen", "0",
                             screen, "-nolisten", "tcp", "-noreset", "-r"],
                            env, workdir, death="TERM", pass_fds=(w,))]
        os.close(w)
        with os.fdopen(r) as f:
            return f.readline().strip()


class Pidgin(Client):
    ui = "gtk-gaim"
    plugin_pref = "/pidgin/plugins/loaded"
    display = None               # the name of a display that is not ours

    def _start_ui(self):
        if self.display:
            self.env["DISPLAY"] = self.display
        else:
            d = Display(self.dir)
            self.procs += d.procs
            self.env["DISPLAY"] = d.name
        self._start_bus()
        # -f: there is no network manager to ask; -m: on any number of profiles
        self.proc = self._spawn(["pidgin", "-c", self.conf, "-f", "-m", "-d"],
                                "client.log", ordinary=True)

    def x(self, *argv, timeout=30):
        """Run an X tool on this client's display; returns its output."""
        return subprocess.run(argv, env=self.env, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, timeout=timeout,
                              text=True).stdout

    def windows(self):
        """[(window id, title)] of this client's top-level windows."""
        for _ in range(5):
            r = subprocess.run(["wmctrl", "-l", "-p"], env=self.env, text=True,
                               timeout=30, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)
            if r.returncode == 0:
                break            # else a window went, and it gave up there
        rows = (line.split(None, 4) for line in r.stdout.splitlines())
        return [(f[0], f[4]) for f in rows
                if len(f) == 5 and f[2] == str(self.proc.pid)]

    def wait_window(self, title, timeout=15):
        """Wait for the window with that title; returns its id."""
        return self._until(
            lambda: next((i for i, t in self.windows() if t == title), None),
            timeout, "window " + title)

    def activate(self, wid):
        """Give a window the keys; returns when it has them."""
        self.x("wmctrl", "-i", "-a", wid)
        self._until(lambda: int(wid, 16) == int(
            self.x("xdotool", "getactivewindow") or 0), 10, "focus")

    def front(self, title, timeout=15):
        """Wait for a window and until it has the keys, which come to a new
        one after it is listed; returns its id."""
        wid = self.wait_window(title, timeout)
        self.activate(wid)
        return wid

    def popups(self):
        """What is shown and is no window of its own: menus, tooltips."""
        shown = self.x("xdotool", "search", "--onlyvisible", "--class",
                       "pidgin").split()
        return {int(i) for i in shown} - {
            int(i, 16) for i, _ in self.windows()}

    def open_menu(self, wid, dx, dy):
        """Click on what opens a menu; returns when keys go into it, which
        they do from when it is shown."""
        before = self.popups()
        self.click_in(wid, dx, dy)
        self._until(lambda: self.popups() - before, 10, "menu")

    def geometry(self, wid):
        """(x, y, width, height) of the inside, in display coordinates."""
        o = self.x("xwininfo", "-id", wid)
        return tuple(int(re.search(k + r":\s+(-?\d+)", o).group(1)) for k in (
            "Absolute upper-left X", "Absolute upper-left Y", "Width",
            "Height"))

    def key(self, *keys):
        self.x("xdotool", "key", "--delay", "10", *keys)

    def type(self, text):
        self.x("xdotool", "type", "--delay", "6", text)

    def click_in(self, wid, dx, dy, button=1):
        """Click at an offset; negative ones count from the far edge."""
        x, y, w, h = self.geometry(wid)
        self.x("xdotool", "mousemove", str(x + (dx if dx >= 0 else w + dx)),
               str(y + (dy if dy >= 0 else h + dy)), "click", str(button))

    def present(self, to, proto="xmpp"):
        """Bring the conversation to the front, its entry focused."""
        conv = self.conv(to, proto)
        title = self.call("PurpleConversationGetTitle", conv)
        self.call("PurpleConversationPresent", conv)
        wid = self.wait_window(title)
        self.activate(wid)
        self.click_in(wid, 60, -25)
        return wid

    def command(self, to, line, proto="xmpp"):
        """Type a /command into the conversation, as the user does."""
        self.present(to, proto)
        self.enter(self.conv(to, proto), line)

    def enter(self, conv, line):
        """Type a line into CONV, which has the focus; returns when Pidgin has
        taken it: D-Bus overtakes keys, so that a text sent next could go
        before "/eider on"."""
        im = self.call("PurpleConversationGetImData", conv)

        def text_in_entry():
            # runs for 5 s after each key, and not where nothing is typed
            return self.call("PurpleConvImGetSendTypedTimeout", im) != 0
        self.key("ctrl+a", "BackSpace")
        self.type(line)
        self._until(text_in_entry, 10, "text in the entry")
        self.key("Return")
        self._until(lambda: not text_in_entry(), 15, "end of " + line)

    def screenshot(self, path, window="root"):
        subprocess.run(["import", "-window", window, path], env=self.env,
                       timeout=30, check=True)
        return path


class Finch(Client):
    ui = "gnt-purple"
    plugin_pref = "/finch/plugins/loaded"

    def _start_ui(self):
        self._start_bus()
        self.sock = os.path.join(self.dir, "tmux")
        # -D: stay our child, so that the death signal reaches it
        self._spawn(["tmux", "-D", "-S", self.sock, "-f", "/dev/null"],
                    "tmux.log")
        self._until(lambda: os.path.exists(self.sock), 10, "tmux")
        self.tmux("new-session", "-d", "-x", "240", "-y", "50",
                  "exec setpriv --pdeathsig KILL finch -c '%s' 2>>'%s'"
                  % (self.conf, self.logfile))
        pid = self._until(lambda: self.tmux(
            "display-message", "-p", "#{pane_pid}").strip(), 10, "finch")
        self.proc = Pid(int(pid))

    def tmux(self, *args):
        return subprocess.run(["tmux", "-S", self.sock] + list(args),
                              env=self.env, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL).stdout

    def screen_text(self):
        return self.tmux("capture-pane", "-p")

    def present(self, to, proto="xmpp"):
        """Go to the conversation's window by its number in the task bar."""
        conv = self.conv(to, proto)
        title = "%s (%s" % (self.call("PurpleConversationGetTitle", conv),
                            self.acct(proto).name)

        def number():
            # the bar is the last line, a column for each window
            bar = self.screen_text().rstrip().split("\n")[-1]
            names = [w.strip(" *") for w in bar.split("\u2502")]
            return next((i for i, w in enumerate(names, 1)
                         if w and (w.startswith(title)
                                   or title.startswith(w))), None)
        n = self._until(number, 5, "window " + title)
        self.tmux("send-keys", "M-%d" % n)
        time.sleep(0.2)

    def command(self, to, line, proto="xmpp"):
        """Type a /command into the conversation, as the user does."""
        self.present(to, proto)
        self.tmux("send-keys", "-l", line)
        self.tmux("send-keys", "Enter")
