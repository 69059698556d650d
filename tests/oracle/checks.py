# SPDX-License-Identifier: GPL-2.0-or-later
"""PROTOCOL.md 6.8, 11.5 to 11.7 and 14.4: is it really them?"""
import chance
import cpace
import records
import trust
from prims import Bad
from session import DAY, HOUR, MINUTE, SECOND

ASK, ANSWER, PROOF, COMMIT, NONCE, REVEAL, OK, CANCEL = range(1, 9)
STOPPED, DIFFERS, NOT_NOW = 1, 2, 3
ASKED, OFFERED, ANSWERED, CALLED, NONCED, COMPARE, AGREED, HEARD, PASSED, ENDED = (
    "asked", "offered", "answered", "called", "nonced", "compare", "agreed", "heard",
    "passed", "ended")
SCHEDULE = (30 * SECOND, 2 * MINUTE, 10 * MINUTE)
AGAIN, UNKNOWN_GAP, STARTS, FAILURES_MAX = 10 * SECOND, 30 * SECOND, 6, 3


class Run:
    def __init__(self, run, session, is_a, now):
        self.run, self.sid, self.is_a, self.peer = run, session.sid, is_a, session.peer
        self.state, self.moved, self.reason = None, now, None
        self.said = {}     # our steps
        self.heard = {}    # theirs, as they first came
        self.answer = {}   # their step -> our step that answered it
        self.answered = {}  # when that was said last
        self.repeating = self.repeat_at = None
        self.repeats = 0
        self.x = self.code = self.folded = self.isk = None
        self.is_guessed = False  # Tb was sent
        self.is_ended_by_us = False

    def is_over(self):
        return self.state in (PASSED, ENDED)


class Checks:
    # ---- what the user does -------------------------------------------------

    def check_ask(self, question, answer):
        session, folded = self.sending(), cpace.fold(answer)
        if session is None or self.check_is_closed():
            return
        run = self._start(session)
        run.folded, run.state, run.x = folded, ASKED, chance.draw(32)
        self._say(run, ASK, self._point(run) + question)

    def check_call(self):
        session = self.sending()
        if session is None or self.check_is_closed():
            return
        run = self._start(session)
        run.state, run.x = CALLED, chance.draw(32)
        self._say(run, COMMIT, trust.sas_commit(session.sid, run.run, run.x, session.own))

    def check_answer(self, answer):
        run = self.s.check
        if run is None or run.state != OFFERED:
            return
        run.folded, run.x = cpace.fold(answer), chance.draw(32)
        ya = run.heard[ASK][:32]
        yb = self._point(run)
        try:
            run.isk = cpace.isk(self._sid(run), cpace.shared(run.x, ya), ya, yb)
        except Bad:
            self._end(run, DIFFERS)
            return
        run.state, run.is_guessed = ANSWERED, True
        self._say(run, ANSWER, yb + cpace.tag(self._sid(run), run.isk, yb))
        run.answer[ASK] = ANSWER

    def check_same(self, is_same):
        run = self.s.check
        if run is None or run.state not in (COMPARE, HEARD):
            return
        if not is_same:
            self._end(run, DIFFERS)
            return
        role = 1 if run.is_a else 2
        self._say(run, OK, trust.sas_ok(self.session_of(run.sid).sask, run.run, role))
        if run.state == HEARD:
            run.answer[OK] = OK
            self._pass(run)
        else:
            run.state = AGREED

    def check_cancel(self):
        if self.s.check is not None and not self.s.check.is_over():
            self._end(self.s.check, STOPPED)

    def check_is_closed(self):
        self.s.failures = [x for x in self.s.failures if x + DAY > self.now]
        return len(self.s.failures) >= FAILURES_MAX

    # ---- the steps ----------------------------------------------------------

    def _start(self, session):
        if self.s.check is not None and not self.s.check.is_over():
            self._end(self.s.check, STOPPED)
        self.s.check = Run(chance.draw(8), session, True, self.now)
        return self.s.check

    def _sid(self, run):
        return run.sid + run.run

    def _point(self, run):
        return cpace.point(run.folded, self._sid(run),
                           *self.session_of(run.sid).identities(), run.x)

    def _say(self, run, step, value):
        """A step that went ahead: at once, and again until theirs comes."""
        run.said[step], run.moved = value, self.now
        run.repeats = 0
        repeats = step in (ASK, ANSWER, COMMIT, NONCE, OK)
        run.repeating = step if repeats else None
        run.repeat_at = self.now + SCHEDULE[0] if repeats else None
        self._put(run.sid, records.check(step, run.run, value))

    def _put(self, sid, record, frames=1):
        session = self.session_of(sid)
        if session is not None:
            session.extras.append([record, frames])
            self.cover(session)

    def _pass(self, run):
        run.state, run.repeating, run.repeat_at = PASSED, None, None
        self.s.checked.add(run.peer)
        self.s.failures = []

    def _end(self, run, reason, is_ours=True):
        was_failure = reason == DIFFERS and is_ours or run.is_guessed
        if was_failure:
            self.s.failures.append(self.now)
        run.state, run.reason, run.repeating, run.repeat_at = ENDED, reason, None, None
        run.is_ended_by_us = is_ours
        if is_ours:
            self._put(run.sid, records.check(CANCEL, run.run, bytes([reason])), 3)

    def read_check(self, session, f):
        step, run, value = f["step"], self.s.check, f["value"]
        if run is None or run.run != f["run"]:
            if step in (ASK, COMMIT):
                self._their_start(session, f)
            elif step != CANCEL and self.now >= self.ram.said_unknown + UNKNOWN_GAP:
                self.ram.said_unknown = self.now
                self._put(session.sid, records.check(CANCEL, f["run"], bytes([STOPPED])))
            return
        if run.sid != session.sid:
            return
        if run.state == ENDED:
            if step != CANCEL and self.now >= run.answered.get(CANCEL, 0) + AGAIN:
                run.answered[CANCEL] = self.now
                reason = run.reason if run.is_ended_by_us else STOPPED
                self._put(run.sid, records.check(CANCEL, run.run, bytes([reason])), 3)
            return
        if step in run.heard:
            self._again(run, step, value)
            return
        before = run.state
        getattr(self, f"_step{step}")(run, session, value)
        if run.state != before:
            run.heard[step], run.moved = value, self.now

    def _again(self, run, step, value):
        answer = run.answer.get(step)
        if run.heard[step] == value and answer is not None and \
                self.now >= run.answered.get(step, 0) + AGAIN:
            run.answered[step] = self.now
            self._put(run.sid, records.check(answer, run.run, run.said[answer]))

    def _their_start(self, session, f):
        self.ram.starts = [x for x in self.ram.starts if x > self.now - 10 * MINUTE]
        if len(self.ram.starts) >= STARTS:
            return
        self.ram.starts.append(self.now)
        refusal = records.check(CANCEL, f["run"], bytes([NOT_NOW]))
        run = self.s.check
        if self.check_is_closed():
            self._put(session.sid, refusal)
            return
        if run is not None and not run.is_over():
            if run.state in (ASKED, CALLED) and run.run < f["run"]:
                return  # both started: ours stays
            if run.state not in (ASKED, CALLED):
                self._end(run, STOPPED, is_ours=False)
        run = Run(f["run"], session, False, self.now)
        self.s.check = run
        run.heard[f["step"]] = f["value"]
        if f["step"] == ASK:
            run.state = OFFERED
            return
        run.state, run.x = NONCED, chance.draw(32)
        self._say(run, NONCE, run.x)
        run.answer[COMMIT] = NONCE

    def _step1(self, run, session, value):
        pass

    _step4 = _step1

    def _step2(self, run, session, value):
        if run.state != ASKED:
            return
        yb, tb, ya = value[:32], value[32:], run.said[ASK][:32]
        try:
            if yb == ya:
                raise Bad("their point is ours")
            run.isk = cpace.isk(self._sid(run), cpace.shared(run.x, yb), ya, yb)
        except Bad:
            self._end(run, DIFFERS)
            return
        if cpace.tag(self._sid(run), run.isk, yb) != tb:
            self._end(run, DIFFERS)
            return
        self._say(run, PROOF, cpace.tag(self._sid(run), run.isk, ya))
        run.answer[ANSWER] = PROOF
        self._pass(run)

    def _step3(self, run, session, value):
        if run.state != ANSWERED:
            return
        if value == cpace.tag(self._sid(run), run.isk, run.heard[ASK][:32]):
            self._pass(run)
        else:
            self._end(run, DIFFERS)

    def _step5(self, run, session, value):
        if run.state != CALLED:
            return
        run.state = COMPARE
        self._code(run, session, run.x, value)
        self._say(run, REVEAL, run.x)
        run.answer[NONCE] = REVEAL

    def _step6(self, run, session, value):
        if run.state != NONCED:
            return
        if trust.sas_commit(session.sid, run.run, value, session.peer) != run.heard[COMMIT]:
            self._end(run, DIFFERS)
            return
        run.state, run.repeating, run.repeat_at = COMPARE, None, None
        self._code(run, session, value, run.x)

    def _code(self, run, session, na, nb):
        run.code = trust.sas_code(session.sask, session.sid, run.run, na, nb,
                                  *session.identities())

    def _step7(self, run, session, value):
        theirs = 2 if run.is_a else 1
        if value != trust.sas_ok(session.sask, run.run, theirs):
            return
        if run.state == COMPARE:
            run.state = HEARD
        elif run.state == AGREED:
            self._pass(run)
            run.answer[OK] = OK

    def _step8(self, run, session, value):
        if not run.is_over():
            self._end(run, value[0] if value[0] in (DIFFERS, NOT_NOW) else STOPPED,
                      is_ours=False)

    # ---- time ---------------------------------------------------------------

    def check_times(self):
        run = self.s.check
        if run is None or run.is_over():
            return []
        return [run.moved + DAY] + ([run.repeat_at] if run.repeat_at is not None else [])

    def tick_check(self, came_online=False):
        run = self.s.check
        if run is None or run.is_over():
            return
        if self.now >= run.moved + DAY or self.session_of(run.sid) is None:
            self._end(run, STOPPED, is_ours=False)
        elif run.repeating is not None and (came_online or self.now >= run.repeat_at):
            run.repeats += 1
            wait = SCHEDULE[run.repeats] if run.repeats < len(SCHEDULE) else HOUR
            run.repeat_at = self.now + wait
            self._put(run.sid, records.check(run.repeating, run.run, run.said[run.repeating]))
