#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the scenarios: run.py [options] [names or patterns]

Each scenario is a process of its own with its own servers and clients; two
run at a time.  One that waited in vain is given a second try, alone, as how
long a thing may take depends on what else the machine does; it is said at the
end.  What is wrong, leaks, dies, or may have lost a text fails at once, and with
--once so does everything.
"""
import argparse
import fnmatch
import glob
import importlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
from proc import PATIENCE       # noqa: E402

SKIPPED, LATE = 77, 75
SECOND_TRIES = 2        # where more waited in vain, something is broken
ENOUGH = 10             # after so many failures the others are not begun


def arguments():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("patterns", nargs="*", help="e.g. talk.*, *irc*")
    p.add_argument("--so", action="append", default=[],
                   help="a plugin under test (default: build/*.so)")
    p.add_argument("--long", action="store_true", help="the long ones too")
    p.add_argument("--lanes", type=int, default=2)
    p.add_argument("--list", action="store_true")
    p.add_argument("--keep", action="store_true",
                   help="keep the directories of the scenarios")
    p.add_argument("--speed", type=int, default=1,
                   help="EIDER_TEST_TIME for a build with TESTING=1")
    p.add_argument("--once", action="store_true", help="no second try")
    p.add_argument("--one", help=argparse.SUPPRESS)
    a = p.parse_args()
    a.so = [os.path.abspath(s) for s in a.so] or sorted(
        glob.glob(os.path.join(TOP, "build", "*.so")))
    return a


def load():
    import scenario
    for f in sorted(glob.glob(os.path.join(HERE, "test_*.py"))):
        importlib.import_module(os.path.basename(f)[:-3])
    return scenario.SCENARIOS


def chosen(scenarios, patterns, long):
    if not patterns:
        return [s for s in scenarios if long or not s.long]
    return [s for s in scenarios
            if any(fnmatch.fnmatch(s.id, p) or fnmatch.fnmatch(
                s.id, "*" + p + "*") for p in patterns)]


# -- one scenario, in its own process -----------------------------------------
def run_one(fn, args):
    from client import NotShown
    from guard import Leak
    from lab import Lab, guarded
    from scenario import Skip
    env = {"EIDER_TEST_TIME": str(args.speed)} if args.speed > 1 else {}
    try:
        with guarded(plugins=args.so if fn.plugin else (), keep=args.keep,
                     env=env, report=Lab.report, **fn.lab) as lab:
            if args.keep:
                print("  kept:", lab.workdir)
            fn(lab)
    except Skip as e:
        print("%s" % e)
        return SKIPPED
    except Leak as e:
        print(e)
        return 1
    except (Exception, KeyboardInterrupt) as e:
        # interrupted: it took too long
        traceback.print_exc(file=sys.stdout)
        is_late = isinstance(e, (TimeoutError, KeyboardInterrupt))
        return LATE if is_late and not isinstance(e, NotShown) else 1
    return 0


# -- all of them --------------------------------------------------------------
class Job:
    def __init__(self, fn, args):
        self.fn, self.start = fn, time.monotonic()
        self.out = tempfile.TemporaryFile("w+")
        argv = [sys.executable, "-B", os.path.abspath(__file__),
                "--one", fn.id, "--speed", str(args.speed)]
        argv += ["--keep"] if args.keep else []
        for s in args.so:
            argv += ["--so", s]
        self.proc = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "--"] + argv,
            stdin=subprocess.DEVNULL, stdout=self.out,
            stderr=subprocess.STDOUT)
        self.late = False

    def done(self):
        if self.proc.poll() is not None:
            return True
        over = time.monotonic() - self.start - self.fn.timeout * PATIENCE
        if over > 0 and not self.late:
            self.late = True
            self.proc.send_signal(signal.SIGINT)     # tells where it stood
        if over > 20:
            self.proc.kill()
        return False

    def result(self):
        rc = self.proc.wait()
        self.out.seek(0)
        text = self.out.read().rstrip()
        word = {0: "ok", SKIPPED: "skip", LATE: "late"}.get(rc, "FAIL")
        if self.late:
            word = "late" if rc in (0, LATE) else "FAIL"
            text += "\ntook longer than %d s" % (self.fn.timeout * PATIENCE)
        line = "e2e %-4s %5.1f s  %s: %s" % (
            word, time.monotonic() - self.start, self.fn.id,
            " ".join((self.fn.__doc__ or "").split()))
        if word == "skip":
            line += " -- " + text.splitlines()[-1]
        elif word == "ok" and text:     # seeds and counts
            line += " -- " + ", ".join(
                t for t in text.splitlines() if "kept:" not in t)
        print(line, flush=True)
        if word in ("FAIL", "late") or "kept:" in text:
            print("    " + text.replace("\n", "\n    "), flush=True)
        where = re.findall(r'(test_\w+\.py)", line (\d+)', text)
        self.why = "%s: %s" % (":".join(where[-1]) if where else "?",
                               (text.splitlines() or ["said nothing"])[-1])
        return word


def run_some(todo, args, lanes):
    """Run them; returns [(word, job)]."""
    running, ended, todo = [], [], list(todo)
    while todo or running:
        if [w for w, _ in ended if w in ("FAIL", "late")][ENOUGH - 1:]:
            ended += [("not run", fn) for fn in todo]
            todo = []
        while todo and len(running) < lanes:
            running.append(Job(todo.pop(0), args))
        for j in [j for j in running if j.done()]:
            running.remove(j)
            ended.append((j.result(), j))
        time.sleep(0.05)
    return ended


def run_all(todo, args):
    begin = time.monotonic()
    # the slow ones first, so that no lane waits for the other at the end
    ended = run_some(sorted(todo, key=lambda s: -s.timeout), args, args.lanes)
    late = [x for x in ended if x[0] == "late"]
    if late and len(late) <= SECOND_TRIES and not args.once:
        ended = [x for x in ended if x not in late]
        ended += run_some([j.fn for _, j in late], args, 1)
    words = [word for word, _ in ended]
    if "not run" in words:
        print("e2e: %d failed, so %d others were not run and count as failed"
              % (ENOUGH, words.count("not run")))
    # Said here once more, where it is seen, however little is kept.
    for j in [j for _, j in late if j.fn in [
            k.fn for word, k in ended if word == "ok"]]:
        print("e2e: %s needed a second try: %.300s" % (j.fn.id, j.why))
    for word, j in ended:
        if word in ("FAIL", "late"):
            print("e2e FAIL %s: %.300s" % (j.fn.id, j.why))
    passed, skipped = words.count("ok"), words.count("skip")
    failed = len(words) - passed - skipped
    print("e2e: %d passed, %d failed, %d skipped (%.0f s)" % (
        passed, failed, skipped, time.monotonic() - begin))
    return 0 if not failed and passed else 1


def main():
    args = arguments()
    scenarios = load()
    if args.one:
        return run_one(next(s for s in scenarios if s.id == args.one), args)
    todo = chosen(scenarios, args.patterns, args.long)
    if args.list:
        for s in todo:
            print("%-28s %s%s" % (s.id, " ".join(s.__doc__.split()),
                                  " (long)" if s.long else ""))
        return 0
    if not todo:
        print("e2e: nothing matches")
        return 1
    if not args.so and any(s.plugin for s in todo):
        print("e2e: no build/*.so: run make first, or name them with --so")
        return 1
    return run_all(todo, args)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
