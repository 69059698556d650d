# SPDX-License-Identifier: GPL-2.0-or-later
"""PROTOCOL.md 10.3 and 10.4: text out, text in, and what is said of both."""
import chance
import padding
import records
from session import CONFIRMED, HOUR, MINUTE, OLD, SECOND, SEQ_WINDOW, Sent

RESEND = (2 * MINUTE, 10 * MINUTE, HOUR)
HOLD_BACK, HOLE_AGAIN, GRACE, WHEN_AFTER = 30 * SECOND, 10 * SECOND, 75 * SECOND, 60 * SECOND
IDS_MAX = 1000


class Text:
    def __init__(self, data, is_html, now):
        self.ident, self.data, self.is_html, self.written = chance.draw(6), data, is_html, now


class Held:
    """A text that is here; it waits for those before it."""
    def __init__(self, ident, sid, seq, data, is_html, written, until):
        self.ident, self.sid, self.seq = ident, sid, seq
        self.data, self.is_html = data, is_html
        self.written, self.until = written, until


class Delivery:
    # ---- out ----------------------------------------------------------------

    def write(self, data, is_html):
        """The user typed this; ids of the messages that it became."""
        texts = [Text(b"".join(parts), is_html, self.now)
                 for _, parts in padding.cut(data, is_html, self.limit)]
        self.s.outbox += texts
        self.flush()
        if self.sending() is None and self.s.attempt is None:
            self.invite()
        return [t.ident for t in texts]

    def flush(self):
        """Give what waits a number in the sending session."""
        session = self.sending()
        if session is None or not session.ratchet.may_send():
            return
        numbered = {x.ident for x in session.open.values()}
        for text in self.s.outbox:
            low = min(session.open, default=session.next_seq)
            if text.ident not in numbered and session.next_seq < low + SEQ_WINDOW:
                for other in self.s.sessions:  # it is open in one session only
                    other.open = {n: x for n, x in other.open.items() if x.ident != text.ident}
                sent = Sent(session.next_seq, text.ident, self.now, session.order)
                session.open[sent.seq] = sent
                session.first_orders[sent.seq] = session.order
                session.sent_ids[sent.seq] = text.ident
                session.next_seq += 1
                self._send(session, sent, text)

    def _send(self, session, sent, text):
        session.order += 1
        sent.order, sent.last = session.order, self.now
        size, parts = padding.cut(text.data, text.is_html, self.limit)[0]
        late = self.now - text.written > WHEN_AFTER
        for i, part in enumerate(parts):
            self.post(session.address, session.frame(
                self.own_name, size,
                records.text(text.ident, sent.seq, i, len(parts), text.is_html, part),
                records.when(text.written) if late and i == 0 else b""))
        for _ in range(padding.lines_for(len(parts)) - len(parts)):
            self.cover(session, size)

    def _resend(self, session, sent):
        text = next((t for t in self.s.outbox if t.ident == sent.ident), None)
        if text is not None:
            sent.resends += 1
            self._send(session, sent, text)

    @staticmethod
    def _is_of_others(session, a, named, check):
        """10.4: the ack is of texts that are not ours, as far as it can be reckoned."""
        said = a["base"] + bin(a["bitmap"]).count("1")
        if check == 0 or said != len(session.acked) + len(named):
            return False
        ids = list(session.acked.values()) + [x.ident for x in named]
        return check != records.ack_check(ids)

    def read_ack(self, session, a, check):
        shown = {a["base"] + 1 + i for i in range(32) if a["bitmap"] >> i & 1}
        named = [x for x in session.open.values() if x.seq < a["base"] or x.seq in shown]
        if a["base"] > session.next_seq or any(x >= session.next_seq for x in shown) or \
                self._is_of_others(session, a, named, check):
            self.restored()
            return
        session.take_floor(a["floor"])
        session.acked.update((x.seq, x.ident) for x in named)
        done = {x.ident for x in named}
        self.s.outbox = [t for t in self.s.outbox if t.ident not in done]
        self.delivered |= done
        for other in self.s.sessions:
            other.open = {n: x for n, x in other.open.items() if x.ident not in done}
        if session.state == CONFIRMED:
            newest = max((order for x, order in session.first_orders.items()
                          if x < a["base"] or x in shown), default=-1)
            for sent in sorted(session.open.values(), key=lambda x: x.seq):
                higher = any(x > sent.seq for x in shown) or a["base"] > sent.seq
                if newest >= sent.order or \
                        higher and self.now >= sent.last + HOLE_AGAIN:
                    self._resend(session, sent)
        self.flush()

    def tick_resends(self):
        session = self.sending()
        if session is None or not self.online:
            return
        for sent in sorted(session.open.values(), key=lambda x: x.seq):
            if sent.resends < 3 and self.now >= sent.last + RESEND[sent.resends]:
                self._resend(session, sent)
            elif sent.resends >= 3 and self.now >= sent.last + 10 * MINUTE:
                self.trigger()
        if self.ram.grace_at is not None and self.now >= self.ram.grace_at:
            self.ram.grace_at = None
            for sent in sorted(session.open.values(), key=lambda x: x.seq):
                if sent.resends < 3 and sent.last < self.now - GRACE:
                    self._resend(session, sent)

    def resend_times(self):
        session = self.sending()
        if session is None or not self.online:
            return []
        times = [x.last + RESEND[x.resends] if x.resends < 3 else
                 max(x.last + 10 * MINUTE, self.trigger_time())
                 for x in session.open.values()]
        return times + ([self.ram.grace_at] if self.ram.grace_at is not None else [])

    # ---- in -----------------------------------------------------------------

    def read_text(self, session, t, written):
        seq, ident = t["seq"], t["id"]
        if seq >= session.base + SEQ_WINDOW:
            return
        session.want_ack(self.now)
        if ident in self.s.ids:
            for held in self.s.held:
                if held.ident == ident and held.sid != session.sid:
                    held.sid, held.seq = session.sid, seq
            self._arrived(session, seq, ident)
            return
        key = ident, t["parts"]
        pieces, at = self.s.incomplete.pop(key, ({}, 0))
        pieces.setdefault(t["part"], t["text"])
        at = written or at
        if len(pieces) < t["parts"]:
            self.s.incomplete[key] = pieces, at
            return
        self.s.incomplete = {k: v for k, v in self.s.incomplete.items() if k[0] != ident}
        self.s.ids[ident] = True
        while len(self.s.ids) > IDS_MAX:
            del self.s.ids[next(iter(self.s.ids))]
        data = b"".join(pieces[i] for i in range(t["parts"]))
        self.s.held.append(Held(ident, session.sid, seq, data, t["html"], at,
                                self.now + HOLD_BACK))
        self._arrived(session, seq, ident)

    def _arrived(self, session, seq, ident):
        session.seen.setdefault(seq, ident)
        if seq >= session.base:
            session.arrived.add(seq)
            session.advance()
        if session.arrived:
            session.want_ack(self.now)  # sooner, as there is a gap

    def show_held(self):
        """What nothing holds back any more goes to the user."""
        rest, age = [], {x.sid: i for i, x in enumerate(self.s.sessions)}
        for held in sorted(self.s.held, key=lambda x: (age.get(x.sid, -1), x.seq)):
            session = self.session_of(held.sid)
            if session is None or session.base > held.seq or self.now >= held.until:
                if held.data:
                    self.s.to_show.append((held.data, held.is_html, held.written))
            else:
                rest.append(held)
        self.s.held = rest

    def session_acks(self):
        """Acks that nothing carried: cover frames of their own."""
        for session in list(self.s.sessions):
            if session.ack_at is not None and self.now >= session.ack_at and \
                    session.state in (CONFIRMED, OLD):
                self.cover(session)
