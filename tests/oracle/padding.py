# SPDX-License-Identifier: GPL-2.0-or-later
"""PROTOCOL.md 4: sizes, cuts, and how many lines a message has."""
from lines import FRAME, LINE

OVERHEAD = 80
ROOM_OFF = 14 + 13
PARTS_MAX = 32
LADDER = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)


def allowed(limit):
    """Frame sizes in bytes, the smallest first."""
    return [FRAME[x] for x in "SML" if x == "S" or LINE[x] <= limit]


def room(frame):
    return frame - OVERHEAD - ROOM_OFF


def lines_for(parts):
    return next(n for n in LADDER if n >= parts)


def _forbidden(text, is_html):
    """Places between two bytes at which no cut is made."""
    bad, inside = set(), None
    for i, byte in enumerate(text):
        if byte & 0xc0 == 0x80:
            bad.add(i)
        if not is_html:
            continue
        if inside is not None:
            bad.add(i)
            if byte == inside:
                inside = None
        elif byte == ord("<"):
            inside = ord(">")
        elif byte == ord("&"):
            inside = ord(";")
    return bad


def _next_cut(text, at, size, bad):
    end = at + size
    if end >= len(text):
        return len(text)
    for cut in range(end, at, -1):
        if cut not in bad:
            return cut
    while text[end] & 0xc0 == 0x80:
        end -= 1
    return end


def cut(text, is_html, limit):
    """[(frame size, parts)]: the messages of a text (bytes)."""
    sizes, bad = allowed(limit), _forbidden(text, is_html)
    at, messages = 0, []
    while True:
        rest = len(text) - at
        fits = [s for s in sizes if room(s) >= rest]
        if fits:
            messages.append((fits[0], [text[at:]]))
            return messages
        parts = []
        while at < len(text) and len(parts) < PARTS_MAX:
            end = _next_cut(text, at, room(sizes[-1]), bad)
            parts.append(text[at:end])
            at = end
        messages.append((sizes[-1], parts))
        if at == len(text):
            return messages
