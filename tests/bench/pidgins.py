# SPDX-License-Identifier: GPL-2.0-or-later
"""Real Pidgins over a real prosody: plain, Eider, OTR and OMEMO, by turns.

Each variant has a server and two clients of its own; all are up at the same
time and idle while another one is measured.
"""
import glob
import html
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "e2e"))

from client import RECV                      # noqa: E402
from guard import is_line                    # noqa: E402
from lab import Lab                          # noqa: E402
import profile                               # noqa: E402

OTR = "/usr/lib/pidgin/pidgin-otr.so"
LURCH = "/usr/lib/*/purple-2/lurch.so"
ROUNDS = int(os.environ.get("EIDER_BENCH_ROUNDS", "12"))
BLOCK, PAUSE = 10, 0.05
STARTS = 7


class Missing(Exception):
    pass


def found(pattern):
    paths = glob.glob(pattern)
    if not paths:
        raise Missing(os.path.basename(pattern) + " is not there")
    return paths[0]


# -- the variants -------------------------------------------------------------
class Variant:
    name, plugins, pep = "plain", (), False

    def __init__(self, work):
        self.lab = Lab(plugins=self.plugins, pep=self.pep)
        self.lab.__enter__()
        self.ms, self.cpu_ms, self.pss, self.n = [], 0.0, [], 0

    def start(self):
        self.a = self.lab.pidgin("alice", prefs=self.prefs)
        self.b = self.lab.pidgin("bob", prefs=self.prefs)
        self.a.wait_buddy("bob")
        self.b.wait_buddy("alice")
        self.meet()
        mark = self.lab.mark()
        for n in range(4):
            self.one(n % 2)
        sent = self.lab.wire(mark, dir="out")
        if not any(self.is_it(e) for e in sent):
            raise Missing("%s did not start: %r" % (self.name, sent[-3:]))
        self.stanza = statistics.median(e.size for e in sent if self.is_it(e)
                                        and (e.body or self.pep))
        self.ms = []

    prefs = {}

    def meet(self):
        pass

    def is_it(self, event):
        return True

    def one(self, turn=0):
        """One message; returns milliseconds from call to display."""
        a, b = (self.a, self.b) if turn == 0 else (self.b, self.a)
        to = "bob" if turn == 0 else "alice"
        self.n += 1
        text = "message %d of thirty characters" % self.n
        im = a.call("PurpleConversationGetImData", a.conv(to))
        b_mark = b.mark()
        start = time.time()
        a.call("PurpleConvImSend", im, html.escape(text, quote=False))
        shown = b.wait_signal("WroteImMsg", lambda *x: x[4] & RECV
                              and text in x[2], b_mark, 20)[0]
        self.ms.append((shown - start) * 1000)
        return self.ms[-1]

    def cpu(self):
        """CPU of both Pidgins so far, in milliseconds."""
        ns = 0
        for c in (self.a, self.b):
            for p in glob.glob("/proc/%d/task/*/schedstat" % c.proc.pid):
                with open(p) as f:
                    ns += int(f.read().split()[0])
        return ns / 1e6

    def block(self):
        before = self.cpu()
        for n in range(BLOCK):
            self.one(n % 2)
            time.sleep(PAUSE)
        time.sleep(0.3)            # what is done after the showing, too
        self.cpu_ms += self.cpu() - before

    def memory(self):
        """Of one Pidgin, MiB: its own share."""
        out = 0
        for c in (self.a, self.b):
            with open("/proc/%d/smaps_rollup" % c.proc.pid) as f:
                out += sum(int(line.split()[1]) for line in f
                           if line.startswith("Pss:"))
        return out / 2 / 1024

    def close(self):
        self.lab.close()


class Eider(Variant):
    name = "Eider"

    def __init__(self, work):
        self.plugins = work.so
        super().__init__(work)

    def meet(self):
        self.a.command("bob", "/eider on")
        for c, other in ((self.a, "bob"), (self.b, "alice")):
            c._until(lambda: c.status(other)["session"] == 1, 30, "session")

    def is_it(self, event):
        return is_line(event.body or "")


class Otr(Variant):
    name = "OTR"

    def __init__(self, work):
        self.plugins = [found(OTR)]
        super().__init__(work)

    def meet(self):
        # a tag in the first text starts it; the keys are made on the way
        stop = time.monotonic() + 120
        while time.monotonic() < stop:
            mark = self.lab.mark()
            self.one(0)
            self.one(1)
            if all(self.is_it(e) for e in self.lab.wire(mark, dir="out")
                   if e.body):
                return
            time.sleep(3)
        raise Missing("OTR did not start")

    def is_it(self, event):
        return (event.body or "").startswith("?OTR")


class Omemo(Variant):
    name, pep = "OMEMO", True

    def __init__(self, work):
        self.plugins = [found(LURCH)]
        super().__init__(work)

    def meet(self):
        time.sleep(4)              # device lists go round
        stop = time.monotonic() + 60
        while time.monotonic() < stop:
            mark = self.lab.mark()
            self.one(0)
            self.one(1)
            if all(self.is_it(e) for e in self.lab.wire(mark, dir="out")):
                return
            time.sleep(3)
        raise Missing("OMEMO did not start")

    def is_it(self, event):
        return b"<encrypted" in event.raw


# -- what is printed ----------------------------------------------------------
class Fsyncs:
    """In ms: one fsync of a 4 KiB file, and one file replaced (new file,
    fsync, rename, fsync of the folder); sampled while the messages go."""

    def __init__(self):
        self.one, self.whole = [], []

    def sample(self, n=12):
        with tempfile.TemporaryDirectory(prefix="eider-bench-") as d:
            fd = os.open(d, os.O_RDONLY)
            for _ in range(n):
                start = time.perf_counter()
                f = os.open(d + "/new", os.O_WRONLY | os.O_CREAT | os.O_EXCL)
                os.write(f, os.urandom(4096))
                t = time.perf_counter()
                os.fsync(f)
                self.one.append(1000 * (time.perf_counter() - t))
                os.close(f)
                os.rename(d + "/new", d + "/old")
                os.fsync(fd)
                self.whole.append(1000 * (time.perf_counter() - start))
            os.close(fd)


def percentile(values, p):
    return sorted(values)[min(len(values) - 1, int(p * len(values)))]


def latency(so):
    work = type("Work", (), {"so": so})
    variants, skipped, out, disk = [], [], [], Fsyncs()
    try:
        for cls in (Variant, Eider, Otr, Omemo):
            try:
                v = cls(work)
                variants.append(v)
                v.start()
            except (Missing, TimeoutError) as e:
                skipped.append("skipped: %s: %s" % (cls.name, e))
                if variants and type(variants[-1]) is cls:
                    variants.pop().close()
        for _ in range(ROUNDS):
            for v in variants:
                v.block()
            disk.sample()
        for v in variants:
            v.memory_mib = v.memory()
    finally:
        for v in variants:
            v.close()
    one, whole = (statistics.median(x) for x in (disk.one, disk.whole))
    plain = variants[0]
    base, base_cpu = statistics.median(plain.ms), plain.cpu_ms
    n = ROUNDS * BLOCK
    out += ["### From the call to the display, two Pidgins over prosody", "",
            "%d messages of 30 characters each, by turns; milliseconds. One fsync of this "
            "machine meanwhile: %.2f; one file replaced (two of them): %.2f."
            % (n, one, whole), "",
            "| | median | p95 | median / plain | CPU a message, both Pidgins "
            "| CPU / plain | memory of a Pidgin, MiB | bytes of a stanza |",
            "|---|---:|---:|---:|---:|---:|---:|---:|"]
    for v in variants:
        m = statistics.median(v.ms)
        out.append("| %s | %.1f | %.1f | %.2f | %.1f | %.2f | %.1f | %d |" % (
            v.name, m, percentile(v.ms, 0.95), m / base, v.cpu_ms / n,
            v.cpu_ms / base_cpu, v.memory_mib, v.stanza))
    return "\n".join(out + [""] + skipped)


def one_start(so, n):
    """Milliseconds from the start of Pidgin to being signed on, and CPU."""
    with Lab(plugins=so) as lab:
        c = lab.pidgin("alice", start=False)
        c.start()                     # makes the store
        c.stop("quit")
        out = []
        for _ in range(n):
            m, spawned = c.mark(), []
            real = c._spawn

            def spawn(argv, *a, **kw):
                if argv[0] == "pidgin":
                    spawned.append(time.time())
                return real(argv, *a, **kw)
            c._spawn = spawn
            c.start()
            c._spawn = real
            on = c.wait_signal("SignedOn", since=m)[0]
            out.append((on - spawned[0]) * 1000)
            c.stop("quit")
        return out


def starts(so):
    rows = [("plain", []), ("Eider", so), ("plain", []), ("Eider", so)]
    ms = {}
    for name, plugins in rows:
        ms.setdefault(name, []).extend(one_start(plugins, STARTS))
    plain, ours = (statistics.median(ms[n]) for n in ("plain", "Eider"))
    return "\n".join([
        "### From the start of Pidgin to being signed on", "",
        "%d starts each, in two blocks by turns; milliseconds." % (2 * STARTS),
        "", "| | median | p95 |", "|---|---:|---:|"] + [
        "| %s | %.0f | %.0f |" % (n, statistics.median(v),
                                  percentile(v, 0.95))
        for n, v in ms.items()] + ["", "Eider adds %.0f ms." % (ours - plain)])


PARTS = {"latency": latency, "starts": starts}
