# SPDX-License-Identifier: GPL-2.0-or-later
"""Processes and directories that go away by themselves.

Every process is started with a parent-death signal, so that servers and
clients end even if the test runner is killed with -9, and every temporary
directory has a janitor that waits for the runner's end and removes it.
"""
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

# What is waited for may take this times as long as it should: a machine that
# is busy just then is no reason to fail, and who is in time waits no longer.
PATIENCE = 3
SERVER_USER = "eiderlab"     # made by tests/deps.sh; prosody refuses root

JANITOR = r"""
cat >/dev/null
n=0
while [ -e "$1" ] && [ $n -lt 25 ]; do
    while read -r _ dir _; do
        case $dir in "$1"/*) umount -l "$dir" ;; esac
    done </proc/mounts
    rm -rf "$1"
    n=$((n + 1))
    sleep 0.2
done
"""


def server_uid():
    """(uid, gid) to run servers under, or None where we are not root."""
    if os.geteuid() != 0:
        return None
    for name in (SERVER_USER, "nobody"):
        try:
            pw = pwd.getpwnam(name)
            return pw.pw_uid, pw.pw_gid
        except KeyError:
            pass
    raise RuntimeError("no unprivileged user: run tests/deps.sh")


# file modes are to hold for clients that root started, too
ORDINARY = "--bounding-set=-dac_override,-dac_read_search"


def spawn(argv, env, cwd, log=None, uid=None, death="KILL", pass_fds=(),
          ordinary=False):
    """Start ARGV; it gets the signal DEATH when this thread ends.

    ordinary: without root's right to pass over file modes.
    Call it from the main thread: the kernel watches the thread that forked.
    """
    guard = ["setpriv", "--pdeathsig", death]
    if uid:
        guard += ["--reuid=%d" % uid[0], "--regid=%d" % uid[1],
                  "--clear-groups"]
    if ordinary and os.geteuid() == 0:
        guard.append(ORDINARY)
    out = open(log, "ab") if log else subprocess.DEVNULL
    try:
        return subprocess.Popen(guard + ["--"] + list(argv), env=env, cwd=cwd,
                                stdin=subprocess.DEVNULL, stdout=out,
                                stderr=subprocess.STDOUT, pass_fds=pass_fds,
                                start_new_session=True)
    finally:
        if log:
            out.close()


def end(proc, sig=signal.SIGTERM, wait=8):
    """Stop one of our processes and reap it."""
    if proc is None or proc.poll() is not None:
        return
    proc.send_signal(sig)
    try:
        proc.wait(wait)
    except subprocess.TimeoutExpired:
        proc.kill()
        proc.wait()


class Pid:
    """A process of ours that is not our child (what runs inside tmux)."""

    def __init__(self, pid):
        self.pid, self.returncode = pid, None

    def poll(self):
        try:
            with open("/proc/%d/stat" % self.pid) as f:
                if f.read().rsplit(")", 1)[1].split()[0] != "Z":
                    return None
        except (ProcessLookupError, FileNotFoundError):
            pass
        self.returncode = 0
        return 0

    def wait(self, timeout=None):
        stop = time.monotonic() + (timeout or 1e9)
        while self.poll() is None:
            if time.monotonic() > stop:
                raise subprocess.TimeoutExpired("pid %d" % self.pid, timeout)
            time.sleep(0.03)
        return 0

    def send_signal(self, sig):
        try:
            os.kill(self.pid, sig)
        except ProcessLookupError:
            pass

    def kill(self):
        self.send_signal(signal.SIGKILL)


class WorkDir:
    """A temporary directory that is removed whatever happens to us."""

    def __init__(self, prefix="eider-e2e-", keep=False):
        base = tempfile.gettempdir()
        if len(base) > 40:     # a Unix socket's path has 107 characters
            base = "/tmp"
        self.path = tempfile.mkdtemp(prefix=prefix, dir=base)
        os.chmod(self.path, 0o755)      # the servers' user must get in
        self.keep = keep
        self.janitor = None
        if not keep:
            r, self.alive = os.pipe()   # closed by the kernel when we die
            self.janitor = subprocess.Popen(
                ["sh", "-c", JANITOR, "janitor", self.path], stdin=r,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                cwd="/", start_new_session=True)
            os.close(r)

    def close(self):
        if self.janitor is None:
            return
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self.alive)
        self.janitor.wait(20)
        self.janitor = None
