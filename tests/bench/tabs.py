# SPDX-License-Identifier: GPL-2.0-or-later
"""What a tab of Pidgin costs more with Eider: opened by turns with the plugins
loaded and without, in one process (tabs.c)."""
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "e2e"))

from lab import Lab                          # noqa: E402

TARGET = 3.0


def build(lab):
    so = os.path.join(lab.workdir, "tabs.so")
    flags = subprocess.run(
        ["pkg-config", "--cflags", "pidgin", "gtk+-2.0"], check=True,
        text=True, stdout=subprocess.PIPE).stdout.split()
    subprocess.run(["cc", "-w", "-O2", "-shared", "-fPIC", "-o", so,
                    os.path.join(HERE, "tabs.c")] + flags, check=True)
    return so


def measure(so):
    with Lab(plugins=so) as lab:
        path = os.path.join(lab.workdir, "tabs")
        lab.env = {"EIDER_TABS": path}
        lab.pidgin("alice", plugins=list(so) + [build(lab)],
                   prefs={"/pidgin/conversations/tabs": True})
        stop = time.monotonic() + 120
        while True:
            text = open(path).read() if os.path.exists(path) else ""
            if text.endswith("end\n"):
                break
            if time.monotonic() > stop:
                raise TimeoutError("the tabs did not end")
            time.sleep(0.2)
    rows = [line.split() for line in text.splitlines()[:-1]]
    return {k: [(float(ms), float(cpu)) for how, ms, cpu in rows if how == k]
            for k in ("on", "off")}


def tabs(so):
    got = measure(so)
    (on, on_cpu), (off, off_cpu) = (
        [statistics.median(column) for column in zip(*got[k])]
        for k in ("on", "off"))
    return ("### A tab\n\nFrom opening a conversation until Pidgin has nothing "
            "left to do, %d tabs each, by turns in one Pidgin: median %.1f ms "
            "with Eider, %.1f ms without, %+.1f ms (target: at most %.0f); of "
            "the processor %.1f and %.1f ms, %+.1f ms."
            % (len(got["on"]), on, off, on - off, TARGET, on_cpu, off_cpu,
               on_cpu - off_cpu))
