# SPDX-License-Identifier: GPL-2.0-or-later
"""A TCP tap between a client and a server.

It forwards the bytes and keeps every one of them, with the time, the
direction and the connection: exactly what the network and the server see.
"""
import re
import socket
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

    def _pump(self, conn, dir, src, dst):
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
            try:
                with self.sending[dir]:
                    dst.sendall(data)
            except OSError:
                break
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

    def inject(self, dir, data):
        """Put bytes on the newest connection ("in": to the client)."""
        with self.sending[dir]:
            self.last[dir].sendall(data)

    def cut(self):
        """Drop every connection, as a network failure would."""
        for s in self.socks:
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()
        self.socks = []

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
