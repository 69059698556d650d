# SPDX-License-Identifier: GPL-2.0-or-later
"""A real chat client under remote control, over libpurple's D-Bus API.

What only the user interface can do (commands, windows, key strokes) is in
gui.py, which has the two clients, Pidgin and Finch.
"""
import html
import os
import re
import signal
import threading
import time

import gi
gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

import profile                       # noqa: E402
from proc import PATIENCE, end, spawn  # noqa: E402

BUS_NAME = "im.pidgin.purple.PurpleService"
BUS_PATH = "/im/pidgin/purple/PurpleObject"
BUS_IFACE = "im.pidgin.purple.PurpleInterface"
CONV_IM, CONV_CHAT = 1, 2
# of PurpleMessageFlags
SEND, RECV, SYSTEM, AUTO_RESP, NO_LOG, ERROR = 1, 2, 4, 8, 0x40, 0x200
NOT_TYPING, TYPING, TYPED = 0, 1, 2

_loop_started = threading.Lock()
_loop = None


def _ensure_loop():
    """One main loop in a thread delivers the D-Bus signals of all clients."""
    global _loop
    with _loop_started:
        if _loop is None:
            _loop = GLib.MainLoop()
            threading.Thread(target=_loop.run, daemon=True).start()


def text_of(markup):
    """Plain text of libpurple's HTML."""
    t = re.sub(r"<br\s*/?>", "\n", markup, flags=re.I)
    return html.unescape(re.sub(r"<[^>]*>", "", t))


class NotShown(TimeoutError):
    """A text did not arrive: lost or late, nobody can tell."""


class Client:
    ui = plugin_pref = None          # of the user interface: see gui.py

    def __init__(self, name, workdir, accounts, plugins, conf=None, env=None,
                 buddies=profile.BUDDIES, prefs=None, merged=()):
        """conf: another client's profile, used as it is."""
        self.name, self.accounts = name, accounts
        self.at = name                   # the name of its tap
        self.dir = os.path.join(workdir, name)
        self.conf = conf or os.path.join(self.dir, "purple")
        self.logfile = os.path.join(self.dir, "client.log")
        self.extra_env = env or {}
        self.procs, self.proc, self.bus = [], None, None
        self.signals = []       # (time, name, args) of all signals, all runs
        self.since_start = 0    # where the present run begins in it
        self.cond = threading.Condition()
        self.running = False
        self.on_bus = None      # called with us when there is a bus
        os.makedirs(self.dir)
        if conf is None:
            os.makedirs(self.conf, 0o700)
            profile.write(self.conf, self.ui, self.plugin_pref, accounts,
                          plugins, buddies, prefs, merged)

    # -- processes ------------------------------------------------------------
    def _make_env(self):
        home = os.path.join(self.dir, "home")
        run = os.path.join(self.dir, "run")
        os.makedirs(home, exist_ok=True)
        os.makedirs(run, 0o700, exist_ok=True)
        self.env = {
            "PATH": "/usr/bin:/bin:/usr/games", "HOME": home,
            "XDG_RUNTIME_DIR": run, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8",
            "GSETTINGS_BACKEND": "memory", "NO_AT_BRIDGE": "1",
            "GIO_USE_VFS": "local", "USER": self.name, "TERM": "screen",
            **self.extra_env}

    def _spawn(self, argv, log=None, **kw):
        if log:
            log = os.path.join(self.dir, log)
        p = spawn(argv, self.env, self.dir, log, **kw)
        self.procs.append(p)
        return p

    def _start_bus(self):
        sock = os.path.join(self.dir, "bus")
        if os.path.exists(sock):
            os.unlink(sock)
        address = "unix:path=" + sock
        self.env["DBUS_SESSION_BUS_ADDRESS"] = address
        self._spawn(["dbus-daemon", "--session", "--nofork", "--nopidfile",
                     "--address=" + address], "dbus.log")
        _ensure_loop()

        def connect():
            flags = Gio.DBusConnectionFlags
            try:
                return Gio.DBusConnection.new_for_address_sync(
                    address, flags.AUTHENTICATION_CLIENT
                    | flags.MESSAGE_BUS_CONNECTION, None, None)
            except GLib.Error:
                return None              # it does not listen yet
        self.bus = self._until(connect, 10, "session bus")
        self.bus.set_exit_on_close(False)
        self.bus.signal_subscribe(None, BUS_IFACE, None, BUS_PATH, None,
                                  Gio.DBusSignalFlags.NONE, self._on_signal)
        with self.cond:
            self.since_start = len(self.signals)
        if self.on_bus:
            self.on_bus(self)

    def _on_signal(self, conn, sender, path, iface, name, params):
        with self.cond:
            self.signals.append((time.time(), name, tuple(params.unpack())))
            self.cond.notify_all()

    def _bus_call(self, name, path, iface, method, args=None):
        return self.bus.call_sync(name, path, iface, method, args, None, 0,
                                  5000, None).unpack()[0]

    def _service_up(self):
        try:
            return self._bus_call(
                "org.freedesktop.DBus", "/org/freedesktop/DBus",
                "org.freedesktop.DBus", "NameHasOwner",
                GLib.Variant("(s)", (BUS_NAME,)))
        except GLib.Error:
            return False

    def _describe(self):
        """Nothing while it is busy: it starts, on a busy machine."""
        try:
            return self._bus_call(
                BUS_NAME, BUS_PATH, "org.freedesktop.DBus.Introspectable",
                "Introspect")
        except GLib.Error:
            return None

    def _wait_service(self, timeout):
        self._until(self._service_up, timeout, "libpurple on D-Bus")
        node = Gio.DBusNodeInfo.new_for_xml(
            self._until(self._describe, timeout, "answer on D-Bus"))
        self.sigs = {
            m.name: "(" + "".join(a.signature for a in m.in_args) + ")"
            for i in node.interfaces if i.name == BUS_IFACE
            for m in i.methods}

    def _until(self, fn, timeout, what):
        timeout *= PATIENCE
        stop = time.monotonic() + timeout
        while time.monotonic() < stop:
            if r := fn():
                return r
            if self.proc is not None and self.proc.poll() is not None:
                raise RuntimeError("%s died (exit %s) before: %s" % (
                    self.name, self.proc.returncode, what))
            time.sleep(0.03)
        raise TimeoutError("%s: no %s within %ss" % (self.name, what, timeout))

    def start(self, wait=True, timeout=60):
        self._make_env()
        try:
            self._start_ui()
            self.running = True
            self._wait_service(timeout)
            if wait:
                self.wait_online()
        except BaseException:
            self.running = True
            self.stop("kill")
            raise
        return self

    def stop(self, how="quit"):
        """how: "quit" as the user quits, "kill" as a crash (kill -9)."""
        if not self.running:
            return
        self.running = False
        if how == "quit":
            try:
                self.call("PurpleCoreQuit", timeout=3000)
            except (GLib.Error, KeyError):
                pass                     # it often quits before it answers
            try:
                self.proc.wait(8)
            except Exception:
                pass
        if self.proc is not None:
            end(self.proc, signal.SIGKILL)
        self._drain()
        if self.bus is not None and not self.bus.is_closed():
            try:
                self.bus.close_sync(None)
            except GLib.Error:
                pass
        for p in reversed(self.procs):
            end(p)
        self.procs, self.proc, self.bus = [], None, None

    def _drain(self):
        """Take the signals that are still on their way from a client that
        ended: what its windows showed it does not show again."""
        stop = time.monotonic() + 5
        while self.bus is not None and self._service_up() \
                and time.monotonic() < stop:
            time.sleep(0.02)
        if _loop is not None:
            done = threading.Event()
            GLib.idle_add(done.set)      # after all that waits in the loop
            done.wait(5)

    def restart(self, how="quit"):
        self.stop(how)
        return self.start()

    # -- libpurple over D-Bus -------------------------------------------------
    def call(self, method, *args, timeout=20000 * PATIENCE):
        """Call a libpurple function: call("PurpleAccountsFind", name, id)."""
        v = GLib.Variant(self.sigs[method], args) if args else None
        r = self.bus.call_sync(BUS_NAME, BUS_PATH, BUS_IFACE, method, v, None,
                               0, timeout, None).unpack()
        return r[0] if len(r) == 1 else r

    def acct(self, proto="xmpp"):
        return next(a for a in self.accounts if a.proto == proto)

    def account(self, proto="xmpp"):
        a = self.acct(proto)
        return self.call("PurpleAccountsFind", a.name, a.prpl)

    def connection(self, proto="xmpp"):
        return self.call("PurpleAccountGetConnection", self.account(proto))

    def wait_online(self, timeout=40):
        for a in self.accounts:
            self._until(lambda: self.call("PurpleAccountIsConnected",
                                          self.account(a.proto)),
                        timeout, "login of " + a.name)
        return self

    def sees(self, user, proto="xmpp"):
        """Does this client see USER online?"""
        b = self.call("PurpleFindBuddy", self.account(proto),
                      self.acct(proto).buddy(user))
        return bool(b) and bool(self.call(
            "PurplePresenceIsOnline", self.call("PurpleBuddyGetPresence", b)))

    def wait_buddy(self, user, online=True, proto="xmpp", timeout=20):
        return self._until(lambda: self.sees(user, proto) == online, timeout,
                           "presence %s of %s" % (online, user))

    def conv(self, to, proto="xmpp"):
        """The conversation with TO (opened if need be)."""
        return self.call("PurpleConversationNew", CONV_IM,
                         self.account(proto), self.acct(proto).buddy(to))

    def send_im(self, to, text, proto="xmpp", markup=False):
        """Send as the user would, through all plugins."""
        im = self.call("PurpleConversationGetImData", self.conv(to, proto))
        self.call("PurpleConvImSend", im,
                  text if markup else html.escape(text, quote=False))

    def enable(self, proto="xmpp"):
        """Switch an account on again that libpurple switched off."""
        self.call("PurpleAccountSetEnabled", self.account(proto), self.ui, 1)
        return self.wait_online()

    def serv_send_im(self, to, text, proto="xmpp", flags=0):
        """Send past the conversation, as pounces and scripts do."""
        return self.call("ServSendIm", self.connection(proto),
                         self.acct(proto).buddy(to), text, flags)

    def typing(self, to, state=TYPING, proto="xmpp"):
        """Send a typing notice, as the conversation window does."""
        return self.call("ServSendTyping", self.connection(proto),
                         self.acct(proto).buddy(to), state)

    def join(self, room, proto="irc", timeout=20):
        """Join a room: name@rooms.localhost (xmpp) or #channel (irc)."""
        if proto == "xmpp":
            name, server = room.split("@")
            comp = {"room": name, "server": server,
                    "handle": self.acct(proto).user}
        else:
            comp = {"channel": room}
        m = self.mark()
        self.call("ServJoinChat", self.connection(proto), comp)
        self.wait_signal("ChatJoined", since=m, timeout=timeout)

    # -- waiting --------------------------------------------------------------
    def mark(self):
        """From here on: for since=; stays good over restarts."""
        with self.cond:
            return len(self.signals)

    def _from(self, since):
        return self.since_start if since is None else since

    def wait_signal(self, name, pred=lambda *a: True, since=None, timeout=15):
        """Wait for a libpurple signal; returns (time, name, args)."""
        timeout *= PATIENCE
        stop = time.monotonic() + timeout
        i = self._from(since)
        with self.cond:
            while True:
                while i < len(self.signals):
                    s = self.signals[i]
                    i += 1
                    if s[1] == name and pred(*s[2]):
                        return s
                left = stop - time.monotonic()
                if left <= 0:
                    raise TimeoutError("%s: no %s within %ss" % (
                        self.name, name, timeout))
                self.cond.wait(min(left, 0.5))

    def wait_im(self, text, since=None, timeout=15):
        """Wait until an IM with TEXT is shown; returns its markup."""
        try:
            return self.wait_signal("WroteImMsg", lambda *a: a[4] & RECV
                                    and text in text_of(a[2]),
                                    since, timeout)[2][2]
        except TimeoutError as e:
            raise NotShown("%s (%r)" % (e, text[:60])) from None

    def wait_written(self, text, since=None, timeout=15, flags=0):
        """Wait for TEXT in a conversation window, system lines included."""
        return text_of(self.wait_signal(
            "WroteImMsg", lambda *a: text in text_of(a[2])
            and (a[4] & flags or not flags), since, timeout)[2][2])

    def got(self, since=None):
        """The texts of all IMs that were shown."""
        return [w[2] for w in self.written(since, RECV)]

    def written(self, since=None, flags=0):
        """All lines in IM windows: [(time, who, text, flags)]."""
        with self.cond:
            return [(s[0], s[2][1], text_of(s[2][2]), s[2][4])
                    for s in self.signals[self._from(since):]
                    if s[1] == "WroteImMsg"
                    and (s[2][4] & flags or not flags)]

    # -- Eider ----------------------------------------------------------------
    def status(self, to, proto="xmpp", timeout=15):
        """What "/eider status" says, as a dict; numbers are ints."""
        m = self.mark()
        self.command(to, "/eider status", proto)
        text = self.wait_written("eider: state=", m, timeout)
        row = [x for x in text.split("\n") if x.startswith("eider: ")][-1]
        return {k: int(v) if v.isdigit() else v
                for k, v in (w.split("=", 1) for w in row.split()[1:])}

    def wait_state(self, to, state, proto="xmpp", timeout=20, **want):
        """Ask for the status until it says STATE and all of WANT."""
        timeout *= PATIENCE
        stop = time.monotonic() + timeout
        want["state"] = state
        while True:
            s = self.status(to, proto)
            if all(s.get(k) == v for k, v in want.items()):
                return s
            if time.monotonic() > stop:
                raise TimeoutError("%s: not %r for %s: %r" % (
                    self.name, want, to, s))
            time.sleep(0.5)

    def log_text(self):
        try:
            with open(self.logfile, errors="replace") as f:
                return f.read()
        except FileNotFoundError:
            return ""
