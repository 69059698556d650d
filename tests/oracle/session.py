# SPDX-License-Identifier: GPL-2.0-or-later
"""PROTOCOL.md 10.1: one session, and what its frames carry (6.1, 6.3, 6.4)."""
import chance
import noise
import prims
import records
from ratchet import OVERHEAD, Ratchet

PROVEN, CONFIRMED, OLD = "proven", "confirmed", "old"
SECOND, MINUTE, HOUR, DAY = 1000, 60000, 3600000, 86400000
SEQ_WINDOW = 512
LABEL = b"oracle"


class Sent:
    """A text in this session: its number, and when it was sent."""
    def __init__(self, seq, ident, now, order):
        self.seq, self.ident = seq, ident
        self.first_order = self.order = order
        self.last = now
        self.resends = 0


class Session:
    def __init__(self, handshake, is_initiator, now, address):
        keys = noise.session_keys(handshake.h, *handshake.split())
        self.is_initiator, self.address, self.begun = is_initiator, address, now
        self.state, self.last_opened, self.confirmed = PROVEN, now, 0
        self.peer, self.own = handshake.rs, prims.public(handshake.s)
        self.sid, self.sask, self.rm = keys["sid"], keys["sask"], keys["rm"]
        self.ratchet = Ratchet(is_initiator, keys, handshake.e, handshake.re, chance.draw)
        self.has_read_hello = self.is_hello_known = self.says_hello_is_known = False
        # text out
        self.next_seq, self.open, self.order, self.first_orders = 0, {}, 0, {}
        # text in
        self.base, self.arrived, self.ack_at = 0, set(), None
        self.seen, self.acked, self.sent_ids = {}, {}, {}  # number -> id
        # an initiator's repeats of message 3
        self.message3 = self.repeat = self.repeat_at = None
        self.extras = []  # [(record, frames that it goes into)]

    def identities(self):
        """The initiator's static key and the responder's."""
        return (self.own, self.peer) if self.is_initiator else (self.peer, self.own)

    # ---- acks --------------------------------------------------------------

    def advance(self):
        while self.base in self.arrived:
            self.arrived.discard(self.base)
            self.base += 1
        self.arrived = {x for x in self.arrived if x > self.base}

    def take_floor(self, floor):
        self.base = max(self.base, floor)
        self.advance()

    def want_ack(self, now):
        low, high = (1, 3) if self.arrived else (10, 60)
        at = now + chance.between(low * SECOND, high * SECOND)
        self.ack_at = at if self.ack_at is None else min(at, self.ack_at)

    def _ack(self):
        bitmap = sum(1 << (x - self.base - 1) for x in self.arrived if x - self.base <= 32)
        return records.ack(self.base, bitmap, min(self.open, default=self.next_seq))

    def _check(self):
        said = [*range(self.base), *(x for x in self.arrived if x - self.base <= 32)]
        if any(x not in self.seen for x in said):
            return 0  # one that was given up before it came
        return records.ack_check(self.seen[x] for x in said)

    # ---- frames ------------------------------------------------------------

    def frame(self, name, size=280, text=b"", when=b""):
        """Seal what is to be said now into a frame of this size."""
        room = size - OVERHEAD - len(text) - len(when)
        ack = self._ack() if self.ack_at is not None or chance.happens(300) else b""
        if len(ack) > room:
            ack = b""
        elif ack:
            self.ack_at = None
        body = text + when + ack
        rest = room - len(ack)
        if self.state == OLD and rest >= 4:
            body += records.state(records.NEWER)
            rest -= 4
        for extra in list(self.extras):
            if len(extra[0]) <= rest:
                body += extra[0]
                rest -= len(extra[0])
                extra[1] -= 1
        self.extras = [x for x in self.extras if x[1] > 0]
        hello = records.hello(LABEL, name)
        if not self.is_hello_known and len(hello) <= rest:
            body += hello
        self.says_hello_is_known |= self.has_read_hello
        check = self._check() if ack else 0
        return self.ratchet.seal(body, size, int(self.has_read_hello) | check << 1)
