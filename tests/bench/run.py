#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs all that is measured and writes it into docs/measured.md.

run.py [--build FOLDER] [names]: only what has these names, and only printed.
"""
import argparse
import datetime
import os
import platform
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
MEASURED = os.path.join(TOP, "docs", "measured.md")
BEGIN, END = "<!-- make bench: from here -->", "<!-- make bench: to here -->"
HEAD = """# Measured

Numbers that somebody saw; how, stands beside each. Machines differ: look at the ratios.

"""


def machine():
    with open("/proc/cpuinfo") as f:
        cpu = re.search(r"model name\s*: (.*)", f.read())
    with open("/etc/os-release") as f:
        system = re.search(r'PRETTY_NAME="(.*)"', f.read())
    return "%s, %d CPUs, %s, Linux %s" % (
        cpu.group(1) if cpu else platform.processor(), os.cpu_count(),
        system.group(1) if system else "?", platform.release().split("-")[0])


def section(text):
    return "%s\n## Beside the peers (make bench)\n\n%s. %s.\n\n%s\n%s\n" % (
        BEGIN, datetime.date.today().isoformat(), machine(), text.strip(),
        END)


def write(text):
    old = HEAD
    if os.path.exists(MEASURED):
        with open(MEASURED) as f:
            old = f.read()
    new = section(text)
    if BEGIN in old:
        before, rest = old.split(BEGIN, 1)
        old = before + new + rest.split(END, 1)[1].lstrip("\n")
    else:
        old = old.rstrip("\n") + "\n\n" + new
    with open(MEASURED, "w") as f:
        f.write(old)


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--build", default="build")
    p.add_argument("names", nargs="*")
    a = p.parse_args()
    out = []
    done = subprocess.run([os.path.join(a.build, "bench")] + a.names,
                          cwd=TOP, stdout=subprocess.PIPE, text=True)
    print(done.stdout, flush=True)
    if done.returncode != 0:
        return done.returncode
    out.append(done.stdout)
    if not a.names:
        write("\n".join(out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
