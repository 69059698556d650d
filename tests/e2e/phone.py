# SPDX-License-Identifier: GPL-2.0-or-later
"""A phone in little: an XMPP client that has no Eider, and takes carbons."""
import base64
import socket

from server import password
from tap import Tap

HEAD = (b"<stream:stream to='localhost' xmlns='jabber:client' "
        b"xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>")


class Phone:
    def __init__(self, lab, user, resource="phone"):
        self.tap = Tap("phone.xmpp", lab.prosody)
        lab.taps.append(self.tap)
        self.sock = socket.create_connection(("127.0.0.1", self.tap.port), 10)
        auth = base64.b64encode(("\0%s\0%s" % (
            user, password(user))).encode())
        self._ask(HEAD, b"</stream:features>")
        self._ask(b"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' "
                  b"mechanism='PLAIN'>" + auth + b"</auth>", b"<success")
        self._ask(HEAD, b"</stream:features>")
        self._ask(b"<iq type='set' id='1'><bind "
                  b"xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>"
                  + resource.encode() + b"</resource></bind></iq>", b"</iq>")
        self._ask(b"<iq type='set' id='2'><enable "
                  b"xmlns='urn:xmpp:carbons:2'/></iq>", b"id='2'")
        self.sock.sendall(
            b"<presence><c xmlns='http://jabber.org/protocol/caps' "
            b"hash='sha-1' node='https://phone.example' ver='x'/></presence>")

    def _ask(self, data, end):
        self.sock.sendall(data)
        got = b""
        while end not in got:
            more = self.sock.recv(65536)
            if not more:
                raise RuntimeError("phone: %r after %r" % (got, data[:60]))
            got += more

    def bodies(self):
        """What it would show: copies of what its user sent, too."""
        return [b for e in self.tap.events() if e.dir == "in"
                for b in e.bodies]

    def close(self):
        self.sock.close()
