# SPDX-License-Identifier: GPL-2.0-or-later
"""Texts of every size and kind, in both directions."""
import random
import secrets
import string

from scenario import equal, pair, say, scenario, talk, until

FAST_IRC = {"irc": {"ratelimit-interval": 0}}


def letters(n):
    return "".join(secrets.choice(string.ascii_letters) for _ in range(n))


def text_of_size(lab, n):
    return lab.secret(size=n) if n >= 16 else letters(n)


def send_all(lab, a, b, texts, proto="xmpp", timeout=60):
    """All arrive, once, in order; returns the lines that A sent."""
    m, mb = lab.mark(), b.mark()
    for t in texts:
        a.send_im(b.acct(proto).user, t, proto)
    until(lambda: len(b.got(mb)) >= len(texts), timeout,
          "%d texts" % len(texts))
    lab.quiet(0.5)
    equal([len(x) for x in b.got(mb)], [len(x) for x in texts])
    assert b.got(mb) == texts
    return lab.lines(m, a.name, proto)


@scenario()
def short(lab):
    """Texts of 1 to 173 bytes all make one line of 391 characters."""
    a, b = pair(lab)
    lines = send_all(lab, a, b, [text_of_size(lab, n)
                                 for n in range(1, 174)])
    equal({len(x) for x in lines}, {391})
    equal(len(lines), 173)


@scenario()
def sizes(lab):
    """1 to 8000 bytes over XMPP take the smallest size that holds them."""
    a, b = pair(lab)
    want = {1: [391], 173: [391], 174: [1931], 1293: [1931], 1294: [7706],
            5493: [7706], 5494: [7706] * 2, 8000: [7706] * 2}
    for n, lengths in want.items():
        x, y = (a, b) if n % 2 else (b, a)
        lines = send_all(lab, x, y, [text_of_size(lab, n)])
        equal([len(s) for s in lines], lengths, "%d bytes" % n)
    send_all(lab, a, b, [text_of_size(lab, random.randint(1, 8000))
                         for _ in range(20)])


@scenario(xmpp=False, irc=True, timeout=180)
def irc_sizes(lab):
    """1 to 2000 bytes over IRC: a padded number of lines, arriving whole."""
    a, b = pair(lab, ("irc",), settings=FAST_IRC)
    for n, count in ((1, 1), (173, 1), (174, 2), (600, 4), (2000, 12)):
        x, y = (a, b) if n % 2 else (b, a)
        lines = send_all(lab, x, y, [text_of_size(lab, n)], "irc")
        equal(len(lines), count, "%d bytes" % n)


@scenario(long=True, xmpp=False, irc=True, timeout=400)
def irc_long(lab):
    """8000 bytes over IRC arrive whole."""
    a, b = pair(lab, ("irc",), settings=FAST_IRC)
    # more than 32 parts of 173 bytes: two messages
    text, mb = text_of_size(lab, 8000), b.mark()
    a.send_im("bob", text, "irc")
    until(lambda: "".join(b.got(mb)) == text, 300, "the whole text")
    equal([len(t) for t in b.got(mb)], [32 * 173, 8000 - 32 * 173])
    talk(lab, a, b, "irc", 60)


@scenario(long=True, timeout=400)
def many(lab):
    """Two hundred texts of any size, to and fro, as fast as they go."""
    a, b = pair(lab)
    for _ in range(10):
        x, y = random.choice(((a, b), (b, a)))
        send_all(lab, x, y, [text_of_size(lab, random.randint(1, 8000))
                             for _ in range(20)])


@scenario()
def markup(lab):
    """HTML and emoji arrive as sent; what is not allowed does not."""
    a, b = pair(lab)
    mark = lab.secret("bold %s")
    mb = b.mark()
    a.send_im("bob", "<b>%s</b> &amp; <i>5 &lt; 6</i><br>two \U0001f600 "
              "\u00e9\u4e16" % mark, markup=True)
    got = b.wait_im(mark, mb)
    low = got.lower()
    assert "<b>%s</b>" % mark in low or "bold;'>%s" % mark in low \
        or "<strong>%s" % mark in low, got
    equal(b.got(mb), ["%s & 5 < 6\ntwo \U0001f600 \u00e9\u4e16" % mark])
    for form in ("%s &amp; <b>no markup</b> <script>x</script>",
                 "%s \U0001f469\u200d\U0001f467 e\u0301",
                 "line one %s\nline two", " %s  two spaces",
                 "%s http://localhost/?a=1&b=2"):
        say(lab, a, b, form=form)
        say(lab, b, a, form=form)
    # 173 bytes of four-byte characters are cut between characters
    wide = lab.secret() + "\U0001f600" * 500
    m = b.mark()
    a.send_im("bob", wide)
    b.wait_im(wide, m)
    mark = lab.secret()
    m, mb = lab.mark(), b.mark()
    a.send_im("bob", "%s<img src='x'><a href='javascript:x()'>link</a>"
              "<font face='x' onclick='y'>text</font>" % mark, markup=True)
    got = b.wait_im(mark, mb).lower()
    assert not any(w in got for w in ("<img", '"javascript', "onclick")), got
    assert "link (javascript:x())" in got, got


@scenario()
def eider_in_text(lab):
    """Text that looks like Eider's own lines is text like any other."""
    a, b = pair(lab)
    for form in ("EIDER %s", "%s EIDERinvite1", "EIDERS%s", "/eider %s",
                 "EIDERM " + "a" * 60 + " %s"):
        say(lab, a, b, form=form)
