# SPDX-License-Identifier: GPL-2.0-or-later
"""The engine in C at the other end of a pipe (peer.c)."""
import subprocess


class Gone(Exception):
    """The program ended: it has said why on stdout."""


class Peer:
    def __init__(self, program):
        self._process = subprocess.Popen([program], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True)
        self.now = self.wake = 0
        self.is_running = False

    def order(self, now, *words):
        """[answer, split at blanks]: what happened until now, and by this order."""
        self._process.stdin.write(" ".join(str(w) for w in (now, *words)) + "\n")
        self._process.stdin.flush()
        out = []
        while True:
            line = self._process.stdout.readline()
            fields = line.split()
            if not line:
                raise Gone(" ".join(str(w) for w in words)[:80])
            if fields[0] == "ok":
                self.now, self.wake = int(fields[1]), int(fields[2])
                self.is_running = fields[3] == "1"
                return out
            if fields[0] not in ("line", "shown", "state", "news", "text", "view", "error",
                                 "kept", "folded", "backup"):
                rest = line + self._process.stdout.read()
                raise Gone(rest)
            out.append(fields)

    def close(self):
        self._process.stdin.close()
        self._process.wait()
