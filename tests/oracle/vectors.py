# SPDX-License-Identifier: GPL-2.0-or-later
"""The project's vectors, made again by the oracle: each field of each case."""
import os

import cpace
import fragments
import lines
import mlkem
import noise
import padding
import prims
import ratchet
import records
import ristretto
import session
import trust
from prims import Bad

FOLDER = os.path.join(os.path.dirname(__file__), "..", "vectors")


def read(name):
    """The cases of a file: [{field: int or bytes}]."""
    cases, case = [], {}
    with open(os.path.join(FOLDER, name + ".txt"), encoding="ascii") as f:
        for line in f:
            line = line.strip()
            if line and line[0] != "#":
                field, value = (x.strip() for x in line.split("=", 1))
                case[field] = int(value[1:]) if value[:1] == "#" else bytes.fromhex(value)
            elif case:
                cases.append(case)
                case = {}
    return cases + ([case] if case else [])


def feed(*parts):
    """What would be drawn: these bytes, in this order, in these pieces."""
    rest = list(parts)

    def draw(n):
        data = rest.pop(0)
        if len(data) != n:
            raise AssertionError(f"drew {n} bytes, {len(data)} were there")
        return data
    draw.rest = rest
    return draw


def numbered(case, name):
    """name0, name1, ... as far as they go."""
    out = []
    while f"{name}{len(out)}" in case:
        out.append(case[f"{name}{len(out)}"])
    return out


def kdf(c):
    """What the oracle gets for the fields of one case."""
    out = {}
    if "kdf_key" in c:
        out["kdf_out"] = prims.kdf(c["kdf_id"], c["kdf_ctx"].decode(), c["kdf_key"])
    if "hash_data" in c:
        n = len(c["hash_plain"])
        out["hash_plain"] = prims.blake2b(n, c["hash_data"])
        out["hash_keyed"] = prims.blake2b(n, c["hash_data"], key=c["hash_key"])
    if "hmac_key" in c:
        out["hmac_out"] = prims.hmac(c["hmac_key"], c["hmac_data"])
    if "hkdf_ck" in c:
        for i, x in enumerate(prims.hkdf(c["hkdf_ck"], c["hkdf_ikm"], 3)):
            out[f"hkdf_out{i}"] = x
    if "rk" in c:
        out["next_rk"], out["ck"], out["nhk"] = ratchet.kdf_rk(c["rk"], c["dh"], None)
    if "next_ck" in c:
        out["mk"], out["next_ck"] = ratchet.kdf_ck(c["ck"])
        out["k_enc"], out["k_mac"] = ratchet.message_keys(out["mk"])
    if "stream_key" in c:
        out["stream_out"] = prims.stream(c["stream_key"], c["stream_nonce"], c["stream_in"])
    if "aead_key" in c:
        out["aead_out"] = prims.seal(c["aead_key"], c["aead_nonce"], c["aead_in"])
    if "x_private" in c:
        out["x_public"] = prims.public(c["x_private"])
        out["y_public"] = prims.public(c["y_private"])
        out["shared"] = prims.dh(c["x_private"], c["y_public"])
    return out


def armor(c):
    if "group0" in c:
        return {"digits0": lines.digits_of(c["group0"]).encode()}
    if "frame" in c:
        return {"line": lines.encode(c["frame"]).encode()}
    result, found = lines.find(c["text"].decode("latin-1"))
    return {"result": result, **({"found": found} if found is not None else {})}


def fragment(c):
    ke, km = fragments.keys(c["mask_key"])
    out = {"ke": ke, "km": km} if "ke" in c else {}
    if "message" in c:
        salts = numbered(c, "salt")
        made = fragments.cut(c["mask_key"], c["id"], c["number"], c["message"],
                             len(salts) == 1, feed(*salts))
        out["fragments"] = len(made)
        out.update({f"frame{i}": x for i, x in enumerate(made)})
    if "valid" in c:
        got = []
        for x in numbered(c, "frame"):
            plain = fragments.unmask(c["mask_key"], x)
            got.append(plain and fragments.read(plain))
        out["valid"] = int(all(got))
        if all(got) and "message" in c:
            out["message"] = b"".join(f.data for f in got)[:len(c["message"])]
    return out


def fingerprint(c):
    return {"fingerprint_a": trust.fingerprint(c["key_a"]).encode(),
            "fingerprint_b": trust.fingerprint(c["key_b"]).encode(),
            "safety": trust.safety_number(c["key_a"], c["key_b"]).encode()}


def sas(c):
    run, sask = c["run"], c["sask"]
    return {"c": trust.sas_commit(c["sid"], run, c["na"], c["key_a"]),
            "code": trust.sas_code(sask, c["sid"], run, c["na"], c["nb"], c["initiator"],
                                   c["responder"]).encode(),
            "ok_a": trust.sas_ok(sask, run, 1), "ok_b": trust.sas_ok(sask, run, 2)}


def check_cpace(c):
    if "y" in c:
        try:
            cpace.shared(b"\1" + bytes(31), c["y"])
            return {"valid": 1}
        except Bad:
            return {"valid": 0}
    sid = c["sid"] + c["run"]
    who = c["initiator"], c["responder"]
    ya = cpace.point(c["answer"], sid, *who, c["scalar_a"])
    yb = cpace.point(c["answer"], sid, *who, c["scalar_b"])
    k = cpace.shared(c["scalar_a"], yb)
    assert k == cpace.shared(c["scalar_b"], ya)
    isk = cpace.isk(sid, k, ya, yb)
    g = ristretto.encode(cpace.generator(c["answer"], sid, *who))
    return {"valid": 1, "generator": g, "ya": ya, "yb": yb, "k": k, "isk": isk,
            "ta": cpace.tag(sid, isk, ya), "tb": cpace.tag(sid, isk, yb)}


def check_noise(c):
    a = noise.Noise(True, c.get("initiator_static"),
                    feed(c["initiator_e"], c.get("kem_seed", b"")), c["protocol"], c["prologue"])
    b = noise.Noise(False, c.get("responder_static"),
                    feed(c["responder_e"], c.get("kem_m", b"")), c["protocol"], c["prologue"])
    out = {}
    for i, p in enumerate(numbered(c, "payload")):
        writer, reader = (a, b) if i % 2 == 0 else (b, a)
        out[f"message{i}"] = writer.write(p)
        assert reader.read(out[f"message{i}"]) == p and reader.h == writer.h
        out[f"h{i}"], out[f"ck{i}"] = writer.h, writer.ck
    out["h"] = a.h
    out["k1"], out["k2"] = a.split()
    assert b.split() == (out["k1"], out["k2"])
    if "kem_ek" in c:
        out["kem_ek"], dk = mlkem.kem.keygen(c["kem_seed"])
        out["kem_ct"], out["kem_ss"] = mlkem.kem.encaps(out["kem_ek"], c["kem_m"])
        out["kem_dk_hash"] = prims.blake2b(32, dk)
        assert mlkem.kem.decaps(dk, out["kem_ct"]) == out["kem_ss"]
    return {k: v for k, v in out.items() if k in c}


def handshake(c):
    a = noise.Noise(True, c["initiator_static"], feed(c["initiator_e"], c["kem_seed"]))
    b = noise.Noise(False, c["responder_static"], feed(c["responder_e"], c["kem_m"]))
    out = {"initiator_static_public": prims.public(c["initiator_static"]),
           "responder_static_public": prims.public(c["responder_static"])}
    for number, writer, reader in ((1, a, b), (2, b, a), (3, a, b)):
        out[f"message{number}"] = writer.write(noise.payload(number))
        noise.check_payload(number, reader.read(out[f"message{number}"]))
    out["initiator_e_public"], out["responder_e_public"] = b.re, a.re
    out["h1"] = fragments.h1_of(out["message1"])
    out["id1"], out["id2"] = out["h1"][:6], fragments.id2_of(out["h1"], a.re)
    out["h"] = a.h
    out["k1"], out["k2"] = b.split()
    out.update(noise.session_keys(a.h, out["k1"], out["k2"]))
    return out


def pad(c):
    text = c["text"] if "text" in c else b"a" * c["length"]
    made = padding.cut(text, bool(c["html"]), c["limit"])
    out = {"messages": len(made)}
    for i, (frame, parts) in enumerate(made):
        out.update({f"frame{i}": frame, f"parts{i}": len(parts), f"last{i}": len(parts[-1]),
                    f"lines{i}": padding.lines_for(len(parts))})
    if "part0" in c:
        out.update({f"part{i}": len(x) for i, x in enumerate(made[0][1])})
    return out


# Fields of record.txt for each type: where they are found in ours.
RECORD = {
    records.TEXT: {"text_id": "id", "text_seq": "seq", "text_part": "part",
                   "text_parts": "parts", "text_html": "html", "text": "text"},
    records.ACK: {"ack_base": "base", "ack_bitmap": "bitmap", "ack_floor": "floor"},
    records.HELLO: {"hello_label": "label", "hello_name": "name"},
    records.STATE: {"state_kind": "kind", "mode_op": "op", "mode_run": "run",
                    "mode_slot": "slot"},
    records.CHECK: {"check_step": "step", "check_run": "run", "check_value": "value"},
    records.WHEN: {"when_ms": "since_2020"},
}


def record(c):
    split = records.split(c["body"] + bytes(c["size"] - len(c["body"])))
    out = {"valid": int(split is not None)}
    if split is None:
        return out
    out["records"] = len(split)
    for i, (kind, value) in enumerate(split):
        out[f"type{i}"] = kind
        if f"value{i}" in c:  # left out where the type is unknown
            out[f"value{i}"] = value
    made = b"".join(records.record(*x) for x in split)
    if c["body"][:len(made)] == made and not any(c["body"][len(made):]):
        out["body"] = c["body"]  # it may be longer: what follows a type 0
    parsed = records.parse(c["body"])
    known = [x for x in split if x[0] in RECORD]
    if len(parsed) < len(known):
        out["ignored"] = len(known) - len(parsed)
    for kind, fields in parsed:
        for name, ours in RECORD.get(kind, {}).items():
            if ours in fields and name in c:
                x = fields[ours]
                out[name] = int(x) if isinstance(x, bool) else x
    return out


class Conversation:
    """ratchet.txt and pq.txt: one session, step by step."""
    def __init__(self, tells_pq):
        self.tells_pq = tells_pq
        self.frames, self.kept, self.sides = {}, {}, []

    def step(self, c):
        return next(getattr(self, "_" + op)(c) for op in
                    ("start", "send", "open", "skip", "rounds", "fork", "swap") if op in c)

    def _start(self, c):
        self.sides = [ratchet.Ratchet(i == 0, c, c["dh_private"], c["dh_public"], None)
                      for i in range(2)]
        return {"dh_public": prims.public(c["dh_private"])}

    def _draw(self, side, *parts):
        self.sides[side].draw = feed(*parts)

    def _send(self, c):
        side = self.sides[c["send"]]
        self._draw(c["send"], *(c[x] for x in ("dh_private", "pq_seed") if x in c))
        frame = side.seal(c["body"], c["size"], c["flags"])
        assert not side.draw.rest, "less was drawn"
        self.frames[c["id"]] = frame
        last = side.last
        added = [records.record(*x) for x in records.split(last["body"][len(c["body"]):])]
        out = {x: last[x] for x in ("n", "pn", "header", "hk", "mk")}
        return {**out, "frame": frame, **({"pq": added[0]} if added and self.tells_pq else {})}

    def _open(self, c):
        side = self.sides[c["open"]]
        self._draw(c["open"], *([c["pq_m"]] if "pq_m" in c else []))
        before = {k: v for k, v in side.__dict__.items() if k != "epoch"}
        result, _, _ = side.open(c["frame"] if "frame" in c else self.frames[c["id"]])
        if result != ratchet.OPENED:
            assert all(side.__dict__[k] == v for k, v in before.items())
        assert not side.draw.rest, "less was drawn"
        return {"result": result}

    def _stream(self, sides, data):
        """All draws of these sides come off one string."""
        rest = [data]

        def draw(n):
            out, rest[0] = rest[0][:n], rest[0][n:]
            assert len(out) == n, "too much was drawn"
            return out
        for side in sides:
            self.sides[side].draw = draw
        return rest

    def _skip(self, c):
        rest = self._stream([c["skip"]], c["draws"])
        for _ in range(c["count"]):
            self.sides[c["skip"]].seal(b"", 280, 0)
        return {"draws": c["draws"][:len(c["draws"]) - len(rest[0])]}

    def _rounds(self, c):
        rest = self._stream([0, 1], c["draws"])
        for _ in range(c["count"]):
            for i in (c["rounds"], 1 - c["rounds"]):
                frame = self.sides[i].seal(b"", 280, 0)
                assert self.sides[1 - i].open(frame)[0] == ratchet.OPENED
        return {"draws": c["draws"][:len(c["draws"]) - len(rest[0])]}

    def _fork(self, c):
        self.kept[c["fork"]] = self.sides[c["fork"]].copy()
        return {}

    def _swap(self, c):
        i = c["swap"]
        self.sides[i], self.kept[i] = self.kept[i], self.sides[i]
        return {}


def ack(c):
    """What arrived, and the ack that says so."""
    s = session.Session.__new__(session.Session)
    s.base, s.arrived, ids = 0, set(), {}
    for seq, ident in zip(numbered(c, "seq"), numbered(c, "id")):
        ids.setdefault(seq, ident)
        s.arrived |= {seq} if seq >= s.base else set()
        s.advance()
    bitmap = sum(1 << (x - s.base - 1) for x in s.arrived if x - s.base <= 32)
    said = [x for x in ids if x < s.base or x - s.base <= 32]
    return {"base": s.base, "bitmap": bitmap, "check": records.ack_check(ids[x] for x in said)}


FILES = {"ack": lambda: ack, "kdf": lambda: kdf, "armor": lambda: armor,
         "fragment": lambda: fragment,
         "fingerprint": lambda: fingerprint, "sas": lambda: sas, "cpace": lambda: check_cpace,
         "noise": lambda: check_noise, "handshake": lambda: handshake, "pad": lambda: pad,
         "record": lambda: record, "ratchet": lambda: Conversation(False).step,
         "pq": lambda: Conversation(True).step}

# What a case is made from: all its other fields must come out of the oracle.
GIVEN = {
    "ack": "arrived seq id",
    "kdf": "kdf_key kdf_id kdf_ctx hash_data hash_key hmac_key hmac_data hkdf_ck hkdf_ikm rk dh "
           "stream_key stream_nonce stream_in aead_key aead_nonce aead_in x_private y_private ck",
    "armor": "group0 frame text", "fingerprint": "key_a key_b",
    "fragment": "mask_key id number index salt message frame",
    "sas": "sask initiator responder sid run na nb key_a",
    "cpace": "answer initiator responder sid run scalar_a scalar_b y",
    "noise": "protocol prologue initiator_static responder_static initiator_e responder_e "
             "kem_seed kem_m payload",
    "handshake": "initiator_static responder_static initiator_e responder_e kem_seed kem_m",
    "pad": "limit html length text", "record": "size body",
    "ratchet": "start sid rk0 hk_i2r nhk_r2i dh_private send id size flags body pq_seed pq_m "
               "open frame skip count rounds fork swap",
}
GIVEN["pq"] = GIVEN["ratchet"]


def differences(name, cases=None):
    """(values that agree, [what does not])."""
    make, agreed, wrong = FILES[name](), 0, []
    given = set(GIVEN[name].split())
    for i, c in enumerate(read(name) if cases is None else cases):
        try:
            out = make(c)
        except Exception as error:  # told with the case it belongs to
            wrong.append(f"{name} case {i}: {type(error).__name__}: {error}")
            continue
        for field in set(c) | set(out):
            if field in out and field in c and out[field] == c[field]:
                agreed += 1
            elif field in out or field.rstrip("0123456789") not in given and field not in given:
                wrong.append(f"{name} case {i}: {field}: {out.get(field)!r} here, "
                             f"{c.get(field)!r} in the file")
    return agreed, wrong


def main():
    total, bad = 0, 0
    for name in FILES:
        agreed, wrong = differences(name)
        total, bad = total + agreed, bad + len(wrong)
        print(f"{name}.txt: {agreed} values agree" + "".join("\n  " + w[:200] for w in wrong))
    return total, bad


if __name__ == "__main__":
    print("%d passed, %d failed" % main())
