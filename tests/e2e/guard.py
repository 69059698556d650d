# SPDX-License-Identifier: GPL-2.0-or-later
"""No private text on the wire, and no line that is not of a fixed length.

Every text of a scenario comes from Guard.secret() or Guard.plain() and
carries a fresh random marker.  When the scenario ends, however it ends, all
that the taps recorded and all that the servers and the sealed store keep is
searched for the markers of the secret ones, and the bodies of all messages on
the wire are compared with what may be there.
"""
import base64
import glob
import os
import re
import secrets
import string

from server import IRC_SERVER

INVITATION = ("I would like to talk privately with Eider, a plugin for "
              "Pidgin. If you have it, nothing is to be done. EIDERinvite1")
LINE = re.compile(r"EIDER(S[0-9A-Za-z]{385}|M[0-9A-Za-z]{1925}"
                  r"|L[0-9A-Za-z]{7700})", re.ASCII)
LENGTHS = {"S": 391, "M": 1931, "L": 7706}


class Leak(AssertionError):
    pass


def is_line(body):
    """Is it exactly one Eider line?"""
    return LINE.fullmatch(body) is not None


def forms(marker):
    """{name: bytes} of every form in which a marker could be on the wire."""
    m = marker.encode()
    out = {
        "plain": m,
        "hex": m.hex().encode(),
        "percent": b"".join(b"%%%02x" % c for c in m),
        "HTML decimal": b"".join(b"&#%d;" % c for c in m),
        "HTML hex": b"".join(b"&#x%x;" % c for c in m),
        "UTF-16": marker.encode("utf-16-le"),
    }
    for shift in range(3):
        # only the characters that depend on nothing but the marker
        b = base64.b64encode(b"\0" * shift + m)
        out["base64+%d" % shift] = b[(0, 2, 3)[shift]:
                                     (shift + len(m)) * 8 // 6]
    return out


def find(marker, data):
    """The name of the first form of MARKER in DATA, or None."""
    low = data.lower()
    for name, f in forms(marker).items():
        if name.startswith("base64"):
            if f in data:
                return name
        elif f.lower() in low:
            return name
    return None


class Guard:
    def __init__(self, lab):
        self.lab = lab
        self.secrets = {}           # marker -> the text
        self.plains = set()         # texts that may be in the clear

    # -- texts ----------------------------------------------------------------
    def marker(self):
        return "".join(secrets.choice(string.ascii_lowercase)
                       for _ in range(16))

    def secret(self, form="%s", size=None):
        """A fresh text that must never be seen; size: bytes, at least 16."""
        m = self.marker()
        text = form % m
        if size is not None:
            # more fresh words of four letters; a text without blanks would
            # keep GTK busy for half a second
            text = m + "".join(
                " " if i % 5 == 0 and i < size - len(m) - 1
                else secrets.choice(string.ascii_letters)
                for i in range(size - len(m)))
        self.secrets[m] = text
        return text

    def plain(self, form="%s"):
        """A fresh text that the scenario lets go in the clear."""
        text = form % self.marker()
        self.plains.add(text)
        return text

    def allow(self, body):
        """BODY may be on the wire (lines that a scenario sends itself)."""
        self.plains.add(body)

    # -- the search -----------------------------------------------------------
    def _stored(self):
        """What is on disk.  Where a file was replaced while we looked, the
        new one may have another name: then all of it again."""
        for _ in range(20):
            try:
                return [f for s in self.lab.servers for f in s.stored()] + [
                    f for c in self.lab.clients for f in self._store(c)]
            except FileNotFoundError:
                pass
        raise AssertionError("the files on disk do not come to rest")

    def _store(self, client):
        out = []
        for path in glob.glob(os.path.join(client.conf, "eider", "**"),
                              recursive=True):
            if os.path.isfile(path):
                with open(path, "rb") as f:
                    out.append(("store of %s" % client.name, f.read()))
        return out

    def _haystacks(self):
        for t in self.lab.taps:
            for (conn, dir), chunks in t.streams():
                yield ("wire %s %s" % (t.label, dir),
                       b"".join(c.data for c in chunks))
        yield from self._stored()

    def _leaks(self):
        out = []
        for where, data in self._haystacks():
            for m, text in self.secrets.items():
                form = find(m, data)
                if form:
                    out.append("LEAK: %r as %s: %s" % (text[:60], form, where))
        return out

    def _body_ok(self, e, body):
        if body == INVITATION or body in self.plains:
            return True
        if e.proto == "irc":
            return is_line(body) and body[5] == "S"
        return is_line(body)

    def _shapes(self):
        out = []
        for e in self.lab.wire():
            if e.frm == IRC_SERVER or e.to and e.to.startswith("#"):
                continue
            for body in e.bodies:
                if not self._body_ok(e, body):
                    out.append("SHAPE: %s %s: %d characters: %r" % (
                        e.tap, e.dir, len(body), body[:60]))
            # a second rendering of the message must say the same
            for x in e.el.iter() if e.el is not None else ():
                if x.tag.endswith("xhtml-im}html"):
                    text = "".join(x.itertext())
                    if text != e.body and text not in self.plains:
                        out.append("SHAPE: %s %s: markup %r" % (
                            e.tap, e.dir, text[:60]))
        return out

    def problems(self):
        return self._leaks() + self._shapes()

    def check(self):
        p = self.problems()
        if p:
            raise Leak("\n".join(p[:12]))
