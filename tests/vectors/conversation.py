# SPDX-License-Identifier: GPL-2.0-or-later
"""ratchet.txt and pq.txt: two conversations, step by step."""

import copy

import model
from cases import File, material, run_handshake

VERBS = (
    "start    the keys of the session; dh_private, dh_public: the responder's Noise e",
    "send     side (#0 initiator, #1 responder) seals body, then the pq record of 9.6, then zeros up to size, with",
    "         flags: n, pn, header, hk, mk, frame. What is drawn: dh_private (32 bytes) if this is a sending half, then",
    "         pq_seed (64 bytes) with the first symbol of an ML-KEM key.",
    "open     side opens frame id, or a frame that is given: result #0 opened, #1 duplicate, #2 unopenable, #3 gap;",
    "         anything but #0 changes nothing. Drawn: pq_m (32 bytes) when it completes an ML-KEM key.",
    "skip     side seals count S frames without records but pq, flags 0, and all are lost; draws: all that is drawn",
    "rounds   count times: side seals an S frame without records but pq, flags 0, which the other opens, and the other",
    "         way round; draws: all that is drawn, in that order",
    "fork     a copy of the state of side is kept; swap: state and copy change places",
)


class Conversation:
    def __init__(self, label, comment, shows_pq=False):
        drawn, noise, messages, _ = run_handshake("handshake ")
        self.keys = keys = model.session_keys(noise)
        self.file, self.frames, self.label, self.shows_pq = File(comment, *VERBS), [], label, shows_pq
        self.log, self.draws, self.kept = [], 0, {}
        e = drawn["responder_e"]
        self.sides = [model.Ratchet(keys, True, dh_public=model.public_of(e)), model.Ratchet(keys, False, dh_private=e)]
        self.file.case("the session", start=0, **{n: keys[n] for n in ("sid", "rk0", "hk_i2r", "nhk_r2i")},
                       dh_private=e, dh_public=model.public_of(e))

    def draw(self, n):
        self.draws += 1
        self.log.append(material("%s draw %d" % (self.label, self.draws), n))
        return self.log[-1]

    def drawn(self):
        log, self.log = self.log, []
        return log

    def send(self, why, side, *records, size="S", flags=1):
        body = b"".join(model.record(t, v) for t, v in records)
        frame, note = self.sides[side].seal(body, size, self.draw, flags)
        note.update({"pq_seed": d for d in self.drawn() if len(d) == 64})
        if not self.shows_pq:
            note.pop("pq", None)
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
        before = copy.deepcopy({k: v for k, v in self.sides[side].__dict__.items() if k != "pq"})
        epoch = copy.deepcopy(self.sides[side].pq.__dict__)
        result = self.sides[side].open(frame, self.draw)[0]
        assert result == expected, (why, result)
        after = {k: v for k, v in self.sides[side].__dict__.items() if k != "pq"}
        assert result == model.OPENED or (before == after and epoch == self.sides[side].pq.__dict__)
        self.file.case(why or "it opens", open=side, **given, result=result, **{"pq_m": d for d in self.drawn()})

    def skip(self, why, side, count):
        for _ in range(count):
            self.sides[side].seal(b"", "S", self.draw)
        self.file.case(why, skip=side, count=count, draws=b"".join(self.drawn()))

    def rounds(self, why, side, count):
        for i in range(2 * count):
            who = (side + i) % 2
            frame = self.sides[who].seal(b"", "S", self.draw)[0]
            assert self.sides[1 - who].open(frame, self.draw)[0] == model.OPENED
        self.file.case(why, rounds=side, count=count, draws=b"".join(self.drawn()))

    def fork(self, why, side):
        self.kept[side] = copy.deepcopy(self.sides[side])
        self.file.case(why, fork=side)

    def swap(self, why, side):
        self.sides[side], self.kept[side] = self.kept[side], self.sides[side]
        self.file.case(why, swap=side)


A, B = 0, 1


def ratchet():
    c = Conversation("ratchet", "PROTOCOL.md 5, 8 and 9: a conversation after the first handshake of handshake.txt.")
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
    other = copy.deepcopy(c.sides[A]).seal(b"", "S", lambda n: material("other epoch", n), epoch=7)[0]
    c.open("a DH step that names an epoch without a secret", B, other, model.UNOPENABLE)
    c.fork("a backup of Alice is made", A)
    c.open("", B, c.text("what she says before it is restored", A, b"before"))
    c.swap("the backup is restored", A)
    again = c.text("the same number under the same header key, another text and another ratchet key", A, b"after!")
    c.open("a copy of her sends, too: the frame is dropped and a new handshake is due", B, again, model.GAP)
    c.open("so it is whatever the number", B, c.text("the frame after it", A, b"and more"), model.GAP)
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


def pq():
    """The epochs of 9.6: pq is the record that the sender adds."""
    c = Conversation("pq", "PROTOCOL.md 9.6: post-quantum epochs. pq: the record that is added to body.", True)
    first_epoch(c)
    lying(c)
    late(c)
    assert len(c.frames) < 60
    return c.file.text


def epochs(c):
    return [side.pq.last for side in c.sides]


def first_epoch(c):
    c.open("six symbols of the initiator's key", B, c.send("epoch 1: frame 0 draws the key", A))
    c.open("", A, c.send("what has arrived of it; a flag, a name and 50 bytes change nothing of that", B,
                         (model.TEXT, model.text_value(material("fifty", 6), 0, 0, 1, b"x" * 50))))
    lost = c.send("the run goes on behind the last one; this frame comes late", A)
    c.open("", B, c.text("beside a text three symbols have room", A, b"y" * 50))
    c.open("no room for a symbol, and a have would not fit either", B,
           c.text("a text to the last byte but two", A, b"z" * 184))
    c.open("room for a have and no symbol: the key's owner says nothing", B,
           c.text("ten bytes left", A, b"z" * 176))
    c.open("the late frame: its symbols count", B, lost)
    c.rounds("to where five symbols are missing, of which the run covers three", A, 3)
    last = c.send("the run goes round the end over marked ones", A)
    c.open("the key is complete: 32 bytes are drawn, the ciphertext is under way", B, last)
    c.open("the first six symbols of it", A, c.send("no longer have, but the ciphertext", B))
    c.open("", B, c.send("from now on the key's owner says what it has", A))
    c.rounds("most of the ciphertext", B, 4)
    assert epochs(c) == [0, 0] and c.sides[A].pq.ss is None
    c.open("the ciphertext is complete", A, c.send("the last of it", B))
    assert c.sides[A].pq.ss == c.sides[B].pq.ss
    mixed = c.send("the step that mixes: pq_epoch is 1, the have is one of epoch 2", A)
    c.open("mixed here, too", B, mixed)
    assert epochs(c) == [1, 1]
    c.open("", A, c.send("epoch 2: the roles are swapped, the responder draws a key", B))


def full(c, *records):
    """Records, and one of an unknown type that leaves no room: what a liar says is all there is."""
    used = sum(3 + len(v) for _, v in records)
    return (*records, (99, bytes(200 - used - 3)))


def lying(c):
    """The responder makes the key of epoch 2, and lies."""
    symbol = material("no symbol", 32)
    for why, value in (
        ("a symbol of the epoch before", b"\x01\x01\x20" + symbol),
        ("of the one after", b"\x01\x03\x20" + symbol),
        ("of a ciphertext, from the key's owner", b"\x02\x02\x20" + symbol),
        ("of an unknown kind", b"\x04\x02\x20" + symbol),
        ("index 37", b"\x01\x02\x25" + symbol),
        ("no symbol at all", b"\x01\x02\x20"),
        ("one byte too many", b"\x01\x02\x20" + symbol + b"x"),
        ("a have with four bytes", b"\x03\x02" + b"\xff" * 4),
        ("a have with six bytes", b"\x03\x02" + b"\xff" * 6),
        ("a have, of a ciphertext that is not there yet", b"\x03\x02" + b"\xff" * 5),
        ("one byte", b"\x01"),
        ("nothing", b""),
    ):
        before = copy.deepcopy(c.sides[A].pq.__dict__)
        c.open("ignored", A, c.send("ignored: " + why, B, *full(c, (model.PQ, value))))
        assert before == c.sides[A].pq.__dict__, why
    zeros = (model.PQ, b"\x01\x02\x00" + bytes(32))
    c.open("index 0 is there already: the first value stays", A, c.send("another symbol 0", B, *full(c, zeros)))
    c.open("of two records the first counts, and that is of no use", A,
           c.send("index 37, then the true symbols", B, (model.PQ, b"\x01\x02\x25" + symbol)))
    assert len(c.sides[A].pq.arrived) == 6
    bad = (model.PQ, b"\x01\x02\x06" + b"\xff" * 32 * 37)
    c.open("the key fails its check and is forgotten; nothing is drawn", A,
           c.send("37 symbols, of which six are known: coefficients above q", B, bad, size="M"))
    assert not c.sides[A].pq.arrived
    c.open("", B, c.send("so nothing has arrived", A))
    whole = c.send("37 symbols fit into an M frame: the true key, from where the last run ended", B, size="M")
    c.open("it is complete", A, whole)
    whole = c.send("the ciphertext in one M frame", A, size="M")
    c.open("it is complete", B, whole)
    assert c.sides[A].pq.ss == c.sides[B].pq.ss is not None


def late(c):
    behind = c.text("the initiator does not know yet", A, b"old chain")
    lost = c.send("the step that mixes epoch 2; this frame never arrives", B)
    c.open("the next one of its chain does", A, c.text("and it names the epoch, too", B, b"new"))
    assert epochs(c) == [2, 2]
    c.open("of the old chain, with a symbol record of epoch 2: the text counts", B, behind)
    c.open("", B, c.send("a key", A))
    c.rounds("it arrives", B, 6)
    assert c.sides[B].pq.ss is not None
    c.open("", A, c.send("ciphertext", B, size="M"))
    mixed = c.send("mixed", A)
    c.open("", B, mixed)
    assert epochs(c) == [3, 3]
    c.open("the lost frame comes after all", A, lost)
    c.rounds("and on they go", B, 12)
    c.open("the same from the other side", A, c.text("the last word", B, b"bye"))
