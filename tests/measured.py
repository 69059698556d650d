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


def parts(text):
    """What stands before the first "### ", and a dict of what stands below
    each of them."""
    head, *rest = re.split(r"^### ", text, flags=re.M)
    return head, {r.split("\n", 1)[0].strip(): r.split("\n", 1)[1].strip()
                  for r in rest}


def joined(old, new):
    """The tables of @old, with those of @new in their places."""
    head, tables = parts(old)
    more = parts(new)[1]
    for name, body in more.items():
        # a name goes on with numbers that may change: "T1: which of 16 ..."
        same = [n for n in tables if n.split(":")[0] == name.split(":")[0]]
        tables = {(name if n in same[:1] else n): (body if n in same[:1] else b)
                  for n, b in tables.items()}
        tables.setdefault(name, body)
    return head + "\n".join("### %s\n\n%s\n" % t for t in tables.items())


def write(command, title, text, some=False):
    """Replace the section of @command, or add it at the end; @some: only those
    of its tables that are in @text."""
    begin, end = ("<!-- %s: %s here -->" % (command, w) for w in ("from", "to"))
    date = "%s. %s." % (datetime.date.today().isoformat(), machine())
    if some and os.path.exists(PATH):
        with open(PATH) as f:
            was = f.read()
        if begin in was:
            was = was.split(begin, 1)[1].split(end, 1)[0]
            text = joined(was.split("\n\n", 2)[2], text)
    new = "%s\n## %s (%s)\n\n%s\n\n%s\n%s\n" % (
        begin, title, command, date, text.strip(), end)
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
