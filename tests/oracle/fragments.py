# SPDX-License-Identifier: GPL-2.0-or-later
"""PROTOCOL.md 7.2 to 7.4: handshake messages as frames under a mask."""
import prims

PUBLIC_MASK = prims.blake2b(32, b"EIDER1-mask")
TYPE = 0x48
DATA = {280: 244, 1400: 1364}
LENGTH = {1: 1220, 2: 1220, 3: 244}


def keys(mask):
    return prims.kdf(1, "EIDRmask", mask), prims.kdf(2, "EIDRmask", mask)


def frame(mask, ident, number, index, salt, data):
    ke, km = keys(mask)
    plain = bytes([TYPE]) + ident + bytes([number << 4 | index]) + salt + data
    n = prims.blake2b(24, plain, key=km)
    return n + prims.stream(ke, n, plain)


def cut(mask, ident, number, message, in_one, draw):
    """The frames of a message; in_one: M is allowed."""
    if number < 3 and in_one:
        return [frame(mask, ident, number, 0, draw(4), message + bytes(144))]
    return [frame(mask, ident, number, i, draw(4), message[244 * i:244 * i + 244])
            for i in range(len(message) // 244)]


class Fragment:
    """What a frame said: whole is the message where one frame had it all."""
    def __init__(self, plain):
        self.ident, self.number, self.index = plain[1:7], plain[7] >> 4, plain[7] & 15
        self.data, self.is_m = plain[12:], len(plain) == 1376


def unmask(mask, data):
    """The plaintext under this mask, or None."""
    ke, km = keys(mask)
    plain = prims.stream(ke, data[:24], data[24:])
    return plain if prims.blake2b(24, plain, key=km) == data[:24] else None


def read(plain):
    """A Fragment, or None for what is dropped."""
    if len(plain) not in (256, 1376) or plain[0] != TYPE:
        return None
    f = Fragment(plain)
    if f.number not in LENGTH:
        return None
    if f.is_m:
        good = f.number < 3 and f.index == 0 and not any(f.data[1220:])
        f.data = f.data[:1220]
    else:
        good = f.index < LENGTH[f.number] // 244
    return f if good else None


def h1_of(message1):
    return prims.blake2b(32, message1)


def id2_of(h1, e):
    return prims.blake2b(32, h1 + e)[:6]
