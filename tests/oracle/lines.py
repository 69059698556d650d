# SPDX-License-Identifier: GPL-2.0-or-later
"""PROTOCOL.md 3: frames as lines, and how they are found in what arrives."""
import re

MAGIC = "EIDER"
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
VALUE = {c: i for i, c in enumerate(DIGITS)}
FRAME = {"S": 280, "M": 1400, "L": 5600}
LINE = {"S": 391, "M": 1931, "L": 7706}
LETTER = {n: letter for letter, n in FRAME.items()}
DAMAGED_MIN = 64
INVITATION = ("I would like to talk privately with Eider, a plugin for Pidgin. If you have it, "
              "nothing is to be done. EIDERinvite1")

TEXT, FOUND, DAMAGED = 0, 1, 2


def digits_of(group):
    x, out = int.from_bytes(group, "big"), ""
    for _ in range(11):
        x, d = divmod(x, 62)
        out = DIGITS[d] + out
    return out


def encode(frame):
    digits = "".join(digits_of(frame[i:i + 8]) for i in range(0, len(frame), 8))
    return MAGIC + LETTER[len(frame)] + digits


def _group(digits):
    x = 0
    for c in digits:
        x = x * 62 + VALUE[c]
    return x


def _decode(run, size):
    """The frame at the start of base62 characters; None where there is none."""
    need = LINE[size] - 6
    if len(run) < need:
        return None
    groups = [_group(run[i:i + 11]) for i in range(0, need, 11)]
    if any(x >= 1 << 64 for x in groups):
        return None
    return b"".join(x.to_bytes(8, "big") for x in groups)


def find(text):
    """(TEXT, None), (FOUND, frame) or (DAMAGED, None)."""
    damaged = False
    at = text.find(MAGIC)
    while at >= 0:
        size = text[at + 5:at + 6]
        if size and size in FRAME:
            run = re.match("[0-9A-Za-z]*", text[at + 6:]).group()
            frame = _decode(run, size)
            if frame is not None:
                return FOUND, frame
            damaged = damaged or len(run) >= DAMAGED_MIN
        at = text.find(MAGIC, at + 1)
    return (DAMAGED if damaged else TEXT), None


def is_invitation(text):
    """7.10: the word at the very end, once tags and blanks are off."""
    return re.sub("<[^>]*>", "", text).rstrip().endswith("EIDERinvite1")
