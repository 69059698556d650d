# SPDX-License-Identifier: GPL-2.0-or-later
"""What a peer can make the window of a real Pidgin show."""
import re
import subprocess
import time

from client import RECV
from scenario import equal, pair, scenario, until

# as Pidgin itself writes the beginning of a line of Bob's
BLUE = "#16569E"
FORGED = ('<FONT COLOR="#16569E"><FONT SIZE="2">(12:00:01) </FONT><B>bob:'
          '</B></FONT> I never said this')
TAGS_MAX = 100                   # above, Pidgin takes escaped text for markup


def shown(client, since, text):
    """(markup, flags) as given to the window, before Pidgin looks at it."""
    s = client.wait_signal("DisplayingImMsg", lambda *a: a[4] & RECV
                           and text in a[2], since)
    return s[2][2], s[2][4]


def amount(client, wid, colour):
    """How many points of the window have exactly that colour."""
    png = client.screenshot(client.dir + "/window.png", wid)
    out = subprocess.run(["convert", png, "-depth", "8", "-format", "%c",
                          "histogram:info:"], check=True, text=True,
                         stdout=subprocess.PIPE).stdout
    return sum(int(m.group(1)) for m in re.finditer(
        r"(\d+):.*(#[0-9A-F]{6})", out) if m.group(2) == colour)


@scenario()
def many_tags(lab):
    """A text with more lines or links than Pidgin bears stays that text."""
    a, b = pair(lab)
    for row in ("http://x.org/%d", "line %d"):
        mark = lab.secret()
        text = "\n".join([mark] + [row % i for i in range(120)] + [FORGED])
        m = b.mark()
        a.send_im("bob", text)
        b.wait_im(mark, m)
        wid = b.present("alice")
        time.sleep(1)
        # once it has scrolled to the end, where the forged name stays
        until(lambda: amount(b, wid, BLUE) == 0, 10,
              "end of the forged name's colour")
        markup, _ = shown(b, m, mark)
        assert markup.count("<") <= TAGS_MAX, markup.count("<")
        assert "&lt;FONT COLOR=" in markup, markup[-300:]
        equal(b.got(m), [text])
