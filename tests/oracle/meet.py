# SPDX-License-Identifier: GPL-2.0-or-later
"""PROTOCOL.md 7 and 14.1, 14.2: how two sides meet."""
import copy

import chance
import fragments
import noise
from prims import Bad
from session import CONFIRMED, DAY, HOUR, MINUTE, PROVEN, SECOND, Session

CALLING, PAUSED, MET = "calling", "paused", "met"
ANSWERED, DONE = "answered", "done"
SCHEDULE = (30 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR)
REPEATS_MAX, REPEAT_GAP, KEEP = 8, 30 * SECOND, 7 * DAY
PAUSE = EPHEMERAL_KEEP = ANSWER_SPAN = 10 * MINUTE
ANSWERED_MAX, ANSWERS_PER_SPAN, GOOD_ANSWERS_MAX, ASSEMBLIES_MAX = 4, 3, 8, 8


def delay_of(repeats):
    return SCHEDULE[repeats] if repeats < len(SCHEDULE) else DAY


class Attempt:
    def __init__(self, static, now, rm):
        self.noise = noise.Noise(True, static, chance.draw)
        self.message1 = self.noise.write(noise.payload(1))
        self.h1 = fragments.h1_of(self.message1)
        self.rm, self.mode, self.started = rm, CALLING, now
        self.sends = self.repeats = 0
        self.last = self.repeat_at = now
        self.until = None
        self.answers = {}  # id2 -> SID


class Leg:
    """An answered message 1."""
    def __init__(self, h1, handshake, message2, mask, address, now):
        self.h1, self.noise, self.message2 = h1, handshake, message2
        self.id2 = fragments.id2_of(h1, message2[:32])
        self.mask, self.address, self.at, self.last = mask, address, now, now
        self.state, self.sid = ANSWERED, None
        self.said = -REPEAT_GAP


class Meet:
    """Needs of Alice: s (kept), ram, now, post(), limit, online, sessions and confirm()."""

    def _send_handshake(self, number, ident, message, mask, to):
        for frame in fragments.cut(mask, ident, number, message, self.limit >= 1931,
                                   chance.draw):
            self.post(to, frame)

    # ---- initiator ----------------------------------------------------------

    def want_handshake(self):
        a = self.s.attempt
        if a is not None and (a.mode == PAUSED or a.mode == CALLING and
                              a.repeats < REPEATS_MAX):
            return
        self._close_attempt()
        self.s.attempt = Attempt(self.s.static, self.now, self.s.rms[-1] if self.s.rms else None)
        self._call()

    def _close_attempt(self):
        a = self.s.attempt
        if a is not None:
            self.s.closed.append((a.h1, a.answers, self.now))
            self.s.attempt = self.ram.cross_at = None

    def _call(self, mask=None):
        """Send message 1."""
        a = self.s.attempt
        a.sends += 1
        if mask is None:
            mask = a.rm if a.rm and a.sends <= 2 else fragments.PUBLIC_MASK
        a.last, a.repeat_at = self.now, self.now + delay_of(a.repeats)
        self.ram.cross_at = None
        self._send_handshake(1, a.h1[:6], a.message1, mask, self.peer_name)

    def tick_attempt(self):
        a = self.s.attempt
        if a is None:
            return
        if a.mode == PAUSED and self.now >= a.until:
            a.mode = CALLING
        if a.mode == MET and self.now >= a.until or self.now >= a.started + KEEP:
            self._close_attempt()
        elif a.mode == CALLING and self.now >= a.repeat_at:
            if a.repeats >= REPEATS_MAX:
                a.repeat_at = a.started + KEEP
            elif self.online or a.repeats >= 3:
                a.repeats += 1
                self._call()
            else:
                a.repeat_at = self.now + delay_of(a.repeats)

    def attempt_times(self):
        a = self.s.attempt
        if a is None:
            return []
        return [a.started + KEEP, a.repeat_at if a.mode == CALLING else a.until]

    def call_again(self):
        """The contact came online."""
        a = self.s.attempt
        if a is not None and a.mode == CALLING and a.repeats < REPEATS_MAX:
            a.repeats += 1
            self._call()

    # ---- fragments ----------------------------------------------------------

    def take_fragment(self, f, mask, address):
        """False: a line that nothing opens (10.5)."""
        if f.number == 3:
            return self._message3(f, mask, address)
        again = self._again1 if f.number == 1 else self._again2
        if again(f.ident, mask, address):
            return True
        message = self._collect(f)
        if message is None:
            return True
        return (self._message1 if f.number == 1 else self._message2)(f, message, mask, address)

    def _collect(self, f):
        key, sets = (f.ident, f.number), self.ram.assemblies
        if f.is_m:
            sets.pop(key, None)
            return f.data
        pieces = sets.pop(key, {})
        pieces[f.index] = f.data
        if len(pieces) == fragments.LENGTH[f.number] // 244:
            return b"".join(pieces[i] for i in sorted(pieces))
        sets[key] = pieces
        while len(sets) > ASSEMBLIES_MAX:
            del sets[next(iter(sets))]
        return None

    def _again1(self, ident, mask, address):
        """Of a message 1 that is ours or was answered."""
        if self.s.attempt is not None and self.s.attempt.h1[:6] == ident:
            return True
        for leg in self.s.legs:
            if leg.h1[:6] == ident:
                session = self.session_of(leg.sid)
                if leg.message2 is not None and (session is None or session.state == PROVEN):
                    leg.mask, leg.address = mask, address
                    if self.now >= leg.last + REPEAT_GAP:
                        self._answer(leg)
                return True
        return False

    def _answer(self, leg):
        leg.last = self.now
        self._send_handshake(2, leg.id2, leg.message2, leg.mask, leg.address)

    # ---- responder ----------------------------------------------------------

    def _message1(self, f, message, mask, address):
        h1, a = fragments.h1_of(message), self.s.attempt
        if h1[:6] != f.ident:
            return True
        if a is not None and a.mode == CALLING and not a.answers:
            if a.h1 < h1 and self.now < a.started + PAUSE:
                a.cross_mask = mask
                unread = a.sends == 1 and a.rm and mask != a.rm
                if self.now >= a.last + REPEAT_GAP or unread:
                    self._call(mask)
                else:
                    self.ram.cross_at = a.last + REPEAT_GAP
                return True
            crossed = True
        else:
            crossed = False
        recent = [x for x in self.ram.answered if x > self.now - ANSWER_SPAN]
        if len(recent) >= ANSWERS_PER_SPAN:
            return True
        handshake = noise.Noise(False, self.s.static, chance.draw)
        try:
            noise.check_payload(1, handshake.read(message))
            answer = handshake.write(noise.payload(2))
        except Bad:
            return True
        if crossed:
            a.mode, a.until = PAUSED, self.now + PAUSE
        self.ram.answered = recent + [self.now]
        leg = Leg(h1, handshake, answer, mask, address, self.now)
        self.s.legs.append(leg)
        pending = [x for x in self.s.legs if x.noise is not None]
        if len(pending) > ANSWERED_MAX:
            self.s.legs.remove(pending[0])
        self._answer(leg)
        return True

    def tick_cross(self):
        """Our message 1 once more, as theirs crossed it less than 30 s after it."""
        if self.ram.cross_at is not None and self.now >= self.ram.cross_at:
            self.ram.cross_at = None
            a = self.s.attempt
            if a is not None and a.mode == CALLING:
                self._call(getattr(a, "cross_mask", None))

    def _message3(self, f, mask, address):
        leg = next((x for x in self.s.legs if x.id2 == f.ident), None)
        if leg is None:
            return False
        if leg.state == DONE:
            session = self.session_of(leg.sid)
            if session is not None and session.state == CONFIRMED and \
                    self.now >= leg.said + REPEAT_GAP:
                leg.said = self.now
                self.cover(session)
            return True
        handshake = copy.copy(leg.noise)
        try:
            noise.check_payload(3, handshake.read(f.data))
        except Bad:
            return True
        if handshake.rs == self.own_public:
            return True
        session = Session(handshake, False, self.now, address)
        leg.state, leg.sid, leg.said = DONE, session.sid, self.now - REPEAT_GAP
        self.add_session(session)
        return True

    # ---- the initiator goes on ---------------------------------------------

    def _again2(self, ident, mask, address):
        for answers in self._all_answers():
            if ident in answers:
                session = self.session_of(answers[ident])
                if session is not None and session.state == PROVEN and \
                        self.now >= session.repeat_last + REPEAT_GAP:
                    session.mask, session.address = mask, address
                    self._say3(session)
                return True
        return False

    def _all_answers(self):
        a = self.s.attempt
        return ([a.answers] if a is not None else []) + [x[1] for x in self.s.closed]

    def _message2(self, f, message, mask, address):
        a, e = self.s.attempt, message[:32]
        if a is None or fragments.id2_of(a.h1, e) != f.ident:
            if any(fragments.id2_of(x[0], e) == f.ident for x in self.s.closed):
                self.trigger()
                return True
            return False
        handshake = copy.copy(a.noise)
        try:
            noise.check_payload(2, handshake.read(message))
            message3 = handshake.write(noise.payload(3))
        except Bad:
            return True
        if handshake.rs == self.own_public:
            return True
        session = Session(handshake, True, self.now, address)
        session.message3, session.id2, session.mask = message3, f.ident, mask
        session.repeat = 0
        a.answers[f.ident] = session.sid
        if a.mode != MET:
            a.mode, a.until = MET, self.now + EPHEMERAL_KEEP
        if len(a.answers) >= GOOD_ANSWERS_MAX:
            self._close_attempt()
        self._say3(session)
        self.add_session(session)
        return True

    def _say3(self, session):
        """Message 3 and a cover frame."""
        session.repeat_last = self.now
        session.repeat_at = self.now + delay_of(session.repeat)
        self._send_handshake(3, session.id2, session.message3, session.mask, session.address)
        self.cover(session)

    def repeat3(self, session):
        """On the schedule, or as the contact came online."""
        if session.repeat_at is not None and session.state == PROVEN:
            session.repeat += 1
            self._say3(session)
