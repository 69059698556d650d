# SPDX-License-Identifier: GPL-2.0-or-later
"""PROTOCOL.md 9.6 and 6.7: one side's view of the post-quantum epoch, from the text alone. For tests only."""

import mlkem

EK, CT, HAVE = 1, 2, 3
SYMBOL, SYMBOLS = 32, {EK: 37, CT: 34}


class Epoch:
    """After each mix a new one; draw(n) gives n random bytes."""

    def __init__(self, initiator, last=0):
        self.initiator, self.last, self.number = initiator, last, (last + 1) % 256
        self.makes_key = initiator == (self.number % 2 == 1)
        self.seed = self.dk = self.ours = self.ss = None  # ours: ek or ct, once there is one
        self.next, self.marked, self.arrived = 0, set(), {}

    def after(self):
        return Epoch(self.initiator, self.number)

    def mixes(self):
        """What our sending step mixes, or None."""
        return self.ss if self.makes_key else None

    def accepts(self, epoch):
        """(may a step name this epoch, what it mixes)."""
        if epoch == self.last:
            return True, None
        return epoch == self.number and not self.makes_key and self.ss is not None, self.ss

    def record(self, room, draw):
        """The value of the one record in so many bytes that are left, or None."""
        if self.arrived if self.makes_key else self.ss is None:
            bits = sum(1 << i for i in self.arrived)
            return bytes([HAVE, self.number]) + bits.to_bytes(5, "little") if room >= 10 else None
        kind = EK if self.makes_key else CT
        n = SYMBOLS[kind]
        k = min((room - 6) // SYMBOL, n)
        if k < 1 or len(self.marked) == n:
            return None
        if self.ours is None:
            self.seed = draw(64)
            self.ours, self.dk = mlkem.keypair(self.seed)
        first = next(i % n for i in range(self.next, self.next + n) if i % n not in self.marked)
        self.next = (first + k) % n
        run = b"".join(self.ours[SYMBOL * (i % n) : SYMBOL * (i % n + 1)] for i in range(first, first + k))
        return bytes([kind, self.number, first]) + run

    def read(self, value, draw):
        """The first pq record of a verified body."""
        if len(value) < 2 or value[1] != self.number:
            return
        kind, rest = value[0], value[2:]
        if kind == HAVE:
            if self.ours is not None and len(rest) == 5:
                n = SYMBOLS[EK if self.makes_key else CT]
                self.marked |= {i for i in range(n) if rest[i // 8] >> (i % 8) & 1}
            return
        if kind != (CT if self.makes_key else EK) or self.ss is not None or (self.makes_key and self.seed is None):
            return
        n = SYMBOLS[kind]
        if len(rest) < 1 or rest[0] >= n or (len(rest) - 1) % SYMBOL or not 1 <= (len(rest) - 1) // SYMBOL <= n:
            return
        for j in range((len(rest) - 1) // SYMBOL):
            self.arrived.setdefault((rest[0] + j) % n, rest[1 + SYMBOL * j : 1 + SYMBOL * (j + 1)])
        if len(self.arrived) == n:
            self._complete(b"".join(self.arrived[i] for i in range(n)), draw)

    def _complete(self, whole, draw):
        if self.makes_key:
            self.ss = mlkem.decapsulate(self.dk, whole)
        elif mlkem.check_ek(whole):
            self.ss, self.ours = mlkem.encapsulate(whole, draw(32))
        else:
            self.arrived = {}
