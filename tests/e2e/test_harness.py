# SPDX-License-Identifier: GPL-2.0-or-later
"""Does the harness itself work, and can its guard fail?"""
import argparse
import base64
import contextlib
import io
import os
import signal
import subprocess
import sys
import time
import urllib.parse

import guard
from client import NotShown
from guard import INVITATION, LENGTHS, Leak, is_line
from scenario import both, equal, meet, scenario, until

HERE = os.path.dirname(os.path.abspath(__file__))


def build_toy(lab):
    so = os.path.join(lab.workdir, "toy.so")
    flags = subprocess.run(["pkg-config", "--cflags", "purple"], check=True,
                           stdout=subprocess.PIPE, text=True).stdout.split()
    subprocess.run(["cc", "-shared", "-fPIC", "-o", so,
                    os.path.join(HERE, "toy.c")] + flags, check=True)
    lab.plugins = [so]


@scenario(plugin=False, irc=True)
def clients(lab):
    """Pidgin and Finch, XMPP and IRC, commands, restart, offline store."""
    build_toy(lab)
    a, b = both(lab, ("xmpp", "irc"))
    c = lab.finch("carol")
    a.wait_buddy("carol")
    for proto in ("xmpp", "irc"):
        text = "hi <b> & there %s" % lab.guard.marker()
        lab.guard.allow("[toy]" + text)
        m, mb = lab.mark(), b.mark()
        a.send_im("bob", text, proto)
        b.wait_im(text, mb)
        equal(lab.bodies(m, "alice"), ["[toy]" + text])
    for x, to in ((a, "bob"), (c, "alice")):
        m, mx = lab.mark(), x.mark()
        x.command(to, "/toy works")
        x.wait_written("toy: state=works", mx)
        equal(lab.bodies(m, x.name), [])
    b.stop("kill")
    a.wait_buddy("bob", online=False)
    text = lab.plain()
    lab.guard.allow("[toy]" + text)
    a.send_im("bob", text)
    lab.quiet(0.5)
    b.start()
    b.wait_im(text)


@scenario(plugin=False, irc=True)
def guard_finds(lab):
    """The guard finds every form of a secret, and a body of wrong shape."""
    m = lab.guard.marker()
    seen = [m, m.upper(), urllib.parse.quote(m), m.encode().hex(),
            "".join("%%%02X" % ord(c) for c in m),
            "".join("&#%d;" % ord(c) for c in m),
            "".join("&#x%X;" % ord(c) for c in m)]
    seen += [base64.b64encode((pre + m + "tail").encode()).decode()
             for pre in ("", "x", "xy", "xyz")]
    for form in seen:
        assert guard.find(m, b"before " + form.encode() + b" after"), form
    assert not guard.find(m, lab.guard.marker().encode())
    for letter, size in LENGTHS.items():
        line = "EIDER" + letter + "a" * (size - 6)
        assert is_line(line)
        for bad in (line[:-1], line + "a", line + "\n", " " + line,
                    line[:9] + "-" + line[10:]):
            assert not is_line(bad), bad
    a, b = both(lab, ("xmpp", "irc"), plugins=[])
    for proto, word in (("xmpp", "alice.xmpp out"), ("irc", "bob.irc in")):
        text = lab.secret()
        a.send_im("bob", text, proto)
        b.wait_im(text)
        found = "\n".join(lab.guard.problems())
        assert "LEAK: %r as plain: wire %s" % (text, word) in found, found
        assert "SHAPE: %s" % word in found, found
        assert "LEAK: %r as plain: prosody" % text in found \
            or proto == "irc", found
    a.send_im("bob", INVITATION, "irc")
    long_line = "EIDERM" + "a" * 1925
    a.send_im("bob", long_line)          # right on XMPP
    b.wait_im(INVITATION)
    equal(len([p for p in lab.guard.problems() if "SHAPE" in p]), 4)
    try:
        lab.guard.check()
    except Leak:
        # all of it was meant: let the scenario pass
        lab.guard.plains.update(lab.guard.secrets.values())
        lab.guard.secrets.clear()
    else:
        raise AssertionError("the guard found nothing")


def alive(directory):
    """Processes of which the command line or folder speaks of DIRECTORY."""
    out = []
    for pid in os.listdir("/proc"):
        try:
            with open("/proc/%s/cmdline" % int(pid)) as f:
                words = f.read()
            if directory in words or directory in os.readlink(
                    "/proc/%s/cwd" % pid):
                out.append((int(pid), words))
        except (ValueError, OSError):
            pass
    return out


VICTIM = """
import sys
sys.path.insert(0, %r)
from lab import guarded
with guarded(irc=True) as lab:
    lab.pidgin("alice"); lab.finch("bob")
    print(lab.workdir, flush=True)
    sys.stdin.read()
"""


@scenario(plugin=False, xmpp=False)
def runner_killed(lab):
    """kill -9 of a runner leaves no process and no directory behind."""
    p = subprocess.Popen([sys.executable, "-B", "-c", VICTIM % HERE],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         text=True)
    where = p.stdout.readline().strip()
    assert where.startswith("/") and os.path.isdir(where), where
    names = " ".join(words for _, words in alive(where))
    for name in ("prosody", "ngircd", "pidgin", "finch", "dbus-daemon",
                 "Xvfb", "tmux"):
        assert name in names, "%s: %r" % (name, names)
    p.send_signal(signal.SIGKILL)
    p.wait()
    until(lambda: not os.path.exists(where), 20, "removal of " + where)
    until(lambda: not alive(where), 15, "end of %r" % alive(where))


@scenario(plugin=False, irc=True)
def loopback(lab):
    """Nothing of the harness listens on, or talks to, more than 127.0.0.1."""
    a, b = both(lab, ("xmpp", "irc"), plugins=[])
    meet(a, b)
    time.sleep(0.5)
    inodes = set()
    for pid, _ in alive(lab.workdir) + [(os.getpid(), "")]:
        fds = "/proc/%d/fd" % pid
        try:
            names = os.listdir(fds)
        except FileNotFoundError:
            continue             # it has ended since
        for fd in names:
            try:
                inodes.add(os.readlink(os.path.join(fds, fd)))
            except OSError:
                pass
    seen = 0
    for name in ("tcp", "tcp6", "udp", "udp6"):
        with open("/proc/net/" + name) as f:
            for row in (x.split() for x in f.readlines()[1:]):
                if "socket:[%s]" % row[9] not in inodes:
                    continue
                seen += 1
                assert row[1].startswith("0100007F:"), (name, row[1])
                assert row[2][:8] in ("0100007F", "00000000"), (name, row[2])
    assert seen >= 10, seen


def leak():
    raise Leak("seen")


@scenario(plugin=False, xmpp=False)
def second_try(lab):
    """Who waited in vain has one more try; what is wrong, leaks or loses none."""
    import run
    args = argparse.Namespace(so=[], keep=False, speed=1, once=False, lanes=2)

    def late(lab):
        until(lambda: False, 0)

    def lost(lab):
        raise NotShown("no text")

    def late_and_leaked(lab):
        lab.guard.check = leak
        late(lab)
    ends = {late: run.LATE, late_and_leaked: 1, lost: 1,
            lambda lab: equal(1, 2): 1, lambda lab: None: 0}
    for fn, end in ends.items():
        fn.plugin, fn.lab = False, {"xmpp": False}
        with contextlib.redirect_stdout(io.StringIO()):
            equal(run.run_one(fn, args), end)

    class Job:
        tries = 0

        def __init__(self, fn, args):
            self.fn, self.why = fn, "why"

        def done(self):
            return True

        def result(self):
            Job.tries += 1
            return self.fn.words.pop(0)

    def outcome(*scenarios, once=False):
        todo = [argparse.Namespace(id="x%d" % i, timeout=i, words=list(w))
                for i, w in enumerate(scenarios)]
        args.once, Job.tries, out = once, 0, io.StringIO()
        with contextlib.redirect_stdout(out):
            code = run.run_all(todo, args)
        return code, Job.tries, out.getvalue().splitlines()
    real, run.Job = run.Job, Job
    try:
        code, tries, out = outcome(["ok"], ["late", "ok"], ["skip"])
        equal((code, tries), (0, 4))
        equal(out[0], "e2e: x1 needed a second try: why")
        assert out[1].startswith("e2e: 2 passed, 0 failed, 1 skipped"), out
        code, tries, out = outcome(["late", "late"], ["late", "ok"])
        equal((code, tries), (1, 4))
        equal(out[:2], ["e2e: x1 needed a second try: why",
                        "e2e FAIL x0: why"])
        assert out[2].startswith("e2e: 1 passed, 1 failed"), out
        equal(outcome(["FAIL"], ["ok"])[:2], (1, 2))
        equal(outcome(["late"], ["ok"], once=True)[:2], (1, 2))
        equal(outcome(["late"], ["late"], ["late"], ["ok"])[:2], (1, 4))
        code, tries, out = outcome(["ok"], *[["FAIL"]] * 30)
        equal(code, 1)
        assert run.ENOUGH <= tries <= run.ENOUGH + args.lanes, tries
        assert out[-1].startswith("e2e: 0 passed, 31 failed"), out[-1]
    finally:
        run.Job = real
