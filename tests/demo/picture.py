# SPDX-License-Identifier: GPL-2.0-or-later
"""The server's view, drawn beside what the users see."""
import os
import subprocess
from xml.sax.saxutils import escape

ROW = 19
SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d">
<rect width="100%%" height="100%%" fill="#20252b"/>
<g font-family="DejaVu Sans Mono" font-size="12.5" xml:space="preserve">
<text x="14" y="27" font-family="DejaVu Sans" font-size="15"
 font-weight="bold" fill="#ffffff">What the server sees</text>
%s</g></svg>
"""


def _text(y, colour, text):
    return '<text x="14" y="%d" fill="%s">%s</text>\n' % (
        y, colour, escape(text))


def server_view(rows, head, width, workdir, most=18):
    """rows: [(text, readable)]; returns the path of a PNG."""
    if len(rows) > most:
        left = len(rows) - most + 1
        half = most // 2
        rows = (rows[:half] + [("... %d more lines" % left, False)]
                + rows[half + left:])
    y = 54
    body = _text(y, "#8b949e", head)
    for text, readable in rows:
        y += ROW
        # not by colour alone: what can be read is words
        body += _text(y, "#ffb454" if readable else "#9fb3c8", text)
    svg = os.path.join(workdir, "server.svg")
    with open(svg, "w") as f:
        f.write(SVG % (width, y + 16, body))
    png = os.path.join(workdir, "server.png")
    subprocess.run(["rsvg-convert", "-o", png, svg], check=True)
    return png


def below(upper, lower, path):
    """One picture under the other, with few enough colours to stay small."""
    subprocess.run(["convert", upper, lower, "-append", "-strip",
                    "-colors", "250", "PNG8:" + path], check=True)
    return path
