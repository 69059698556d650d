# SPDX-License-Identifier: GPL-2.0-or-later
"""ratchet.txt: one conversation, step by step."""

import copy

import model
from cases import File, material, run_handshake

COMMENT = (
    "PROTOCOL.md 5, 8 and 9: a conversation after the first handshake of handshake.txt. Cases in order:",
    "start    the keys of the session; dh_private, dh_public: the responder's Noise e",
    "send     side (#0 initiator, #1 responder) seals body, zeros up to size, with flags: n, pn, header, hk, mk, frame.",
    "         dh_private is there when this is a sending half, and is the only randomness drawn (32 bytes, as drawn).",
    "open     side opens frame id, or a frame that is given: result #0 opened, #1 duplicate, #2 unopenable, #3 gap,",
    "         #4 another PQ epoch on a DH step; anything but #0 changes nothing",
    "skip     side seals count S frames of zeros, flags 0, and all are lost; dh_private as in send",
    "rounds   count times: side seals an S frame of zeros, flags 0, which the other opens, and the other way round;",
    "         draws: the private keys in the order drawn, 32 bytes each",
    "fork     a copy of the state of side is kept; swap: state and copy change places",
)


class Conversation:
    def __init__(self):
        drawn, noise, messages, _ = run_handshake("handshake ")
        self.keys = keys = model.session_keys(noise)
        self.file, self.frames, self.draws, self.kept = File(*COMMENT), [], 0, {}
        e = drawn["responder_e"]
        self.sides = [model.Ratchet(keys, True, dh_public=model.public_of(e)), model.Ratchet(keys, False, dh_private=e)]
        self.file.case("the session", start=0, **{n: keys[n] for n in ("sid", "rk0", "hk_i2r", "nhk_r2i")},
                       dh_private=e, dh_public=model.public_of(e))

    def draw(self):
        self.draws += 1
        return material("ratchet key %d" % self.draws, 32)

    def send(self, why, side, *records, size="S", flags=1):
        body = b"".join(model.record(t, v) for t, v in records)
        padded = body + bytes(model.BODY[size] - len(body))
        frame, note = self.sides[side].seal(padded, self.draw, flags)
        self.frames.append(frame)
        self.file.case(why, send=side, id=len(self.frames) - 1, size=len(frame), flags=flags, body=body,
                       **note, frame=frame)
        return len(self.frames) - 1

    def text(self, why, side, words, **more):
        ident = material("text %d" % len(self.frames), 6)
        return self.send(why, side, (model.TEXT, model.text_value(ident, len(self.frames), 0, 1, words)), **more)

    def open(self, why, side, which, expected=model.OPENED):
        given = {"id": which} if isinstance(which, int) else {"frame": which}
        frame = self.frames[which] if isinstance(which, int) else which
        before = copy.deepcopy(self.sides[side].__dict__)
        result = self.sides[side].open(frame)[0]
        assert result == expected, (why, result)
        assert result == model.OPENED or before == self.sides[side].__dict__
        self.file.case(why or "it opens", open=side, **given, result=result)

    def skip(self, why, side, count):
        note = {}
        for _ in range(count):
            note = {**self.sides[side].seal(bytes(200), self.draw)[1], **note}
        self.file.case(why, skip=side, count=count, **{k: v for k, v in note.items() if k == "dh_private"})

    def rounds(self, why, side, count):
        first = self.draws + 1
        for i in range(2 * count):
            who = (side + i) % 2
            frame = self.sides[who].seal(bytes(200), self.draw)[0]
            assert self.sides[1 - who].open(frame)[0] == model.OPENED
        draws = [material("ratchet key %d" % i, 32) for i in range(first, self.draws + 1)]
        self.file.case(why, rounds=side, count=count, draws=b"".join(draws))

    def fork(self, why, side):
        self.kept[side] = copy.deepcopy(self.sides[side])
        self.file.case(why, fork=side)

    def swap(self, why, side):
        self.sides[side], self.kept[side] = self.kept[side], self.sides[side]
        self.file.case(why, swap=side)


A, B = 0, 1


def ratchet():
    c = Conversation()
    first = beginning(c)
    out_of_order(c)
    sizes(c)
    hostile(c)
    limits(c, first)
    assert len(c.frames) < 60
    return c.file.text


def beginning(c):
    hello = model.hello_value(b"desk", b"alice")
    first = c.send("frame 0: cover with a hello; the first sending half of the initiator", A,
                   (model.HELLO, hello), flags=0)
    c.open("the first receiving half; only now the responder can send", B, first)
    c.open("the same line again", B, first, model.DUPLICATE)
    ack = model.ack_value(0, 0, 0)
    answer = c.send("the answer that confirms: cover, hello, its first ratchet key", B, (model.ACK, ack),
                    (model.HELLO, model.hello_value(b"lap", b"bob")))
    c.open("", A, answer)
    one = c.text("text in a new chain", A, b"hello Bob")
    two = c.text("and another in the same chain", A, b"how are you?")
    c.open("in order", B, one)
    c.open("", B, two)
    return first


def out_of_order(c):
    x = [c.text("three in one chain, number %d" % i, B, b"number %d" % i) for i in range(3)]
    c.open("the first", A, x[0])
    c.open("the third before the second", A, x[2])
    c.open("the second from its stored key", A, x[1])
    c.open("and again: its key is gone", A, x[1], model.DUPLICATE)
    lost = c.text("a chain of two, of which none arrives for now", A, b"late one")
    late = c.text("the second of them", A, b"late two")
    early = c.text("Bob has not seen it and goes on in his old chain", B, b"still here")
    c.open("", A, early)
    new = c.text("no new ratchet key yet: Bob's came from the same chain", A, b"third")
    c.open("two skipped in one chain", B, new)
    reply = c.text("Bob answers in a new chain", B, b"reply")
    c.open("", A, reply)
    next_chain = c.text("a new chain of Alice: three were in the one before", A, b"new chain")
    c.open("", B, next_chain)
    c.open("a late frame under a header key that was replaced", B, lost)
    c.open("", B, late)
    c.open("and once more", B, late, model.DUPLICATE)
    x = [c.text("Bob sends two, only the first arrives", B, b"seen %d" % i) for i in range(2)]
    c.open("", A, x[0])
    c.open("", B, c.text("Alice steps on", A, b"step"))
    last = c.text("the next chain of Bob: pn = 2 while one of them is missing", B, b"pn")
    c.open("skips to pn in the old chain, then takes up the new one", A, last)
    c.open("the missing one, under the old header key", A, x[1])


def sizes(c):
    room = model.ROOM["M"]
    full = c.text("a full M frame", A, material("m", room).hex().encode()[:room], size="M")
    c.open("", B, full)
    cover = c.send("an L frame of cover", B, size="L")
    c.open("", A, cover)


def flip(frame, at):
    return frame[:at] + bytes([frame[at] ^ 1]) + frame[at + 1:]


def hostile(c):
    good = c.text("a frame that opens a new chain, for the next cases", A, b"untouched")
    frame = c.frames[good]
    c.open("one bit of N", B, flip(frame, 0), model.UNOPENABLE)
    c.open("one bit of the sealed header", B, flip(frame, 40), model.UNOPENABLE)
    c.open("one bit of the body", B, flip(frame, 279), model.UNOPENABLE)
    c.open("random bytes", B, material("random", 280), model.UNOPENABLE)
    c.open("Alice's own frame comes back to her", A, good, model.UNOPENABLE)
    c.open("after all that, the good frame opens", B, good)
    c.open("", A, c.text("Bob answers", B, b"so Alice is about to step"))
    other = copy.deepcopy(c.sides[A]).seal(bytes(200), lambda: material("other epoch", 32), epoch=1)[0]
    c.open("a DH step that names PQ epoch 1", B, other, model.EPOCH)
    c.fork("a backup of Alice is made", A)
    c.open("", B, c.text("what she says before it is restored", A, b"before"))
    c.swap("the backup is restored", A)
    again = c.text("the same number under the same header key, another text and another ratchet key", A, b"after!")
    c.open("the number is used: dropped in silence", B, again, model.DUPLICATE)
    c.open("the next number is new, but the chain is another", B, c.text("the frame after it", A, b"and more"),
           model.UNOPENABLE)
    c.swap("the true Alice goes on", A)


def limits(c, first):
    replaced = sum(key != c.sides[B].hkr for key, _ in c.sides[B].skipped)
    c.rounds("both sides step until frame 0's header key is the oldest of eight that were replaced", B, 8 - replaced)
    c.open("still known", B, first, model.DUPLICATE)
    c.rounds("one more", B, 1)
    c.open("forgotten", B, first, model.UNOPENABLE)
    c.skip("a gap of exactly 1000", A, 1000)
    c.open("may be skipped", B, c.text("the frame behind it", A, b"1000 lost"))
    c.skip("a gap of 1001", A, 1001)
    c.open("may not: the frame is dropped and a new handshake is due", B, c.text("the frame behind it", A, b"1001 lost"),
           model.GAP)
