# SPDX-License-Identifier: GPL-2.0-or-later
"""A TCP tap between a client and a server.

It forwards the bytes and keeps every one of them, with the time, the
direction and the connection: exactly what the network and the server see.
"""
import re
import socket
import struct
import threading
import time
import xml.etree.ElementTree as ET
import xml.parsers.expat
from collections import namedtuple

# dir: "out" from the client to the server, "in" from the server to the client
Chunk = namedtuple("Chunk", "t conn dir data")

BODY = "{jabber:client}body"


class Event:
    """One unit of the wire: an XMPP top-level stanza or an IRC line."""

    def __init__(self, t, tap, conn, dir, proto, raw):
        self.t, self.tap, self.conn, self.dir = t, tap, conn, dir
        self.proto, self.raw = proto, raw
        self.who = tap.split(".")[0]
        self.kind = self.type = self.to = self.frm = self.body = None
        self.el = None
        self.bodies = []               # forwarded ones (carbons, archive) too
        if proto == "xmpp":
            self._xmpp()
        else:
            self._irc()

    size = property(lambda self: len(self.raw))

    def _xmpp(self):
        try:
            # the prefixes are declared on <stream:stream>, not here
            el = ET.fromstring(
                b'<w xmlns="jabber:client" '
                b'xmlns:stream="http://etherx.jabber.org/streams">'
                + self.raw + b"</w>")[0]
        except (ET.ParseError, IndexError):
            self.kind = "stream"
            return
        self.el = el
        self.kind = el.tag.split("}")[-1]
        self.type, self.to, self.frm = (el.get(k)
                                        for k in ("type", "to", "from"))
        b = el.find(BODY)
        self.body = b.text or "" if b is not None else None
        self.bodies = [b.text or "" for b in el.iter(BODY)]

    def _irc(self):
        line = self.raw.rstrip(b"\r\n").decode("utf-8", "replace")
        if line.startswith(":"):
            self.frm, _, line = line[1:].partition(" ")
            self.frm = self.frm.split("!")[0]
        head, _, tail = line.partition(" :")
        args = head.split() + ([tail] if " :" in line else [])
        self.kind = args[0].upper() if args else ""
        self.to = args[1] if len(args) > 1 else None
        if self.kind in ("PRIVMSG", "NOTICE") and len(args) > 2:
            self.body = args[2]
            self.bodies = [self.body]

    @property
    def is_message(self):
        return self.kind in ("message", "PRIVMSG", "NOTICE")

    @property
    def chatstate(self):
        for c in self.el if self.el is not None else ():
            if "chatstates" in c.tag:
                return c.tag.split("}")[-1]
        return None

    def __repr__(self):
        body = self.body
        if body is not None and len(body) > 60:
            body = "%s... (%d)" % (body[:40], len(body))
        return "%.3f %s %s %s to=%s from=%s%s %dB %r" % (
            self.t, self.tap, self.dir, self.kind, self.to, self.frm,
            " (%s)" % self.chatstate if self.chatstate else "", self.size,
            body)


def split_xmpp(data):
    """(start, end) of the depth-1 elements of one direction of a stream.

    Stream restarts (after SASL) are handled; an incomplete tail is left out.
    """
    out = []
    starts = [m.start() for m in re.finditer(
        rb"(?:<\?xml[^>]*\?>\s*)?<stream:stream\b", data)] or [0]
    tag = re.compile(rb"<(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")
    for a, b in zip(starts, starts[1:] + [len(data)]):
        part = data[a:b]
        depth, begin = [0], [0]
        p = xml.parsers.expat.ParserCreate()

        def start(name, attrs):
            if depth[0] == 1:
                begin[0] = p.CurrentByteIndex
            depth[0] += 1

        def end(name):
            depth[0] -= 1
            if depth[0] == 1:
                m = tag.match(part, p.CurrentByteIndex)
                out.append((a + begin[0], a + (m.end() if m else len(part))))
        p.StartElementHandler, p.EndElementHandler = start, end
        try:
            p.Parse(part, False)
        except xml.parsers.expat.ExpatError:
            pass
    return out


class Units:
    """Cuts one direction of a stream into what can be dropped or repeated.

    take() gives every byte once, as (unit, is_whole): a whole stanza or line,
    or what is none (the head of a stream, blanks that keep it alive).
    """
    TOKEN = re.compile(rb"<(?:[^>\"']|\"[^\"]*\"|'[^']*')*>|[^<]+")

    def __init__(self, proto):
        self.take = self._xmpp if proto == "xmpp" else self._irc
        self.rest = b""             # of which the end has not come
        self.done = self.depth = 0  # looked at in it; open elements there

    def _irc(self, data):
        *lines, self.rest = (self.rest + data).split(b"\n")
        return [(x + b"\n", True) for x in lines]

    def _xmpp(self, data):
        self.rest += data
        out = []
        while m := self.TOKEN.match(self.rest, self.done):
            tok = m.group()
            if tok[:1] != b"<" and self.depth:
                if m.end() == len(self.rest):
                    break           # more of it may come
                self.done = m.end()
                continue
            self.done = m.end()
            whole = self._step(tok)
            if self.depth == 0:
                out.append((self.rest[:self.done], whole))
                self.rest, self.done = self.rest[self.done:], 0
        return out

    def _step(self, tok):
        """Count the elements; is it the end of a stanza?"""
        if tok[:1] != b"<" or tok[:2] == b"<?" or b"stream:stream" in tok:
            self.depth = 0
            return False
        if tok[:2] == b"</":
            self.depth -= 1
        elif tok[-2:] != b"/>":
            self.depth += 1
        return True


def split_lines(data):
    out, pos = [], 0
    while (i := data.find(b"\n", pos)) >= 0:
        out.append((pos, i + 1))
        pos = i + 1
    return out


class Tap:
    """Listens on self.port of 127.0.0.1; label is "<client>.<proto>"."""

    def __init__(self, label, upstream):
        self.label, self.upstream = label, upstream    # upstream: a server
        self.proto = label.rsplit(".", 1)[1]
        self.chunks = []
        self.lock = threading.Lock()
        self.nconn = 0
        self.socks = []
        self.last = {}              # dir -> the socket its bytes go to
        self.sending = {"out": threading.Lock(), "in": threading.Lock()}
        self.meddlers = {}          # dir -> see meddle()
        self.dead = set()           # sockets that are to go without farewell
        self.is_down = False        # no new connections
        self.held = {"out": threading.Event(), "in": threading.Event()}
        for e in self.held.values():
            e.set()
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(16)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                c, _ = self.listener.accept()
            except OSError:
                return
            if self.is_down:
                c.close()
                continue
            try:
                u = socket.create_connection(
                    ("127.0.0.1", self.upstream.port), 5)
            except OSError:
                c.close()
                continue
            u.settimeout(None)
            for s in (c, u):
                s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            n, self.nconn = self.nconn, self.nconn + 1
            self.socks += [c, u]
            self.last = {"out": u, "in": c}
            for args in ((n, "out", c, u), (n, "in", u, c)):
                threading.Thread(target=self._pump, args=args,
                                 daemon=True).start()

    def _changed(self, dir, unit, is_whole):
        """What goes on in place of UNIT."""
        fn = self.meddlers.get(dir)
        if fn is None or not is_whole or not (
                unit.startswith(b"<message") or b"PRIVMSG" in unit):
            return unit
        return b"".join(fn(unit))

    def _pump(self, conn, dir, src, dst):
        units = Units(self.proto)
        while True:
            try:
                data = src.recv(65536)
            except OSError:
                data = b""
            if not data:
                break
            with self.lock:
                self.chunks.append(Chunk(time.time(), conn, dir, data))
            self.held[dir].wait()
            data = b"".join(self._changed(dir, *u) for u in units.take(data))
            try:
                with self.sending[dir]:
                    dst.sendall(data)
            except OSError:
                break
        if src in self.dead:
            return
        for s, how in ((src, socket.SHUT_RD), (dst, socket.SHUT_WR)):
            try:
                s.shutdown(how)
            except OSError:
                pass

    # -- faults ---------------------------------------------------------------
    def hold(self, dir):
        """Stop forwarding in one direction (a stalled network)."""
        self.held[dir].clear()

    def release(self, dir):
        self.held[dir].set()

    def meddle(self, dir, fn=None):
        """Give each message to FN, which says what goes on: a list of bytes.

        What the tap records is what was sent to it.  None: no more."""
        self.meddlers[dir] = fn

    def inject(self, dir, data):
        """Put bytes on the newest connection ("in": to the client)."""
        with self.sending[dir]:
            self.last[dir].sendall(data)

    def cut(self, reset=False):
        """Drop every connection, as a network failure would.

        reset: without a farewell, and what was on its way is lost."""
        socks, self.socks = self.socks, []
        if reset:
            self.dead.update(socks)
        for s in socks:
            try:
                if reset:
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                 struct.pack("ii", 1, 0))
                # wakes the thread that reads it
                s.shutdown(socket.SHUT_RD if reset else socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()

    # -- reading --------------------------------------------------------------
    def streams(self):
        """[((conn, dir), [chunks])]"""
        with self.lock:
            chunks = list(self.chunks)
        return [(key, [c for c in chunks if (c.conn, c.dir) == key])
                for key in sorted({(c.conn, c.dir) for c in chunks})]

    def events(self):
        ev = []
        for (conn, dir), mine in self.streams():
            data = b"".join(c.data for c in mine)
            ends, n = [], 0
            for c in mine:
                n += len(c.data)
                ends.append((n, c.t))
            k = 0
            split = split_xmpp if self.proto == "xmpp" else split_lines
            for a, b in split(data):
                while ends[k][0] < b:
                    k += 1
                ev.append(Event(ends[k][1], self.label, conn, dir, self.proto,
                                data[a:b]))
        ev.sort(key=lambda e: e.t)
        return ev

    def close(self):
        # shutdown wakes the accept(); close alone would leave it waiting
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        self.cut()
        for e in self.held.values():
            e.set()
