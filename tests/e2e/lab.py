# SPDX-License-Identifier: GPL-2.0-or-later
"""Servers, taps and clients, put together, with the guard around them.

    with guarded(plugins=["build/eider.so"]) as lab:
        a, b = lab.pidgin("alice"), lab.pidgin("bob")
        text = lab.secret()
        a.send_im("bob", text)
        b.wait_im(text)
        for e in lab.wire(dir="out"):
            print(e)
"""
import contextlib
import time

from guard import Guard, Leak, is_line
from gui import Finch, Pidgin
from proc import WorkDir
from profile import Account
from server import Ngircd, Prosody, password
from tap import Tap


class Lab:
    def __init__(self, plugins=(), xmpp=True, irc=False, groups=None,
                 keep=False, env=None, pep=False, users=None):
        """groups: who is on whose XMPP roster (default: everybody);
        env: for all clients; xmpp, irc: True, or the class of a server."""
        self.plugins, self.env = list(plugins), env or {}
        self.taps, self.clients = [], []
        self.guard = Guard(self)
        self.secret, self.plain = self.guard.secret, self.guard.plain
        self.work = WorkDir(keep=keep)
        self.workdir = self.work.path
        more = {"users": users} if users else {}
        cls = Prosody if xmpp is True else xmpp
        self.prosody = cls(self.workdir, groups=groups, pep=pep,
                           **more) if xmpp else None
        cls = Ngircd if irc is True else irc
        self.ngircd = cls(self.workdir) if irc else None
        self.bouncers = {}          # user -> what his IRC goes through
        self.servers = [s for s in (self.prosody, self.ngircd) if s]

    def __enter__(self):
        try:
            for s in self.servers:
                s.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *exc):
        self.close()

    def close(self):
        for c in self.clients:
            try:
                c.stop("kill")
            except Exception as e:      # go on, whatever one client does
                print("stopping %s: %s" % (c.name, e))
        for t in self.taps:
            t.close()
        for s in self.bouncers.values():
            s.close()
        for s in self.servers:
            s.stop()
        self.work.close()

    # -- clients --------------------------------------------------------------
    def tap_of(self, name, proto="xmpp"):
        return next(t for t in self.taps
                    if t.label == "%s.%s" % (name, proto))

    def _client(self, cls, user, protos, name, resource, plugins, start,
                before, settings, **kw):
        name = name or user
        accounts = []
        for p in protos:
            t = Tap("%s.%s" % (name, p), self.prosody if p == "xmpp"
                    else self.bouncers.get(user, self.ngircd))
            self.taps.append(t)
            accounts.append(Account(user, p, t.port, password(user), resource,
                                    settings))
        return self._add(cls(name, self.workdir, accounts,
                             self.plugins if plugins is None else plugins,
                             env=self.env, **kw), before, start)

    def second(self, first, name="second"):
        """One more client on the profile, and so at the tap, of FIRST."""
        c = type(first)(name, self.workdir, first.accounts, (),
                        conf=first.conf, env=self.env)
        c.at = first.at
        return self._add(c, None, True)

    def _add(self, c, before, start):
        self.clients.append(c)
        if before:
            before(c)
        return c.start() if start else c

    def pidgin(self, user, protos=("xmpp",), name=None, resource="pidgin",
               plugins=None, start=True, before=None, settings=None, **kw):
        """before: called with the client before its first start;
        settings: {proto: {account setting: value}}; more: see Client."""
        return self._client(Pidgin, user, protos, name, resource, plugins,
                            start, before, settings, **kw)

    def finch(self, user, protos=("xmpp",), name=None, resource="finch",
              plugins=None, start=True, before=None, settings=None, **kw):
        # what needs Pidgin does not load in Finch
        if plugins is None:
            plugins = [p for p in self.plugins if "gtk" not in p]
        return self._client(Finch, user, protos, name, resource, plugins,
                            start, before, settings, **kw)

    # -- the wire -------------------------------------------------------------
    def mark(self):
        """A moment, for wire(since=)."""
        return time.time()

    def wire(self, since=0, who=None, dir=None, proto=None, messages=True):
        """Events in time order; by default only messages.
        Each is there twice: "out" at the sender's tap, "in" at the other."""
        ev = [e for t in self.taps
              if (who is None or t.label.split(".")[0] == who)
              and (proto is None or t.proto == proto) for e in t.events()]
        ev = [e for e in ev if e.t >= since and (dir is None or e.dir == dir)
              and (not messages or e.is_message)]
        return sorted(ev, key=lambda e: e.t)

    def bodies(self, since=0, who=None, proto=None):
        """What the clients sent: the bodies of messages to people."""
        return [e.body for e in self.wire(since, who, "out", proto)
                if e.body is not None and not e.to.startswith("#")]

    def lines(self, since=0, who=None, proto=None):
        """The Eider lines among them."""
        return [b for b in self.bodies(since, who, proto) if is_line(b)]

    def quiet(self, seconds=1.0, timeout=15):
        """Wait until no byte has passed any tap for SECONDS from now on."""
        stop, start = time.monotonic() + timeout, time.time()
        while time.monotonic() < stop:
            last = max([t.chunks[-1].t for t in self.taps if t.chunks]
                       + [start])
            if time.time() - last >= seconds:
                return True
            time.sleep(0.1)
        return False

    # -- for whoever has to find out what went wrong --------------------------
    def report(self, out=print):
        for e in self.wire(dir="out")[-25:]:
            out("  wire  %r" % e)
        for c in self.clients:
            for t, who, text, flags in c.written(0)[-12:]:
                out("  %-6s %.3f %s [%x] %s" % (c.name, t, who, flags,
                                                text[:200]))


@contextlib.contextmanager
def guarded(report=None, **kw):
    """A Lab whose guard looks at everything before it is taken down.

    report: called with the lab where the scenario fails."""
    with Lab(**kw) as lab:
        try:
            try:
                yield lab
            finally:
                with contextlib.suppress(Exception):
                    lab.quiet(0.3, 2)
                lab.guard.check()
        except BaseException as e:
            # a leak is worse than whatever else failed before it
            if report:
                report(lab)
            if isinstance(e, Leak) and e.__context__:
                raise Leak("%s\nafter %r" % (e, e.__context__)) from None
            raise
