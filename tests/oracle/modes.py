# SPDX-License-Identifier: GPL-2.0-or-later
"""PROTOCOL.md 6.5 and 10.6: goodbye, and as much of Steady as who takes no part in it needs."""
import records

OFFER, ACCEPT, STOP = 1, 2, 3


def mode(op, run, slot):
    return records.state(records.MODE, bytes([op]) + run.to_bytes(2, "little") + bytes([slot]))


class Modes:
    """offer: (run, slot) of ours that nobody stopped; mode: what they said to it last."""

    def say_goodbye(self):
        self._tell(records.state(records.GOODBYE), 3)

    def offer_steady(self, run, slot):
        self.s.offer, self.s.mode = (run, slot), None
        self._tell(mode(OFFER, run, slot))

    def stop_steady(self):
        """Said until their stop comes: in three frames here, and after each offer."""
        self._tell(mode(STOP, self.s.offer[0], 0), 3)

    def _tell(self, record, frames=1):
        session = self.sending()
        if session is not None:
            session.extras.append([record, frames])
            self.cover(session)

    def read_state(self, session, f):
        if f["kind"] == records.GOODBYE:
            self.s.peer_left = True
        elif f["kind"] == records.MODE:
            self._read_mode(f)

    def _read_mode(self, f):
        ours = self.s.offer is not None and f["run"] == self.s.offer[0]
        if ours:
            self.s.mode = f["op"], f["slot"]
        elif f["op"] == OFFER:
            self._tell(mode(STOP, f["run"], 0))  # no, thank you
