#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs all that is measured and writes it into docs/measured.md.

run.py [--build FOLDER] [names]: only what has these names, and only printed.
"""
import argparse
import os
import re
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(TOP, "tests"))


def run_c(build, names):
    done = subprocess.run([os.path.join(build, "bench")] + names, cwd=TOP,
                          stdout=subprocess.PIPE, text=True)
    print(done.stdout, flush=True)
    if done.returncode != 0:
        sys.exit(done.returncode)
    return done.stdout.strip()


def scale(build):
    """The plugin in a libpurple without windows, by known contacts."""
    rows = {}
    env = dict(os.environ, EIDER_SO=os.path.abspath(
        os.path.join(build, "eider.so")))
    for contacts in (10, 10000) * 3:
        said = subprocess.run(
            [os.path.join(build, "purple"), "--scale", str(contacts)],
            cwd=TOP, env=env, check=True, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True).stdout
        for name, value in re.findall(r"(\w+)=([\d.]+)", said):
            rows.setdefault(name, {}).setdefault(contacts, []).append(
                float(value))
    words = (("load_ms", "loading the plugin, ms"),
             ("load_cpu_ms", "the same, CPU"),
             ("heap_mib", "heap more than before, MiB"),
             ("storm_plain_ms", "all go and come back, without it, ms of CPU"),
             ("storm_ms", "the same, with it"),
             ("message_cpu_ms", "a message, both ends, ms of CPU"),
             ("heap_after_mib", "heap more after 200 messages, MiB"))
    return "\n".join([
        "### Known contacts, all of them private, on the list and online", "",
        "Medians of three, libpurple without windows.", "",
        "| | 10 | 10,000 |", "|---|---:|---:|"] + [
        "| %s | %.2f | %.2f |" % (title, statistics.median(rows[name][10]),
                                  statistics.median(rows[name][10000]))
        for name, title in words])


def run_inspector(build):
    """The window with every key; the target is that nobody sees a pause."""
    took = {}
    for _ in range(3):
        for line in subprocess.run(
                ["xvfb-run", "-a", os.path.join(build, "bench-inspector"),
                 "10000"], cwd=TOP, check=True, stdout=subprocess.PIPE,
                text=True).stdout.splitlines():
            what, ms = line.split()
            took.setdefault(what, []).append(int(ms))
    rows = "\n".join("| %s | %d to %d | 500 |" % (
        words, min(took[what]), max(took[what])) for what, words in (
            ("open", "open, until drawn"),
            ("letter", "the slowest letter typed into the search"),
            ("clear", "search emptied")))
    return ("### The inspector with 10,000 keys\n\nReal window and core, "
            "without Pidgin around them, three runs.\n\n"
            "| what | ms | target |\n|---|---|---|\n" + rows)


def run_sees(build):
    """The window "What the server sees" over a full ledger."""
    took = {}
    for _ in range(3):
        for line in subprocess.run(
                ["xvfb-run", "-a", os.path.join(build, "bench-sees"), "10"],
                cwd=TOP, check=True, stdout=subprocess.PIPE,
                text=True).stdout.splitlines():
            what, ms = line.split()
            took.setdefault(what, []).append(int(ms))
    rows = "\n".join("| %s | %d to %d | %d to %d |" % (
        words, min(took[what]), max(took[what]), min(took[what + "_cpu"]),
        max(took[what + "_cpu"])) for what, words in (
            ("day", "show a day, until drawn (target: 50)"),
            ("move", "move it by half a day")))
    return ("### What the server sees: a day of 10 contacts in Steady\n\n"
            "%s lines in the ledger, real window and core, without Pidgin "
            "around them; the best of three, three runs. The words under it "
            "follow at rest and take %d to %d ms of CPU.\n\n"
            "| | ms | of them CPU |\n|---|---|---|\n%s"
            % (format(took["lines"][0], ","), min(took["words"]),
               max(took["words"]), rows))


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--build", default="build")
    p.add_argument("names", nargs="*")
    a = p.parse_args()
    import fifty
    import measured
    import pidgins
    import tabs
    so = [os.path.abspath(os.path.join(a.build, n))
          for n in ("eider.so", "eider-gtk.so")]
    out = []
    parts = {"scale": lambda _: scale(a.build),
             "inspector": lambda _: run_inspector(a.build),
             "sees": lambda _: run_sees(a.build), **pidgins.PARTS, **fifty.PARTS,
             "tabs": tabs.tabs}
    in_c = [n for n in a.names if n not in parts]
    if in_c or not a.names:
        out.append(run_c(a.build, in_c))
    for name, part in parts.items():
        if name in a.names or not a.names:
            out.append(part(so))
            print(out[-1] + "\n", flush=True)
    if not a.names:
        measured.write("make bench", "Beside the peers", "\n\n".join(out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
