# SPDX-License-Identifier: GPL-2.0-or-later
"""What an engine sends is as PROTOCOL.md has it, to the last bit."""
import padding
import records

# 6.1: the order in which they stand; a state record by its kind.
ORDER = (records.TEXT, records.WHEN, records.ACK, (records.STATE, records.MODE),
         (records.STATE, records.TYPING), (records.STATE, records.GOODBYE), records.CHECK,
         (records.STATE, records.NEWER), records.HELLO, records.PQ)
ONCE = (records.TEXT, records.ACK, records.WHEN, records.HELLO, records.PQ)


class Malformed(Exception):
    """A frame that opened, but which nobody may send."""


def need(good, what, body):
    if not good:
        raise Malformed(f"{what}: {body[:60].hex()}... of {len(body)}")


class Watch:
    def __init__(self, limit, label, name):
        self.limit, self.label, self.name = limit, label, name
        self.parts = {}  # (SID, seq, id, parts) -> {part: (text, frame size)}
        self.texts = self.checks = 0
        self.is_restored = False

    def frame(self, session, body, flags):
        """Of a frame that opened and whose records were not taken yet."""
        split = records.split(body)
        need(split is not None, "a record runs over", body)
        need(flags & 0xfe == 0 or records.ACK in [k for k, _ in split], "a check and no ack", body)
        used = sum(3 + len(v) for _, v in split)
        need(not any(body[used:]), "the rest is not zero", body)
        kinds = [(k, v[0]) if k == records.STATE else k for k, v in split]
        need(all(k in ORDER for k in kinds), f"an unknown record {kinds}", body)
        need(kinds == sorted(kinds, key=ORDER.index), f"the order of records {kinds}", body)
        need(all(kinds.count(k) <= 1 for k in ONCE), "a record twice", body)
        need(len(records.parse(body)) == len(split), "a value not as described", body)
        for kind, value in records.parse(body):
            if kind == records.PQ:
                self._pq(value, body, used)
            elif kind == records.TEXT:
                self._text(session, value, body, kinds)
            elif kind == records.HELLO:
                need((value["label"], value["name"]) == (self.label, self.name), "hello", body)
            elif kind == records.ACK:
                self._ack(session, value, flags >> 1, body)
        if not session.says_hello_is_known and records.HELLO not in kinds:
            need(len(body) - self._without_pq(split) < 3 + 1 + len(self.label + self.name),
                 "a hello is missing", body)

    @staticmethod
    def _without_pq(split):
        return sum(3 + len(v) for k, v in split if k != records.PQ)

    def _pq(self, value, body, used):
        kind = value[0]
        need(kind in (1, 2, 3), "kind of pq", body)
        if kind == 3:
            need(len(value) == 7, "length of have", body)
            bits = records.num(value[2:])
            need(bits < 1 << 37, "bits of have", body)
            return
        total = {1: 37, 2: 34}[kind]
        count, rest = divmod(len(value) - 3, 32)
        need(rest == 0 and value[2] < total, "symbols", body)
        room = len(body) - used + len(value) + 3
        need(count == min(total, (room - 6) // 32), "as many symbols as fit", body)

    def _ack(self, session, a, check, body):
        if self.is_restored:
            return
        need(a["base"] <= session.next_seq, "an ack of what was never sent", body)
        need(all(a["base"] + 1 + i < session.next_seq for i in range(32)
                 if a["bitmap"] >> i & 1), "a bitmap of what was never sent", body)
        said = list(range(a["base"])) + [a["base"] + 1 + i for i in range(32)
                                         if a["bitmap"] >> i & 1]
        if check != 0 and all(n in session.open or n in session.acked for n in said):
            need(check == records.ack_check(session.sent_ids[n] for n in said), "check", body)
            self.checks += 1

    def _text(self, session, t, body, kinds):
        need(t["parts"] == 1 or records.WHEN not in kinds or t["part"] == 0, "when", body)
        key = session.sid, t["seq"], t["id"], t["parts"], t["html"]
        parts = self.parts.setdefault(key, {})
        before = parts.setdefault(t["part"], (t["text"], len(body)))
        need(before == (t["text"], len(body)), "a part is not what it was", body)
        if len(parts) < t["parts"]:
            return
        self.texts += 1
        made = [parts[i][0] for i in range(t["parts"])]
        expected = padding.cut(b"".join(made), t["html"], self.limit)
        need(expected == [(len(body) + 80, made)], "size and cuts of a text", body)
        b"".join(made).decode()  # UTF-8 all over
