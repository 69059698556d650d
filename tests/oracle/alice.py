# SPDX-License-Identifier: GPL-2.0-or-later
"""One side of a conversation: what it keeps, and what it does when something happens.

Each event runs to its end on the state in memory; then the state is written, and only
then lines leave and texts are shown (PROTOCOL.md 12.3).
"""
import pickle

import chance
import fragments
import lines
import prims
import ratchet
import records
from checks import Checks
from delivery import Delivery
from meet import KEEP, Meet
from modes import Modes
from session import CONFIRMED, DAY, HOUR, MINUTE, OLD, PROVEN, SECOND

TRIGGER_GAP, STRAY_LINES_MAX, UNOPENABLE_MAX = 10 * MINUTE, 32, 3


class Crashed(Exception):
    """The process is gone."""


class Kept:
    """12.1: what is on disk."""
    def __init__(self):
        self.static = chance.draw(32)
        self.attempt, self.closed, self.legs, self.sessions = None, [], [], []
        self.rms, self.outbox, self.ids = [], [], {}
        self.incomplete, self.held, self.to_show = {}, [], []
        self.trigger_last, self.trigger_gap = -DAY, TRIGGER_GAP
        self.was_confirmed, self.invites = False, []
        self.peer_left, self.offer, self.mode = False, None, None
        self.check, self.checked, self.failures = None, set(), []


class Ram:
    """What may be lost with the process."""
    def __init__(self):
        self.assemblies, self.strays, self.unopenable, self.answered = {}, [], [], []
        self.cross_at = self.grace_at = self.stray_at = None
        self.starts, self.said_unknown = [], 0


class Alice(Meet, Delivery, Checks, Modes):
    own_name, peer_name = b"alice", "carol"

    def __init__(self, limit, send, show):
        self.limit, self._send_line, self._show = limit, send, show
        self.s, self.ram, self.now = Kept(), Ram(), 0
        self.own_public = prims.public(self.s.static)
        self.online, self.queue = True, []
        self.crash_in = None  # points that are passed until it crashes
        self.is_shown_dirty = False
        self.delivered = set()
        self.saved = pickle.dumps(self.s)
        self.watch = None
        self.counts = {"frames": 0, "unopenable": 0, "duplicates": 0, "gaps": 0, "confirmed": 0,
                       "mixed": 0}

    # ---- the shell ----------------------------------------------------------

    def do(self, now, action, *args):
        """One event, from outside."""
        self.now, self.queue = now, []
        out = action(*args)
        self.show_held()
        self._pass_point()
        self.saved = pickle.dumps(self.s)
        for to, frame in self.queue:
            self._pass_point()
            self._send_line(to, frame if isinstance(frame, str) else lines.encode(frame))
        while self.s.to_show:
            self._pass_point()
            self._show(*self.s.to_show[0], False)
            self._pass_point()
            self.s.to_show.pop(0)
            self.is_shown_dirty = True
        return out

    def _pass_point(self):
        if self.crash_in is not None:
            self.crash_in -= 1
            if self.crash_in < 0:
                self.crash_in = None
                raise Crashed

    def restart(self, now):
        self.s, self.ram, self.now = pickle.loads(self.saved), Ram(), now
        for item in self.s.to_show:
            self._show(*item, True)
        self.s.to_show = []
        self.saved = pickle.dumps(self.s)

    def has_saved(self, data):
        """Is a text that waits with these bytes on disk?"""
        return any(t.data == data for t in pickle.loads(self.saved).outbox)

    def post(self, to, frame):
        self.queue.append((to, frame))

    # ---- time ---------------------------------------------------------------

    def next_time(self):
        """When tick() is due; None: never."""
        times = self.attempt_times() + self.resend_times() + self.check_times()
        times += [self.ram.cross_at, self.ram.stray_at, self.invite_time()]
        times += [x.ack_at for x in self.s.sessions if x.state != PROVEN]
        times += [x.repeat_at for x in self.s.sessions if x.state == PROVEN]
        times += [x.until for x in self.s.held]
        times += [x.last_opened + KEEP for x in self.s.sessions if x.state != CONFIRMED]
        times += [self.now + SECOND if self.is_shown_dirty else None]
        return min((t for t in times if t is not None), default=None)

    def tick(self):
        self.is_shown_dirty = False
        self.tick_attempt()
        self.tick_cross()
        self.tick_check()
        for session in list(self.s.sessions):
            if session.state == PROVEN and session.repeat_at is not None and \
                    self.now >= session.repeat_at:
                if self.online or session.repeat >= 3:
                    self.repeat3(session)
                else:
                    session.repeat_at = self.now + 30 * SECOND
        self.session_acks()
        self.tick_resends()
        self._forget()
        if self.invite_time() is not None and self.now >= self.invite_time():
            self.invite()
        if self.ram.stray_at is not None and self.now >= self.ram.stray_at:
            self.ram.stray_at = None
            if self.ram.strays and self.sending() is None and self.s.attempt is None:
                self.trigger()

    def _forget(self):
        self.s.sessions = [x for x in self.s.sessions
                           if x.state == CONFIRMED or x.last_opened + KEEP > self.now]
        self.s.closed = [x for x in self.s.closed if x[2] + KEEP > self.now]
        self.s.legs = [x for x in self.s.legs if x.at + KEEP > self.now]

    def presence(self, online):
        came = online and not self.online
        self.online = online
        if came:
            self.call_again()
            self.tick_check(came_online=True)
            for session in list(self.s.sessions):
                self.repeat3(session)
            self.ram.grace_at = self.now + 75 * SECOND

    # ---- sessions -----------------------------------------------------------

    def session_of(self, sid):
        return next((x for x in self.s.sessions if x.sid == sid), None)

    def sending(self):
        found = [x for x in self.s.sessions if x.state == CONFIRMED]
        return max(found, key=lambda x: x.confirmed, default=None)

    def cover(self, session, size=280):
        if session.ratchet.may_send():
            self.post(session.address, session.frame(self.own_name, size))

    def add_session(self, session):
        self.s.sessions.append(session)
        proven = [x for x in self.s.sessions if x.state == PROVEN]
        if len(proven) > 4:
            self.s.sessions.remove(proven[0])
        strays, self.ram.strays = self.ram.strays, []
        for stray in strays:
            if stray[1] is not None and session.ratchet.header_of(stray[1])[0] is not None:
                self._frame(*stray)
            else:
                self.ram.strays.append(stray)

    def _confirm(self, session):
        before = self.sending()
        session.state, session.confirmed = CONFIRMED, self.now
        session.repeat_at = None
        self.counts["confirmed"] += 1
        self.s.was_confirmed = True
        self.s.rms = (self.s.rms + [session.rm])[-2:]
        for leg in self.s.legs:
            if leg.sid == session.sid:
                leg.noise = leg.message2 = None
        if before is not None:
            before.state = OLD
            before.want_ack(self.now)
            for old in [x for x in self.s.sessions if x.state == OLD][:-2]:
                self.s.sessions.remove(old)
        if self.s.attempt is not None and self.s.attempt.mode == "paused":
            self._close_attempt()
        for other in self.s.sessions:
            if other.state == PROVEN and other.begun < session.begun:
                other.repeat_at = None
        if not session.is_initiator:
            self.cover(session)

    # ---- what arrives -------------------------------------------------------

    def receive(self, text, address, delayed=False):
        kind, frame = lines.find(text)
        if kind == lines.FOUND:
            self._frame(address, frame)
        elif kind == lines.TEXT and lines.is_invitation(text) and not delayed:
            self._invited()
        elif kind == lines.TEXT:
            self._show(text.encode(), False, 0, False)

    def _invited(self):
        if self.s.attempt is None:
            (self.trigger if self.s.sessions else self.want_handshake)()

    def invite(self):
        """The user turns privacy on, or writes without a session (7.10)."""
        if self.s.was_confirmed:
            self.want_handshake()
        elif self.online and (not self.s.invites or self.now >= self.s.invites[-1] + HOUR):
            self.s.invites.append(self.now)
            self.post(self.peer_name, lines.INVITATION)

    def invite_time(self):
        """When the invitation goes out once more, as somebody waits."""
        is_waiting = self.s.outbox and not self.s.sessions and self.s.attempt is None
        if not is_waiting or not self.online or self.s.was_confirmed:
            return None
        sent = self.s.invites
        if len(sent) >= 3:
            return None
        return sent[-1] + (DAY if len(sent) == 2 else HOUR) if sent else self.now

    def _frame(self, address, frame):
        self.counts["frames"] += 1
        for session in self.s.sessions:
            if session.ratchet.header_of(frame)[0] is not None:
                self._opened(session, address, frame)
                return
        masks = [x.rm for x in self.s.sessions] + self.s.rms + [fragments.PUBLIC_MASK]
        for mask in masks:
            plain = fragments.unmask(mask, frame) if len(frame) < 5600 else None
            if plain is not None:
                f = fragments.read(plain)
                if f is not None and not self.take_fragment(f, mask, address):
                    self._unopenable(address, frame)
                return
        self._unopenable(address, frame)

    def _opened(self, session, address, frame):
        result, body, flags = session.ratchet.open(frame, self.now)
        if result == ratchet.UNOPENABLE:
            self._unopenable(address, frame)
        elif result == ratchet.GAP:
            self.counts["gaps"] += 1
            self.trigger()
        elif result == ratchet.DUPLICATE:
            self.counts["duplicates"] += 1
        else:
            self.ram.unopenable = []
            if self.watch is not None:
                self.watch.frame(session, body, flags)
            session.address, session.last_opened = address, self.now
            session.is_hello_known |= bool(flags & 1)
            if session.state == PROVEN:
                self._confirm(session)
            self._records(session, records.parse(body), flags >> 1)
            self.flush()

    def _records(self, session, found, check):
        written = next((f["ms"] for kind, f in found if kind == records.WHEN), 0)
        for kind, f in found:
            if kind == records.ACK:
                self.read_ack(session, f, check)
        for kind, f in found:
            if kind == records.TEXT:
                self.read_text(session, f, written)
            elif kind == records.HELLO:
                session.has_read_hello = True
            elif kind == records.STATE:
                self.read_state(session, f)
            elif kind == records.CHECK:
                self.read_check(session, f)

    # ---- 10.5 ---------------------------------------------------------------

    def _unopenable(self, address, frame):
        self.counts["unopenable"] += 1
        is_pending = any(x.noise is not None and x.sid is None for x in self.s.legs)
        if is_pending or self.s.attempt is not None:
            self.ram.strays = (self.ram.strays + [(address, frame)])[-STRAY_LINES_MAX:]
        if self.sending() is None and self.s.attempt is None:
            if is_pending:
                self.ram.stray_at = self.ram.stray_at or self.now + 10 * MINUTE
            else:
                self.trigger()
        elif self.s.sessions:
            recent = [x for x in self.ram.unopenable if x > self.now - 10 * MINUTE]
            self.ram.unopenable = recent + [self.now]
            if len(self.ram.unopenable) >= UNOPENABLE_MAX:
                self.ram.unopenable = []
                self.trigger()

    def trigger_time(self):
        return self.s.trigger_last + self.s.trigger_gap

    def trigger(self):
        """A handshake that nobody asked for."""
        if self.now < self.trigger_time():
            return
        if self.now >= self.s.trigger_last + self.s.trigger_gap + DAY:
            self.s.trigger_gap = TRIGGER_GAP
        else:
            self.s.trigger_gap = min(2 * self.s.trigger_gap, DAY)
        self.s.trigger_last = self.now
        self.want_handshake()

    def restored(self):
        """12.4: an ack of numbers never sent."""
        self.lose_sessions()
        self.trigger()

    def lose_sessions(self):
        self.s.sessions, self.s.legs, self.s.closed, self.s.attempt = [], [], [], None
