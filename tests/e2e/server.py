# SPDX-License-Identifier: GPL-2.0-or-later
"""Chat servers for the tests: prosody (XMPP) and ngircd (IRC).

Both listen on 127.0.0.1 only, on ports picked at start, run under a user
without rights where we are root, and keep all their data in a directory that
the caller gives.  No TLS: the point is to tap the wire.
"""
import os
import signal
import socket
import time

import profile
from proc import end, server_uid, spawn

USERS = ("alice", "bob", "carol")
XMPP_DOMAIN = "localhost"
MUC_DOMAIN = "rooms.localhost"
IRC_SERVER = "irc.test"

PROSODY_CFG = """
pidfile = "{d}/prosody.pid"
data_path = "{d}/data"
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {port} }}
c2s_interfaces = {{ "127.0.0.1" }}
s2s_ports = {{}}
legacy_ssl_ports = {{}}
http_ports = {{}}
https_ports = {{}}
plugin_paths = {{ "{d}/modules" }}
modules_enabled = {{ {mods} }}
modules_disabled = {{ "s2s", "tls" }}
c2s_require_encryption = false
s2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "internal_plain"
storage = "internal"
archive_expires_after = "never"
default_archive_policy = true
groups_file = "{d}/groups.txt"
log = {{ info = "{d}/prosody.log"; warn = "*console" }}
VirtualHost "{dom}"
Component "{muc}" "muc"
  name = "rooms"
  restrict_room_creation = false
  muc_room_locking = false
  modules_enabled = {{ "muc_mam" }}
"""

PROSODY_MODULES = (
    "roster", "saslauth", "disco", "presence", "message", "iq", "c2s",
    "private", "vcard_legacy", "pep", "ping", "time", "version", "groups",
    "blocklist", "bookmarks", "posix", "carbons", "mam", "offline")

# libpurple believes in PEP only where the server itself says so, prosody says
# it of the account; lurch needs it.
PEP_IDENTITY = 'module:add_identity("pubsub", "pep", "Prosody");\n'

NGIRCD_CFG = """
[Global]
  Name = {name}
  Info = test
  AdminEMail = nobody@localhost
  Listen = 127.0.0.1
  Ports = {port}
  MotdPhrase = test
{user}
[Limits]
  MaxConnectionsIP = 0
  MaxPenaltyTime = 0
  PingTimeout = 600
  MaxNickLength = 16
[Options]
  DNS = no
  Ident = no
  PAM = no
  SyslogFacility = local1
[SSL]
"""


def password(user):
    return user + "pw"


def free_port():
    """(port, a socket that keeps it): nobody else is given it, and a server
    can listen there, as all of ours allow that an address is used again."""
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("127.0.0.1", 0))
    return s.getsockname()[1], s


def _chown_tree(path, uid):
    os.chown(path, *uid)
    for root, dirs, files in os.walk(path):
        for n in dirs + files:
            os.chown(os.path.join(root, n), *uid)


class _Server:
    name = "server"
    slow = 20                   # seconds until it has to listen

    def __init__(self, workdir):
        self.dir = os.path.join(workdir, self.name)
        # prosody goes on without a port that another scenario has taken, and
        # the clients would talk to that one
        self.port, self.keeper = free_port()
        self.proc = None
        os.makedirs(self.dir)

    def _write(self, name, content):
        path = os.path.join(self.dir, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(content)
        return path

    def _spawn(self, argv, **env):
        uid = server_uid()
        if uid:
            _chown_tree(self.dir, uid)
        self.proc = spawn(argv, {"PATH": "/usr/bin:/bin", "HOME": self.dir,
                                 **env}, self.dir, os.path.join(self.dir, "stdout.log"), uid)
        self._wait_port()

    def _wait_port(self):
        stop = time.monotonic() + self.slow
        while time.monotonic() < stop:
            if self.proc.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        with open(os.path.join(self.dir, "stdout.log")) as f:
            raise RuntimeError("%s does not listen: %s"
                               % (self.name, f.read()))

    def start(self, attempts=3):
        while True:
            try:
                return self._start()
            except RuntimeError:
                attempts -= 1
                if attempts == 0:
                    raise
                end(self.proc)

    def stop(self, how="quit"):
        end(self.proc, signal.SIGKILL if how == "kill" else signal.SIGTERM,
            wait=5)
        self.proc = None

    def stored(self, attempts=5):
        """Every byte that the server keeps on disk: [(file, bytes)]."""
        while True:
            try:
                return self._stored()
            except FileNotFoundError:    # it has just renamed a new one
                attempts -= 1
                if attempts == 0:
                    raise

    def _stored(self):
        out = []
        for root, _, files in os.walk(self.dir):
            for n in files:
                with open(os.path.join(root, n), "rb") as f:
                    out.append((os.path.join(self.name, n), f.read()))
        return out


class Prosody(_Server):
    """With message archive, carbons, offline store, PEP and rooms."""
    name = "prosody"

    def __init__(self, workdir, users=USERS, groups=None, pep=False):
        """pep: in a way that libpurple and lurch understand."""
        super().__init__(workdir)
        self.users = users
        self.modules = PROSODY_MODULES + (("bench_pep",) if pep else ())
        # who is on whose roster, subscribed both ways; default: everybody
        self.groups = groups if groups is not None else [users]

    def _start(self):
        acc = os.path.join("data", XMPP_DOMAIN, "accounts")
        for u in self.users:
            self._write(os.path.join(acc, u + ".dat"),
                        'return {\n\t["password"] = "%s";\n};\n' % password(u))
        self._write("groups.txt", "".join(
            "[%s]\n" % (profile.GROUP if i == 0 else "Group%d" % i)
            + "".join("%s@%s=%s\n" % (u, XMPP_DOMAIN, u.capitalize())
                      for u in g)
            for i, g in enumerate(self.groups)))
        cfg = self._write("prosody.cfg.lua", PROSODY_CFG.format(
            d=self.dir, port=self.port, dom=XMPP_DOMAIN, muc=MUC_DOMAIN,
            mods=", ".join('"%s"' % m for m in self.modules)))
        self._write("modules/mod_bench_pep.lua", PEP_IDENTITY)
        self._spawn(["/usr/bin/prosody", "-F", "--config", cfg])


class Ngircd(_Server):
    name = "ngircd"

    def _start(self):
        uid = server_uid()
        cfg = self._write("ngircd.conf", NGIRCD_CFG.format(
            name=IRC_SERVER, port=self.port,
            user="  ServerUID = %d\n  ServerGID = %d" % uid if uid else ""))
        self._spawn(["/usr/sbin/ngircd", "-n", "-f", cfg])
