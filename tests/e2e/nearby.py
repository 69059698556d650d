# SPDX-License-Identifier: GPL-2.0-or-later
"""Bonjour: Pidgins that find each other without a server.

In a network of their own, with nothing but the loopback in it: an avahi-daemon
on a bus of its own, and somebody who listens to every packet.
"""
import os
import subprocess
import sys
import time

from gui import Pidgin
from proc import end, spawn
from profile import Account
from scenario import Skip

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path=%s</listen>
<auth>EXTERNAL</auth><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/></policy></busconfig>
"""
HOST = "nearby"
AVAHI = """[server]
use-ipv4=yes
use-ipv6=no
allow-interfaces=lo
host-name=%s
""" % HOST
LISTEN = """
import socket, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
with open(sys.argv[1], "ab", buffering=0) as f:
    while True:
        f.write(s.recv(65536))
"""


class Neighbour(Account):
    """Somebody in the same network."""

    def __init__(self, user, port):
        super().__init__(user, "irc", port, "", "")
        self.proto, self.prpl, self.name = "bonjour", "prpl-bonjour", user
        self.settings = {"port": port, "first": user, "last": ""}

    def buddy(self, user):
        return user if "@" in user else user + "@" + HOST


class Nearby(Pidgin):
    network = None

    def _spawn(self, argv, log=None, **kw):
        if argv[0] == "pidgin":
            argv = self.network.inside(argv)
        return super()._spawn(argv, log, **kw)


class Network:
    def __init__(self, workdir):
        if os.geteuid() != 0 or not os.path.exists("/usr/sbin/avahi-daemon"):
            raise Skip("needs root, and avahi-daemon")
        self.dir = os.path.join(workdir, "network")
        os.makedirs(self.dir)
        self.env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": self.dir}
        self.procs = []
        self.packets = self._file("packets", "")
        self.bus = "unix:path=" + os.path.join(self.dir, "bus")
        self.home = self._start(["unshare", "--net", "sleep", "infinity"])
        time.sleep(0.3)
        try:
            for line in ("ip link set lo up", "ip link set lo multicast on"):
                subprocess.run(self.inside(line.split()), env=self.env,
                               check=True, capture_output=True)
        except subprocess.CalledProcessError as e:
            self.close()
            raise Skip("no network of its own here: %s" % e.stderr) from None
        self._start(["dbus-daemon", "--nofork", "--config-file="
                     + self._file("bus.conf", BUS % self.bus.split("=")[1])])
        self._start(self.inside([sys.executable, "-c", LISTEN, self.packets]))
        time.sleep(0.3)
        self.env["DBUS_SYSTEM_BUS_ADDRESS"] = self.bus
        # its place for a pid file is not to be chosen
        self._start(self.inside([
            "unshare", "--mount", "sh", "-c", "mkdir -p /run/avahi-daemon && "
            "mount -t tmpfs none /run/avahi-daemon && exec avahi-daemon -f "
            "%s --no-drop-root --no-chroot --no-rlimits"
            % self._file("avahi.conf", AVAHI)]))

    def _file(self, name, content):
        path = os.path.join(self.dir, name)
        with open(path, "w") as f:
            f.write(content)
        return path

    def _start(self, argv):
        self.procs.append(spawn(argv, self.env, self.dir, os.path.join(
            self.dir, "%d.log" % len(self.procs))))
        return self.procs[-1]

    def inside(self, argv):
        return ["nsenter", "--net=/proc/%d/ns/net" % self.home.pid, "--",
                *argv]

    def heard(self):
        with open(self.packets, "rb") as f:
            return f.read()

    def join(self, lab, user, port):
        cls = type("Neighbour", (Nearby,), {"network": self})
        return lab._add(cls(user, lab.workdir, [Neighbour(user, port)],
                            lab.plugins, buddies=(), env={
                                "DBUS_SYSTEM_BUS_ADDRESS": self.bus}),
                        None, True)

    def close(self):
        for p in reversed(self.procs):
            end(p)
