# SPDX-License-Identifier: GPL-2.0-or-later
"""PROTOCOL.md 6.7 and 9.6: one epoch of the post-quantum ratchet, as one side sees it."""
from struct import pack

import mlkem
import records
from prims import Bad

EK, CT, HAVE = 1, 2, 3
SYMBOLS = {EK: 37, CT: 34}
SYMBOL = 32


class Epoch:
    def __init__(self, number, is_initiator):
        self.number = number
        self.is_owner = is_initiator == (number % 2 == 1)
        self.sends = EK if self.is_owner else CT
        self.reads = CT if self.is_owner else EK
        self.arrived = {}    # index -> the other side's symbol
        self.marked = set()  # of ours, which the other side has
        self.next = 0        # where the next run begins
        self.ours = None     # our key or ciphertext
        self.dk = self.ss = None
        self.was_sent = False

    def copy(self):
        out = Epoch.__new__(Epoch)
        out.__dict__.update(self.__dict__)
        out.arrived, out.marked = dict(self.arrived), set(self.marked)
        return out

    def record(self, left, draw):
        """What this frame carries in the bytes that are left; b"" for nothing."""
        epoch = bytes([self.number % 256])
        says_have = self.arrived or self.ss is not None if self.is_owner else self.ss is None
        if says_have:
            bits = sum(1 << i for i in self.arrived)
            return records.record(records.PQ, bytes([HAVE]) + epoch + pack("<Q", bits)[:5]) \
                if left >= 10 else b""
        total = SYMBOLS[self.sends]
        k = min(total, (left - 6) // SYMBOL)
        if k < 1 or len(self.marked) == total:
            return b""
        if self.ours is None:
            self.ours, self.dk = mlkem.kem.keygen(draw(64))
        first = next(i % total for i in range(self.next, self.next + total)
                     if i % total not in self.marked)
        self.next = (first + k) % total
        self.was_sent = True
        run = b"".join(self.ours[SYMBOL * (i % total):][:SYMBOL] for i in range(first, first + k))
        return records.record(records.PQ, bytes([self.sends]) + epoch + bytes([first]) + run)

    def take(self, value, draw):
        """The first pq record of a body that verified."""
        if len(value) < 2 or value[1] != self.number % 256:
            return
        if value[0] == HAVE:
            self._take_have(value[2:])
        elif value[0] == self.reads:
            self._take_symbols(value[2:], draw)

    def _take_have(self, bits):
        if len(bits) == 5 and self.was_sent:
            have = records.num(bits)
            self.marked |= {i for i in range(SYMBOLS[self.sends]) if have >> i & 1}

    def _take_symbols(self, value, draw):
        total = SYMBOLS[self.reads]
        k, rest = divmod(len(value) - 1, SYMBOL)
        if not value or rest or not 1 <= k <= total or value[0] >= total or self.ss is not None:
            return
        if self.is_owner and not self.was_sent:
            return
        for i in range(k):
            at = (value[0] + i) % total
            self.arrived.setdefault(at, value[1 + SYMBOL * i:][:SYMBOL])
        if len(self.arrived) == total:
            self._complete(b"".join(self.arrived[i] for i in range(total)), draw)

    def _complete(self, whole, draw):
        if self.is_owner:
            self.ss = mlkem.kem.decaps(self.dk, whole)
            self.dk = None
            return
        try:
            mlkem.check_key(whole)
        except Bad:
            self.arrived = {}
            return
        self.ours, self.ss = mlkem.kem.encaps(whole, draw(32))
