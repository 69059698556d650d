# SPDX-License-Identifier: GPL-2.0-or-later
"""A peer who deletes Eider, and comes back."""
import os
import re
import shutil

from client import ERROR, SYSTEM
from count import Talk
from guard import is_line
from scenario import MET, equal, meet, pair, scenario, talk, until
from test_several import accept

LOADED = re.compile(r"(<pref name='loaded' type='pathlist'>)(.*?)(</pref>)",
                    re.S)


class Plugin:
    """The plugin's files and its tick in the list, taken away and put back."""

    def __init__(self, client):
        self.prefs = os.path.join(client.conf, "prefs.xml")
        self.folder = os.path.join(client.conf, "plugins")
        self.items = LOADED.search(self._read()).group(2)
        assert "eider" in self.items, self.items

    def _read(self):
        with open(self.prefs) as f:
            return f.read()

    def _tick(self, items):
        text, n = LOADED.subn(r"\g<1>%s\g<3>" % items, self._read())
        if n == 0:               # an empty list has no end tag
            text, n = re.subn(r"<pref name='loaded' type='pathlist'\s*/>",
                              "<pref name='loaded' type='pathlist'>%s</pref>"
                              % items, text)
        assert n == 1, text
        with open(self.prefs, "w") as f:
            f.write(text)

    def delete(self):
        os.rename(self.folder, self.folder + ".gone")
        self._tick("")

    def install(self):
        os.rename(self.folder + ".gone", self.folder)
        self._tick(self.items)


@scenario(timeout=180)
def deleted(lab):
    """The plugin is deleted and comes back with its key: nothing to do."""
    a, b = pair(lab)
    count = Talk(lab)
    count.send(a, b)
    count.send(b, a)
    count.settle()
    b.stop("quit")
    plugin = Plugin(b)
    plugin.delete()
    b.start()
    meet(a, b)
    m, mb, ma = lab.mark(), b.mark(), a.mark()
    count.send(a, b)              # bob sees a line; the text is not lost
    until(lambda: [t for t in b.got(mb) if is_line(t)], 15, "a line at bob")
    text = lab.plain()
    b.send_im("alice", text)
    a.wait_written("(not encrypted) " + text, ma, 15)
    equal([x for x in lab.bodies(m, "alice") if not is_line(x)], [])
    b.stop("quit")
    plugin.install()
    b.start()
    meet(a, b)
    ma, mb = a.mark(), b.mark()
    count.send(a, b)
    count.send(b, a)
    count.settle()
    equal(a.written(ma, SYSTEM | ERROR) + b.written(mb, SYSTEM | ERROR), [],
          "said about it")


@scenario(timeout=180)
def installed_anew(lab):
    """A new installation has a new key: one click, and what waits goes out."""
    a, b = pair(lab)
    talk(lab, a, b)
    b.stop("quit")
    shutil.rmtree(os.path.join(b.conf, "eider"))
    shutil.rmtree(os.path.join(b.dir, "home", ".local", "state", "eider"))
    b.start()
    meet(a, b)
    m, ma = b.mark(), a.mark()
    texts = [lab.secret() for _ in range(3)]
    for t in texts:
        a.send_im("bob", t)
    a.wait_state("bob", "newdevice", timeout=MET, candidates=1, devices=1)
    said = [w[2] for w in a.written(ma, SYSTEM | ERROR)
            if "device nobody knows" in w[2] and "eider:" not in w[2]]
    equal(len(said), 1, "said: %r" % said)
    lab.quiet(1)
    equal([t for t in b.got(m) if t in texts], [], "before the yes")
    accept(a, "bob", waiting=True)
    until(lambda: len([t for t in b.got(m) if t in texts]) >= 3, 30,
          "what waited")
    equal([t for t in b.got(m) if t in texts], texts)
    talk(lab, a, b)
    a.wait_state("bob", "private", candidates=0)
