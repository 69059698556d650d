# SPDX-License-Identifier: GPL-2.0-or-later
"""PROTOCOL.md 6: what stands in a body, packed and parsed."""
from struct import pack

TEXT, ACK, PQ, HELLO, STATE, CHECK, WHEN = 1, 2, 3, 4, 5, 6, 7
TYPING, MODE, GOODBYE, NEWER = 1, 2, 3, 4
# 6.8: length of a step's value without step and run; ask has its own.
STEP_LEN = {2: 96, 3: 64, 4: 32, 5: 32, 6: 32, 7: 32, 8: 1}
EPOCH_MS = 1577836800000  # 2020-01-01T00:00:00Z


def u24(x):
    return pack("<I", x)[:3]


def num(data):
    return int.from_bytes(data, "little")


def record(kind, value):
    return pack("<BH", kind, len(value)) + value


def text(ident, seq, part, parts, is_html, data):
    return record(TEXT, ident + u24(seq) + bytes([part, parts | (0x80 if is_html else 0)]) + data)


def ack(base, bitmap, floor):
    return record(ACK, u24(base) + pack("<I", bitmap) + u24(floor))


def ack_check(ids):
    """6.3: which texts the numbers of an ack are."""
    x = 0
    for ident in ids:
        x ^= num(ident)
    return 1 + x % 127


def hello(label, name):
    return record(HELLO, bytes([len(label)]) + label + name)


def when(ms_since_1970):
    return record(WHEN, pack("<Q", ms_since_1970 - EPOCH_MS)[:5])


def state(kind, value=b""):
    return record(STATE, bytes([kind]) + value)


def check(step, run, value):
    return record(CHECK, bytes([step]) + run + value)


def split(body):
    """[(type, value)]; None where a record runs past the end."""
    out, at = [], 0
    while at < len(body) and body[at] != 0:
        if len(body) - at < 3:
            return None
        end = at + 3 + num(body[at + 1:at + 3])
        if end > len(body):
            return None
        out.append((body[at], body[at + 3:end]))
        at = end
    return out


def _text(v):
    if len(v) < 11:
        return None
    parts = v[10] & 0x3f
    if v[10] & 0x40 or not 1 <= parts <= 32 or v[9] >= parts:
        return None
    return {"id": v[:6], "seq": num(v[6:9]), "part": v[9], "parts": parts,
            "html": bool(v[10] & 0x80), "text": v[11:]}


def _ack(v):
    if len(v) != 10:
        return None
    return {"base": num(v[:3]), "bitmap": num(v[3:7]), "floor": num(v[7:])}


def _hello(v):
    if not v or v[0] > 40 or len(v) < 1 + v[0] or len(v) > 1 + v[0] + 120:
        return None
    return {"label": v[1:1 + v[0]], "name": v[1 + v[0]:]}


def _state(v):
    if len(v) == 2 and v[0] == TYPING and v[1] <= 2:
        return {"kind": TYPING, "typing": v[1]}
    if len(v) == 5 and v[0] == MODE and 1 <= v[1] <= 3:
        return {"kind": MODE, "op": v[1], "run": num(v[2:4]), "slot": v[4]}
    if len(v) == 1 and v[0] in (GOODBYE, NEWER):
        return {"kind": v[0]}
    return None


def _check(v):
    if len(v) < 9:
        return None
    step, run, value = v[0], v[1:9], v[9:]
    good = 32 <= len(value) <= 152 if step == 1 else STEP_LEN.get(step) == len(value)
    return {"step": step, "run": run, "value": value} if good else None


def _when(v):
    return {"ms": EPOCH_MS + num(v), "since_2020": num(v)} if len(v) == 5 else None


READERS = {TEXT: _text, ACK: _ack, HELLO: _hello, STATE: _state, CHECK: _check, WHEN: _when}


def parse(body):
    """[(type, fields)] of what is known and as described; pq has its raw value."""
    out = []
    for kind, value in split(body) or []:
        if kind == PQ:
            out.append((kind, value))
        elif kind in READERS:
            fields = READERS[kind](value)
            if fields is not None:
                out.append((kind, fields))
    return out
