# SPDX-License-Identifier: GPL-2.0-or-later
"""The cases of every vector file but ratchet.txt."""

import hashlib

import mlkem
import model
import ristretto

HEADER = "# Made by gen.py; do not edit.\n# %s\n"


def material(label, n):
    """Bytes that look random and are the same every time."""
    return hashlib.shake_256(b"Eider vectors: " + label.encode()).digest(n)


class File:
    def __init__(self, *comment):
        self.text = HEADER % "\n# ".join(comment)

    def case(self, why, **values):
        self.text += "\n" + "".join("# %s\n" % line for line in why.split("\n"))
        for name, value in values.items():
            if isinstance(value, bool):
                value = int(value)
            shown = "#%d" % value if isinstance(value, int) else bytes(value).hex()
            self.text += ("%s = %s" % (name, shown)).rstrip() + "\n"


def numbered(name, values):
    return {"%s%d" % (name, i): v for i, v in enumerate(values)}


def kdf():
    f = File("PROTOCOL.md 2: each primitive with the parameters that Eider gives it.")
    key, nonce = material("key", 32), material("nonce", 24)
    for i in (1, 7):
        f.case("crypto_kdf, subkey %d" % i, kdf_key=key, kdf_id=i, kdf_ctx=b"EIDRsess",
               kdf_out=model.kdf(i, "EIDRsess", key))
    for n in (24, 32, 64):
        f.case("BLAKE2b-%d, keyed and not" % (8 * n), hash_data=b"EIDER1-fp" + key, hash_key=nonce,
               hash_keyed=model.blake2b(n, b"EIDER1-fp", key, key=nonce),
               hash_plain=model.blake2b(n, b"EIDER1-fp", key))
    f.case("HMAC-BLAKE2b with a key longer than one block", hmac_key=material("long", 130), hmac_data=b"data",
           hmac_out=model.hmac(material("long", 130), b"data"))
    f.case("Noise HKDF, three outputs of 64 bytes", hkdf_ck=key, hkdf_ikm=b"\x01" + material("dh", 32),
           **numbered("hkdf_out", model.hkdf(key, b"\x01" + material("dh", 32), 3)))
    rk, ck, nhk = model.kdf_rk(key, material("dh", 32))
    f.case("KDF_RK (9.2) of the same", rk=key, dh=material("dh", 32), next_rk=rk, ck=ck, nhk=nhk)
    f.case("one step of a chain (9.2), and the two keys of its message", ck=ck, next_ck=model.kdf(1, "EIDRchn1", ck),
           mk=model.kdf(2, "EIDRchn1", ck), k_enc=model.kdf(1, "EIDRmsg1", model.kdf(2, "EIDRchn1", ck)),
           k_mac=model.kdf(2, "EIDRmsg1", model.kdf(2, "EIDRchn1", ck)))
    f.case("XChaCha20 from block 0, over more than one block", stream_key=key, stream_nonce=nonce, stream_in=bytes(150),
           stream_out=model.xchacha20(key, nonce, bytes(150)))
    f.case("XChaCha20-Poly1305, no associated data", aead_key=key, aead_nonce=nonce, aead_in=material("header", 40),
           aead_out=model.aead_seal(key, nonce, material("header", 40)))
    a, b = material("a", 32), material("b", 32)
    f.case("X25519, private keys as drawn", x_private=a, x_public=model.public_of(a), y_private=b,
           y_public=model.public_of(b), shared=model.dh(a, model.public_of(b)))
    return f.text


def armor():
    f = File("PROTOCOL.md 3: frame -> line, and what a reader finds in a text. result: #0 ordinary text, #1 a frame,",
             "#2 swallowed. digits0 is not a frame: one group of 8 bytes and its 11 digits.")
    for group in (bytes(8), b"\xff" * 8, bytes(7) + b"\x3d", bytes(7) + b"\x3e", bytes.fromhex("0123456789abcdef")):
        f.case("a group", group0=group, digits0=model.armor((group * 35))[6:17])
    frames = {s: material("frame " + s, n) for s, n in model.FRAME.items()}
    for s, frame in frames.items():
        f.case("a whole line of size %s" % s, frame=frame, line=model.armor(frame))
    line, other = model.armor(frames["S"]), model.armor(material("second", 280))
    too_big = b"EIDERS" + b"z" * 11 + line[17:]
    for why, text in (
        ("wrapped in tags", b"<p>" + line + b"</p>"),
        ("a prefix and a mark after it", b"(notice) " + line + b" (edited)"),
        ("letters right after the known length are not looked at", line + b"abc"),
        ("two lines: the first counts", line + b" " + other),
        ("the magic twice: the search goes on one character later", b"EIDEREIDERS EIDER" + line),
        ("a group of 2^64 or more does not decode", too_big),
        ("and what stands behind it is still found", too_big[:100] + b" " + other),
        ("one character short", line[:-1]),
        ("a foreign character inside, after 64 good ones", line[:71] + b"-" + line[72:]),
        ("a foreign character before 64 good ones", line[:69] + b"-" + line[70:]),
        ("exactly 64 characters: swallowed", line[:70]),
        ("63 characters: ordinary text", line[:69]),
        ("an unknown size letter", b"EIDERX" + line[6:]),
        ("lower case is not the magic", b"eiderS" + line[6:]),
        ("a word about birds", b"EIDERS are ducks"),
        ("the empty text", b""),
    ):
        result, frame = model.find(text)
        f.case(why, text=text, result=result, **({"found": frame} if frame else {}))
    return f.text


def pad():
    f = File("PROTOCOL.md 4: typed text and the longest line of the carrier -> messages, their frame size, parts, lines.",
             "length: that many letters a; else text. html: #1 if the text is HTML. frameN, partsN, linesN: of message N;",
             "lastN: bytes of its last part. partK: bytes of every part, where they are not all full.")
    for limit in (391, 1400, 1931, 7706):
        lengths = {391: (1, 172, 173, 174, 346, 347, 693, 865, 1039, 1385, 5536, 5537, 8000), 1400: (173, 174),
                   1931: (173, 174, 1293, 1294, 3879, 8000), 7706: (173, 174, 1293, 1294, 5493, 5494, 8000)}[limit]
        for length in lengths:
            _pad_case(f, "%d bytes, lines of at most %d" % (length, limit), limit, b"a" * length, length=length)
    for why, html, text in (
        ("a cut does not split a character of two bytes", 0, b"a" * 172 + "é".encode() * 3),
        ("nor one of four", 0, b"a" * 170 + "\U0001f986".encode() * 2),
        ("not inside a tag", 1, b"a" * 170 + b"<b>bold</b>"),
        ("not inside an entity", 1, b"a" * 171 + b"&amp;b"),
        ("right behind a tag it may be", 1, b"a" * 170 + b"<b>" + b"x" * 20 + b"</b>"),
        ("in plain text these are letters", 0, b"a" * 170 + b"<b>bold</b>"),
        ("a tag longer than a frame is cut all the same", 1, b'<a href="' + b"x" * 200 + b'">link</a>'),
    ):
        _pad_case(f, why, 391, text, html=html, text=text, lengths=True)
    return f.text


def _pad_case(f, why, limit, typed, html=0, lengths=False, **given):
    values = dict(limit=limit, html=html, **given)
    messages = model.plan(typed, limit, bool(html))
    values["messages"] = len(messages)
    for i, (size, parts, lines) in enumerate(messages):
        values.update({"frame%d" % i: model.FRAME[size], "parts%d" % i: len(parts), "lines%d" % i: lines,
                       "last%d" % i: len(parts[-1])})
        if lengths:
            values.update(numbered("part", [len(p) for p in parts]))
    f.case(why, **values)


def record():
    f = File("PROTOCOL.md 6: records <-> body. body is given without the zeros that fill it up to size; valid: #0 where",
             "a record runs past the end and all are ignored. typeN, valueN: the records of the body in order.")
    ident, room = material("id", 6), model.ROOM["S"]
    full = model.text_value(ident, 0x010203, 0, 1, b"a" * room)
    ack, hello = model.ack_value(0x0A0B0C, 0x80000001, 7), model.hello_value(b"laptop", b"alice@example.org")
    when = model.when_value(0x2B5C3A1D00)

    def case(why, *records, size=200, **fields):
        body = b"".join(model.record(t, v) for t, v in records)
        assert model.parse_body(body + bytes(size - len(body))) == list(records)
        f.case(why, size=size, valid=1, records=len(records), **numbered("type", [t for t, _ in records]),
               **numbered("value", [v for _, v in records]), **fields, body=body)

    def text_fields(part, parts, html, text):
        return dict(text_id=ident, text_seq=0x010203, text_part=part, text_parts=parts, text_html=html, text=text)

    ack_fields = dict(ack_base=0x0A0B0C, ack_bitmap=0x80000001, ack_floor=7)
    case("cover: nothing")
    case("a full text and an ack fill an S body to the last byte", (model.TEXT, full), (model.ACK, ack),
         **text_fields(0, 1, 0, b"a" * room), **ack_fields)
    html = b"<b>hi</b> &amp; bye"
    case("the last of 32 parts, HTML", (model.TEXT, model.text_value(ident, 0x010203, 31, 32, html, True)),
         **text_fields(31, 32, 1, html))
    case("a text of no bytes: acknowledged, nothing to show", (model.TEXT, full[:11]), **text_fields(0, 1, 0, b""))
    case("an ack alone", (model.ACK, ack), **ack_fields)
    case("hello beside an ack", (model.ACK, ack), (model.HELLO, hello), hello_label=b"laptop",
         hello_name=b"alice@example.org", **ack_fields)
    case("hello at its longest", (model.HELLO, model.hello_value(b"l" * 40, b"n" * 120)), hello_label=b"l" * 40,
         hello_name=b"n" * 120)
    case("when beside a full text: the ack waits", (model.TEXT, full), (model.WHEN, when), when_ms=0x2B5C3A1D00,
         **text_fields(0, 1, 0, b"a" * room))
    for why, op, run, slot in (("mode: an offer of 10 s", 1, 0x0201, 10), ("mode: an accept of 30 s", 2, 0xFFFF, 30),
                               ("mode: stop", 3, 1, 0)):
        case(why, (model.ACK, ack), (model.STATE, model.mode_value(op, run, slot)), mode_op=op, mode_run=run,
             mode_slot=slot, **ack_fields)
    case("goodbye", (model.STATE, b"\x03"), state_kind=3)
    for step, run_value in ((1, b"Y" * 32 + b"Where did we meet?"), (2, b"Y" * 32 + b"T" * 64), (3, b"T" * 64),
                            (4, b"C" * 32), (5, b"n" * 32), (6, b"N" * 32), (7, b"o" * 32), (8, b"\x02")):
        case("check, step %d" % step, (model.CHECK, bytes([step]) + b"run-id-8" + run_value), check_step=step,
             check_run=b"run-id-8", check_value=run_value)
    case("check: a question at its longest, beside an ack", (model.ACK, ack),
         (model.CHECK, b"\x01run-id-8" + b"Y" * 32 + b"q" * 120), check_step=1, check_run=b"run-id-8",
         check_value=b"Y" * 32 + b"q" * 120, **ack_fields)
    case("newer session", (model.STATE, b"\x04"), state_kind=4)
    case("an unknown record is skipped, what follows is read", (99, b"later"), (model.ACK, ack), **ack_fields)
    case("a record of no bytes", (99, b""), (model.ACK, ack), **ack_fields)
    case("an M body", (model.TEXT, model.text_value(ident, 0x010203, 0, 1, b"m" * 174)), size=1320,
         **text_fields(0, 1, 0, b"m" * 174))
    tight = model.record(99, bytes(194))
    for why, body in (
        ("one record to the last byte but one, which is zero", model.record(99, bytes(196)) + bytes(1)),
        ("two bytes left, both zero", model.record(99, bytes(195)) + bytes(2)),
        ("records end at type 0: what follows is not looked at", model.record(99, b"x") + b"\0" + b"\xff" * 195),
        ("a record one byte too long", b"\x63" + model.u16(198) + bytes(197)),
        ("one byte left that is not zero", model.record(99, bytes(196)) + b"\x02"),
        ("two bytes left that are not zero", model.record(99, bytes(195)) + b"\x02\x00"),
        ("the longest length", b"\x01\xff\xff" + bytes(197)),
        ("a good ack before a record that runs over: ignored too",
         model.record(model.ACK, ack) + tight[:184] + b"\x09\x09\x09"),
    ):
        assert len(body) == 200, (why, len(body))
        parsed = model.parse_body(body)
        f.case(why, size=200, valid=parsed is not None, body=body.rstrip(b"\0"),
               **({"records": len(parsed), **numbered("type", [t for t, _ in parsed])} if parsed is not None else {}))
    _bad_values(f, ident)
    return f.text


def _bad_values(f, ident):
    """Well-formed records whose value is not: the record alone is ignored."""
    value = model.text_value(ident, 1, 0, 1, b"x")
    for why, kind, bad in (
        ("text, one byte short of its fields", model.TEXT, value[:10]),
        ("text, parts = 0", model.TEXT, value[:10] + b"\x00x"),
        ("text, parts = 33", model.TEXT, value[:10] + b"\x21x"),
        ("text, bit 6 set", model.TEXT, value[:10] + b"\x41x"),
        ("text, part not below parts", model.TEXT, value[:9] + b"\x01\x01x"),
        ("ack, one byte short", model.ACK, model.ack_value(1, 0, 0)[:-1]),
        ("ack, one byte long", model.ACK, model.ack_value(1, 0, 0) + b"\0"),
        ("hello, label past the end", model.HELLO, b"\x05abc"),
        ("hello, label of 41", model.HELLO, model.hello_value(b"l" * 41, b"n")),
        ("hello, name of 121", model.HELLO, model.hello_value(b"l", b"n" * 121)),
        ("hello, empty", model.HELLO, b""),
        ("when, four bytes", model.WHEN, bytes(4)),
        ("mode, no such op", model.STATE, model.mode_value(0, 1, 10)),
        ("mode, the next op", model.STATE, model.mode_value(4, 1, 10)),
        ("mode, one byte short", model.STATE, model.mode_value(1, 1, 10)[:-1]),
        ("mode, one byte long", model.STATE, model.mode_value(1, 1, 10) + b"\0"),
    ):
        f.case("ignored record: " + why, size=200, valid=1, records=1, type0=kind, value0=bad, ignored=1,
               body=model.record(kind, bad))


def run_handshake(label):
    """Both sides, with everything that was drawn."""
    drawn = {name: material(label + name, n) for name, n in (
        ("initiator_static", 32), ("responder_static", 32), ("initiator_e", 32), ("kem_seed", 64), ("responder_e", 32),
        ("kem_m", 32))}
    a = model.Noise(model.SUITE, model.PROLOGUE, True, drawn["initiator_static"], drawn["initiator_e"],
                    drawn["kem_seed"])
    b = model.Noise(model.SUITE, model.PROLOGUE, False, drawn["responder_static"], drawn["responder_e"],
                    m=drawn["kem_m"])
    messages, steps = [], []
    for i, (writer, reader) in enumerate(((a, b), (b, a), (a, b))):
        payload = (model.P1, model.P2, model.P3)[i]
        messages.append(writer.write(payload))
        assert reader.read(messages[-1]) == payload
        assert reader.h == writer.h and reader.ck == writer.ck
        steps.append((writer.h, writer.ck))
    assert [len(m) for m in messages] == [1220, 1220, 244] and a.split() == b.split()
    return drawn, a, messages, steps


def noise():
    f = File("PROTOCOL.md 7.1: Noise. hN and ckN: handshake hash and chaining key after message N.",
             "XXhfs with the prologue and payloads of Eider; then other patterns for the same token table.")
    drawn, a, messages, steps = run_handshake("noise ")
    ek, dk = mlkem.keypair(drawn["kem_seed"])
    f.case("the suite of Eider", protocol=model.SUITE.encode(), prologue=model.PROLOGUE, **drawn, kem_ek=ek,
           kem_ct=a.ct, kem_ss=a.ss, kem_dk_hash=model.blake2b(32, dk),
           **numbered("payload", (model.P1, model.P2, model.P3)),
           **numbered("message", messages), **numbered("h", [h for h, _ in steps]),
           **numbered("ck", [c for _, c in steps]),
           k1=a.split()[0], k2=a.split()[1])
    for pattern, payloads in (("XX", (b"", b"", b"")), ("XX", (b"one", b"two", b"three")), ("NX", (b"", b"payload")),
                              ("NN", (b"", b""))):
        _plain_noise(f, pattern, payloads)
    return f.text


def _plain_noise(f, pattern, payloads):
    name = "Noise_%s_25519_ChaChaPoly_BLAKE2b" % pattern
    drawn = {n: material(pattern + n, 32)
             for n in ("initiator_static", "responder_static", "initiator_e", "responder_e")}
    if pattern != "XX":
        del drawn["initiator_static"]
    if pattern == "NN":
        del drawn["responder_static"]
    a = model.Noise(name, model.PROLOGUE, True, drawn.get("initiator_static"), drawn["initiator_e"])
    b = model.Noise(name, model.PROLOGUE, False, drawn.get("responder_static"), drawn["responder_e"])
    messages = []
    for i, payload in enumerate(payloads):
        writer, reader = (a, b) if i % 2 == 0 else (b, a)
        messages.append(writer.write(payload))
        assert reader.read(messages[-1]) == payload
    f.case("%s, payloads of %s bytes" % (pattern, ", ".join(str(len(p)) for p in payloads)), protocol=name.encode(),
           prologue=model.PROLOGUE, **drawn, **numbered("payload", payloads), **numbered("message", messages), h=a.h,
           k1=a.split()[0], k2=a.split()[1])


def handshake():
    f = File("PROTOCOL.md 7 and 8: a whole handshake. Randomness is drawn in this order:",
             "initiator, start: X25519 private 32 (initiator_e), then the ML-KEM seed d || z 64 (kem_seed);",
             "responder, answer: X25519 private 32 (responder_e), then the encapsulation m 32 (kem_m).",
             "X25519 private keys stand as drawn; they are clamped inside the multiplication.")
    for label in ("handshake ", "another "):
        drawn, a, messages, steps = run_handshake(label)
        h1, e2 = model.hash1(messages[0]), messages[1][:32]
        publics = {n + "_public": model.public_of(drawn[n]) for n in drawn if not n.startswith("kem")}
        f.case("two strangers" if label == "handshake " else "the same with other keys", **drawn, **publics,
               message1=messages[0], message2=messages[1], message3=messages[2], h1=h1, id1=h1[:6],
               id2=model.id_of_answer(h1, e2), h=a.h, **model.session_keys(a))
    return f.text


def fragment():
    f = File("PROTOCOL.md 7.2, 7.3: handshake messages (of the first case of handshake.txt) -> frames under a mask.",
             "number: of the message; saltN, frameN: of each fragment. valid = #0: such a frame is dropped.")
    drawn, a, (m1, m2, m3), _ = run_handshake("handshake ")
    h1 = model.hash1(m1)
    id1, id2 = h1[:6], model.id_of_answer(h1, m2[:32])
    rm = material("an older session", 32)
    ke, km = model.mask_keys(model.PUBLIC_MASK)
    f.case("the public mask", mask_key=model.PUBLIC_MASK, ke=ke, km=km)
    for why, key, ident, number, message, size in (
        ("message 1 in five S frames, public mask", model.PUBLIC_MASK, id1, 1, m1, "S"),
        ("message 1 in one M frame, under the RM of an older session", rm, id1, 1, m1, "M"),
        ("message 2 in five S frames", model.PUBLIC_MASK, id2, 2, m2, "S"),
        ("message 3, always one S frame", rm, id2, 3, m3, "S"),
    ):
        parts = model.fragments(message, size)
        salts = [material("salt %d %s %d" % (number, size, i), 4) for i in range(len(parts))]
        frames = [model.handshake_frame(key, ident, number, i, salts[i], p) for i, p in enumerate(parts)]
        ke, km = model.mask_keys(key)
        f.case(why, mask_key=key, ke=ke, km=km, id=ident, number=number, message=message, fragments=len(parts),
               **numbered("salt", salts), **numbered("frame", frames), valid=1)
    one, m = m1[:244], m1 + bytes(144)
    again = model.handshake_frame(model.PUBLIC_MASK, id1, 1, 0, b"salt", one)
    f.case("a repeat with another salt is another line", mask_key=model.PUBLIC_MASK, id=id1, number=1, index=0,
           salt0=b"salt", frame0=again, valid=1)
    for why, number, index, data in (
        ("message 0", 0, 0, one), ("message 4", 4, 0, one), ("index 5 of message 1", 1, 5, one),
        ("index 1 of message 3", 3, 1, m3), ("index 1 in an M frame", 1, 1, m),
        ("message 3 in an M frame", 3, 0, m3 + bytes(1120)),
        ("an M frame whose tail is not zero", 1, 0, m[:-1] + b"\x01"),
    ):
        frame = model.handshake_frame(model.PUBLIC_MASK, id1, number, index, b"salt", data)
        f.case("dropped: " + why, mask_key=model.PUBLIC_MASK, frame0=frame, valid=0)
    flipped = again[:100] + bytes([again[100] ^ 1]) + again[101:]
    f.case("dropped: one bit flipped, N does not match", mask_key=model.PUBLIC_MASK, frame0=flipped, valid=0)
    return f.text


def fingerprint():
    f = File("PROTOCOL.md 11.3: digits as ASCII in hex. The safety number is the same from both sides.")
    for i in range(3):
        a, b = (model.public_of(material("fp %d %s" % (i, n), 32)) for n in "ab")
        fa, fb = model.fingerprint(a), model.fingerprint(b)
        f.case("%s and %s" % (fa, fb), key_a=a, key_b=b, fingerprint_a=fa.encode(), fingerprint_b=fb.encode(),
               safety=model.safety_number(a, b).encode())
    zero = next(k for k in (material("zero %d" % i, 32) for i in range(1000)) if "0" in model.fingerprint(k)[::5])
    f.case("groups keep their leading zeros: " + model.fingerprint(zero), key_a=zero, key_b=zero,
           fingerprint_a=model.fingerprint(zero).encode(), fingerprint_b=model.fingerprint(zero).encode(),
           safety=model.safety_number(zero, zero).encode())
    return f.text


def scalar(label):
    """32 bytes as drawn, and the scalar that they give."""
    drawn = next(d for d in (material("%s %d" % (label, i), 32) for i in range(100)) if ristretto.scalar_of(d))
    return drawn, ristretto.scalar_of(drawn)


def people(label):
    """What a check is bound to: static keys of Noise's initiator and responder, SID and run."""
    keys = {n: model.public_of(material("%s %s" % (label, n), 32)) for n in ("initiator", "responder")}
    return {**keys, "sid": material(label + " sid", 32), "run": material(label + " run", 8)}


def cpace():
    f = File("PROTOCOL.md 11.5: question and answer. answer: after normalisation. scalar_a, scalar_b: as drawn, 32 bytes",
             "each. Where valid is #0, y is no point or the neutral element, and the run fails.")
    for i, (why, answer) in enumerate((
        ("a short answer", b"istanbul"), ("one letter", b"x"), ("one that is longer than the hash's block", b"a" * 200),
        ("not ASCII", "straßburg".encode()),
    )):
        bound, (drawn_a, a), (drawn_b, b) = people("cpace %d" % i), scalar("cpace a %d" % i), scalar("cpace b %d" % i)
        f.case(why, answer=answer, **bound, scalar_a=drawn_a, scalar_b=drawn_b,
               **model.cpace(answer, **bound, scalar_a=a, scalar_b=b), valid=1)
    good = bytes.fromhex(f.text.split("\nya = ")[1][:64])
    for why, y in (("the neutral element", bytes(32)), ("a negative field element", bytes([good[0] | 1]) + good[1:]),
                   ("not below 2^255 - 19", b"\xff" * 32),
                   ("no square root", next(y for y in (bytes([2 * i]) + bytes(31) for i in range(1, 99))
                                           if ristretto.decode(y) is None))):
        assert not ristretto.decode(y) or y == bytes(32)
        f.case("refused: " + why, y=y, valid=0)
    return f.text


def sas():
    f = File("PROTOCOL.md 11.6: the short code. code, digits as ASCII, a blank after each four.")
    for i in range(4):
        bound = people("sas %d" % i)
        sask, na, nb = (material("sas %d %s" % (i, n), 32) for n in ("sask", "na", "nb"))
        key_a = bound["initiator" if i % 2 == 0 else "responder"]
        out = model.sas(sask, **bound, na=na, nb=nb, key_a=key_a)
        f.case("a is the %s: %s" % ("initiator" if i % 2 == 0 else "responder", out["code"].decode()), sask=sask,
               **bound, na=na, nb=nb, key_a=key_a, **out)
    return f.text


def ack():
    f = File("PROTOCOL.md 6.3: the numbers that arrived, in this order, and their ids -> base, bitmap and check of an ack.")
    for why, numbers in (
        ("nothing yet", ()),
        ("one", (0,)),
        ("in order", (0, 1, 2, 3)),
        ("backwards", (3, 2, 1, 0)),
        ("a gap", (0, 2, 3)),
        ("the last bit of the bitmap, and one that it cannot say", (0, 33, 34)),
        ("only what the bitmap cannot say", (40,)),
        ("one that came twice", (0, 1, 1)),
    ):
        arrived = {n: material("ack %d" % n, 6) for n in numbers}
        base, bitmap, check = model.ack_of(arrived)
        f.case(why, arrived=len(numbers), **numbered("seq", numbers), **numbered("id", [arrived[n] for n in numbers]),
               base=base, bitmap=bitmap, check=check)
    return f.text


def files():
    return {"kdf.txt": kdf(), "armor.txt": armor(), "pad.txt": pad(), "record.txt": record(), "noise.txt": noise(),
            "handshake.txt": handshake(), "fragment.txt": fragment(), "fingerprint.txt": fingerprint(),
            "cpace.txt": cpace(), "sas.txt": sas(), "ack.txt": ack()}
