# SPDX-License-Identifier: GPL-2.0-or-later
"""The other servers that people use: ejabberd (XMPP) and InspIRCd (IRC).

Under the same rules as those of server.py; for the long runs.
"""
import glob

import profile
from server import IRC_SERVER, USERS, XMPP_DOMAIN, _Server

EJABBERD_CFG = """
hosts: [{dom}]
loglevel: info
listen:
  - port: {port}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    max_stanza_size: 262144
    starttls: false
auth_method: internal
auth_password_format: plain
access_rules: {{local: {{allow: all}}}}
modules:
  mod_blocking: {{}}
  mod_caps: {{}}
  mod_carboncopy: {{}}
  mod_disco: {{}}
  mod_last: {{}}
  mod_mam: {{default: always}}
  mod_offline: {{}}
  mod_ping: {{}}
  mod_privacy: {{}}
  mod_private: {{}}
  mod_pubsub: {{plugins: [flat, pep]}}
  mod_roster: {{}}
  mod_shared_roster: {{}}
  mod_time: {{}}
  mod_vcard: {{}}
  mod_version: {{}}
"""

# In Erlang, once ejabberd is up: who there is, and who sees whom.
REGISTER = """
lists:foreach(fun(U) -> ejabberd_auth:try_register(U, <<"{dom}">>, <<U/binary, "pw">>) end,
              [{users}]),
lists:foreach(fun({{G, Label, Members}}) ->
    mod_shared_roster:create_group(<<"{dom}">>, G,
        [{{label, Label}}, {{displayed_groups, [G]}}]),
    lists:foreach(fun(U) ->
        mod_shared_roster:add_user_to_group(<<"{dom}">>, {{U, <<"{dom}">>}}, G) end, Members)
    end, [{groups}]).
"""

INSPIRCD_CFG = """
<server name="{name}" description="test" network="test">
<admin name="nobody" nick="nobody" email="nobody@localhost">
<bind address="127.0.0.1" port="{port}" type="clients">
<connect name="all" allow="*" timeout="60" threshold="100" pingfreq="120"
    hardsendq="1M" softsendq="8192" recvq="8K" localmax="50" globalmax="50"
    resolvehostnames="no" useconnectban="no" commandrate="100000" fakelag="no">
<performance nouserdns="yes">
<options splitwhois="no">
<log method="file" type="* -USERINPUT -USEROUTPUT" level="default" target="{d}/inspircd.log">
<pid file="{d}/inspircd.pid">
"""


def words(names):
    return ", ".join('<<"%s">>' % n for n in names)


class Ejabberd(_Server):
    """With archive, carbons, offline store and PEP; the rosters are shared."""
    name = "ejabberd"
    slow = 60

    def __init__(self, workdir, users=USERS, groups=None, pep=False):
        super().__init__(workdir)
        self.users = users
        self.groups = groups if groups is not None else [users]

    def _start(self):
        cfg = self._write("ejabberd.yml", EJABBERD_CFG.format(
            port=self.port, dom=XMPP_DOMAIN))
        groups = ", ".join('{<<"g%d">>, <<"%s">>, [%s]}' % (
            i, profile.GROUP if i == 0 else "Group%d" % i, words(g))
            for i, g in enumerate(self.groups))
        self._spawn(
            ["/usr/bin/erl", "-noinput", "-start_epmd", "false",
             "-mnesia", "dir", '"%s/db"' % self.dir, "-s", "ejabberd",
             "-eval", REGISTER.format(dom=XMPP_DOMAIN, groups=groups,
                                      users=words(self.users))],
            ERL_LIBS=self._libraries(), EJABBERD_CONFIG_PATH=cfg,
            EJABBERD_LOG_PATH=self.dir + "/ejabberd.log")

    @staticmethod
    def _libraries():
        found = glob.glob("/usr/lib/*/ejabberd-[0-9]*/ebin/ejabberd.app")
        if not found:
            raise RuntimeError("ejabberd is not installed")
        return found[0].rsplit("/", 3)[0]


class Inspircd(_Server):
    name = "inspircd"

    def _start(self):
        cfg = self._write("inspircd.conf", INSPIRCD_CFG.format(
            name=IRC_SERVER, port=self.port, d=self.dir))
        self._spawn(["/usr/sbin/inspircd", "--nofork", "--config=" + cfg])
