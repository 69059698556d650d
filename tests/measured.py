# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/measured.md: one section for each command that measures."""
import datetime
import os
import platform
import re

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PATH = os.path.join(TOP, "docs", "measured.md")
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


def write(command, title, text):
    """Replace the section of @command, or add it at the end."""
    begin, end = ("<!-- %s: %s here -->" % (command, w) for w in ("from", "to"))
    new = "%s\n## %s (%s)\n\n%s. %s.\n\n%s\n%s\n" % (
        begin, title, command, datetime.date.today().isoformat(), machine(),
        text.strip(), end)
    old = HEAD
    if os.path.exists(PATH):
        with open(PATH) as f:
            old = f.read()
    if begin in old:
        before, rest = old.split(begin, 1)
        old = before + new + rest.split(end, 1)[1].lstrip("\n")
    else:
        old = old.rstrip("\n") + "\n\n" + new
    with open(PATH, "w") as f:
        f.write(old)
