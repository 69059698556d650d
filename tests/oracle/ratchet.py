# SPDX-License-Identifier: GPL-2.0-or-later
"""PROTOCOL.md 5 and 9: the double ratchet with header encryption."""
from struct import pack

import pq
import prims
import records
from prims import Bad

OPENED, DUPLICATE, UNOPENABLE, GAP = 0, 1, 2, 3
SKIP_MAX, SKIPPED_KEYS_MAX, OLD_HEADERS_MAX, N_MAX = 1000, 2000, 8, 1 << 24
OVERHEAD = 24 + 56  # bytes of a frame that are not body
SKIPPED_KEEP = 14 * 86400 * 1000


class Drop(Exception):
    """A frame that is not opened, and why."""


def kdf_rk(rk, dh, ss):
    x = b"\1" + dh if ss is None else b"\2" + dh + ss
    return tuple(o[:32] for o in prims.hkdf(rk, x, 3))


def kdf_ck(ck):
    """mk and the next CK."""
    return prims.kdf(2, "EIDRchn1", ck), prims.kdf(1, "EIDRchn1", ck)


def message_keys(mk):
    return prims.kdf(1, "EIDRmsg1", mk), prims.kdf(2, "EIDRmsg1", mk)


class Ratchet:
    def __init__(self, is_initiator, keys, dh_private, dh_public, draw):
        """dh_*: the responder's Noise e; the initiator has the public one only."""
        self.is_initiator, self.draw, self.sid = is_initiator, draw, keys["sid"]
        self.rk = keys["rk0"]
        self.dhs = None if is_initiator else dh_private
        self.dhs_public = None
        self.dhr = dh_public if is_initiator else None
        self.hks = self.hkr = self.cks = self.ckr = None
        both = keys["hk_i2r"], keys["nhk_r2i"]
        self.nhks, self.nhkr = both if is_initiator else both[::-1]
        self.ns = self.nr = self.pn = 0
        self.step_due = is_initiator
        self.mixed = 0
        self.epoch = pq.Epoch(1, is_initiator)
        self.skipped = {}   # (header key, n) -> (mk, when)
        self.replaced = []  # (header key, when), the oldest first
        self.last = {}      # of the frame sealed last, for vectors

    def copy(self):
        out = Ratchet.__new__(Ratchet)
        out.__dict__.update(self.__dict__)
        out.skipped, out.replaced = dict(self.skipped), list(self.replaced)
        out.epoch = self.epoch.copy()
        return out

    def _become(self, other):
        self.__dict__.update(other.__dict__)

    def _mix(self):
        self.mixed += 1
        self.epoch = pq.Epoch(self.mixed + 1, self.is_initiator)

    def may_send(self):
        return (self.step_due or self.cks is not None) and self.ns < N_MAX

    # ---- sending ----------------------------------------------------------

    def seal(self, body, size, flags):
        if not self.may_send():
            raise Bad("cannot send")
        if self.step_due:
            self._sending_half()
        body += self.epoch.record(size - OVERHEAD - len(body), self.draw)
        body += bytes(size - OVERHEAD - len(body))
        mk, self.cks = kdf_ck(self.cks)
        k_enc, k_mac = message_keys(mk)
        header = self.dhs_public + records.u24(self.ns) + records.u24(self.pn) + \
            bytes([self.mixed % 256, flags])
        n = prims.blake2b(24, self.sid + header + body, key=k_mac)
        self.last = {"n": self.ns, "pn": self.pn, "header": header, "hk": self.hks, "mk": mk,
                     "body": body}
        self.ns += 1
        return n + prims.seal(self.hks, n, header) + prims.stream(k_enc, n, body)

    def _sending_half(self):
        ss = self.epoch.ss if self.epoch.is_owner else None
        self.pn, self.ns, self.hks = self.ns, 0, self.nhks
        self.dhs = self.draw(32)
        self.dhs_public = prims.public(self.dhs)
        self.rk, self.cks, self.nhks = kdf_rk(self.rk, prims.dh(self.dhs, self.dhr), ss)
        self.step_due = False
        if ss is not None:
            self._mix()

    # ---- receiving --------------------------------------------------------

    def header_of(self, frame):
        """Which key opens it, and the header; (None, None) for a stranger's."""
        candidates = [("hkr", self.hkr), ("nhkr", self.nhkr)]
        candidates += [("replaced", k) for k, _ in reversed(self.replaced)]
        for kind, key in candidates:
            if key is not None:
                header = prims.unseal(key, frame[:24], frame[24:80])
                if header is not None:
                    return (kind, key), header
        return None, None

    def open(self, frame, now=0):
        """(OPENED, body, flags), or (why not, None, None) and nothing has changed."""
        copy = self.copy()
        try:
            body, flags = copy._open(frame, now)
        except Drop as drop:
            return drop.args[0], None, None
        except Bad:
            return UNOPENABLE, None, None
        values = [v for kind, v in records.split(body) or [] if kind == records.PQ]
        if values:
            copy.epoch.take(values[0], copy.draw)
        copy.forget(now)
        self._become(copy)
        return OPENED, body, flags

    def _open(self, frame, now):
        which, header = self.header_of(frame)
        if which is None:
            raise Drop(UNOPENABLE)
        kind, key = which
        dh, n, pn = header[:32], records.num(header[32:35]), records.num(header[35:38])
        if kind == "nhkr":
            self._receiving_half(dh, pn, header[38], now)
        elif kind == "hkr" and dh != self.dhr:
            raise Drop(GAP)  # of a copy of its sender
        elif kind == "hkr" and dh != self.dhr:
            raise Drop(GAP)
        elif kind == "replaced" or n < self.nr:
            if (key, n) not in self.skipped:
                raise Drop(DUPLICATE)
            body = self._body(frame, header, self.skipped[key, n][0])
            del self.skipped[key, n]
            return body, header[39]
        self._skip(n, now)
        mk, self.ckr = kdf_ck(self.ckr)
        self.nr = n + 1
        return self._body(frame, header, mk), header[39]

    def _receiving_half(self, dh, pn, pq_epoch, now):
        if self.dhs is None:
            raise Drop(UNOPENABLE)
        ss = None
        if pq_epoch != self.mixed % 256:
            if pq_epoch != (self.mixed + 1) % 256 or self.epoch.is_owner or \
                    self.epoch.ss is None:
                raise Drop(UNOPENABLE)
            ss = self.epoch.ss
        if self.hkr is not None:
            self._skip(pn, now)
            self.replaced.append((self.hkr, now))
        self.hkr, self.dhr, self.nr = self.nhkr, dh, 0
        self.rk, self.ckr, self.nhkr = kdf_rk(self.rk, prims.dh(self.dhs, self.dhr), ss)
        self.dhs, self.step_due = None, True
        if ss is not None:
            self._mix()

    def _skip(self, until, now):
        if until > self.nr + SKIP_MAX:
            raise Drop(GAP)
        while self.nr < until:
            mk, self.ckr = kdf_ck(self.ckr)
            self.skipped[self.hkr, self.nr] = (mk, now)
            self.nr += 1

    def _body(self, frame, header, mk):
        k_enc, k_mac = message_keys(mk)
        body = prims.stream(k_enc, frame[:24], frame[80:])
        if prims.blake2b(24, self.sid + header + body, key=k_mac) != frame[:24]:
            raise Drop(UNOPENABLE)
        return body

    def forget(self, now):
        """9.5: what is too old or too much."""
        self.replaced = [x for x in self.replaced if x[1] + SKIPPED_KEEP > now]
        gone = self.replaced[:-OLD_HEADERS_MAX]
        self.replaced = self.replaced[-OLD_HEADERS_MAX:]
        known = {k for k, _ in self.replaced} | {self.hkr}
        if gone or self.skipped:
            self.skipped = {key: v for key, v in self.skipped.items()
                            if key[0] in known and v[1] + SKIPPED_KEEP > now}
        while len(self.skipped) > SKIPPED_KEYS_MAX:
            del self.skipped[next(iter(self.skipped))]
