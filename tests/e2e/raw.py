# SPDX-License-Identifier: GPL-2.0-or-later
"""A bare XMPP client and a bare IRC client, to ask what people do not ask."""
import base64
import re
import socket
import time

from proc import PATIENCE


class Raw:
    def __init__(self, port):
        self.sock = socket.create_connection(("127.0.0.1", port), 10)
        self.sock.settimeout(0.2)
        self.got = ""

    def send(self, text):
        self.sock.sendall(text.encode())

    def wait(self, pattern, timeout=20):
        """The first match in what came since the last wait."""
        timeout *= PATIENCE
        stop = time.monotonic() + timeout
        while True:
            m = re.search(pattern, self.got, re.S)
            if m:
                self.got = self.got[m.end():]
                return m
            if time.monotonic() > stop:
                raise AssertionError("no %r in %r" % (pattern, self.got[-2000:]))
            try:
                data = self.sock.recv(65536)
            except socket.timeout:
                continue
            assert data, "closed: %r" % self.got[-500:]
            self.got += data.decode("utf-8", "replace")

    def close(self):
        self.sock.close()


class RawXmpp(Raw):
    def __init__(self, port, user, password, resource="raw", domain="localhost"):
        super().__init__(port)
        opening = ("<?xml version='1.0'?><stream:stream to='%s' version='1.0' "
                   "xmlns='jabber:client' "
                   "xmlns:stream='http://etherx.jabber.org/streams'>" % domain)
        self.send(opening)
        self.wait("</stream:features>")
        secret = base64.b64encode(
            ("\0%s\0%s" % (user, password)).encode()).decode()
        self.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' "
                  "mechanism='PLAIN'>%s</auth>" % secret)
        self.wait("<success")
        self.send(opening)
        self.wait("</stream:features>")
        self.send("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:"
                  "ns:xmpp-bind'><resource>%s</resource></bind></iq>" % resource)
        self.wait("id='bind'")
        self.send("<presence/>")

    def full_name(self, user):
        """Of somebody on the roster, when they are seen online."""
        return self.wait("<presence[^>]*from='(%s@[^/']*/[^']*)'" % user)[1]

    def ask(self, to, what, name):
        """What comes back: 'result' or 'error'."""
        self.send("<iq type='get' to='%s' id='%s'>%s</iq>" % (to, name, what))
        found = self.wait("<iq[^>]*id='%s'[^>]*>.*?</iq>" % name)
        return re.search("type='([a-z]+)'", found[0])[1]


class RawIrc(Raw):
    def __init__(self, port, nick):
        super().__init__(port)
        self.nick = nick
        self.send("NICK %s\r\nUSER %s 0 * :%s\r\n" % (nick, nick, nick))
        self.wait(" 001 ")

    def ctcp(self, to, what):
        self.send("PRIVMSG %s :\x01%s\x01\r\n" % (to, what))
