# SPDX-License-Identifier: GPL-2.0-or-later
# Eider: end-to-end encryption and metadata padding for libpurple.
# `make help` lists the targets.

VERSION := 0.1

# ---- what a user may set ----------------------------------------------------
ifeq ($(origin CC),default)
CC      := gcc
endif
B       ?= build#          build folder
CFLAGS  ?= -O2 -g
SODIUM  ?= auto#           auto: libsodium.a where there is one; shared
PREFIX  ?=#                none: the user's own plugin folder
DESTDIR ?=
TESTING ?=#                1: timers and crashes by environment; not to be installed
V       ?= 0#              1: show the commands

B := $(strip $(B))
Q := $(if $(filter 1,$(V)),,@)
say = @printf '  %-7s %s\n' '$(1)' '$(2)'

comma := ,

# ---- flags ------------------------------------------------------------------
WARN   := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
          -Wpointer-arith -Wvla -Werror
# Where the compiler does not know one of them it does without.
knows   = $(shell $(CC) -Werror $(1) -x c -E /dev/null >/dev/null 2>&1 && echo '$(1)')
HARDEN := -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 \
          $(call knows,-fstack-clash-protection) $(call knows,-fcf-protection)
# The same source makes the same bits, in whatever folder it lies.
SAME   := -ffile-prefix-map=$(CURDIR)=.
BASE   := -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DEIDER_VERSION='"$(VERSION)"' -fPIC -fvisibility=hidden $(HARDEN) $(SAME) -Iinclude $(WARN)
COVER  ?=#               what a fuzzer wants in the plugins' code, and in no other
TEST_D := $(if $(filter 1,$(TESTING)),-DEIDER_TESTING=1)
# The headers of others are not ours to warn about.
isys    = $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(1) 2>/dev/null))

SODIUM_A      := $(wildcard $(shell pkg-config --variable=libdir libsodium 2>/dev/null)/libsodium.a)
SODIUM_LIBS   ?= $(if $(and $(filter auto,$(strip $(SODIUM))),$(SODIUM_A)),$(SODIUM_A),$(shell pkg-config --libs libsodium 2>/dev/null))
SODIUM_CFLAGS ?= $(call isys,libsodium)
PLUGIN_LD := -shared -Wl,-z,relro,-z,now -Wl,--exclude-libs,ALL -Wl,-Bsymbolic

proto_CFLAGS  := $(SODIUM_CFLAGS)
core_CFLAGS   := $(call isys,glib-2.0)
purple_CFLAGS := $(call isys,purple gio-2.0)
gtk_CFLAGS    := $(call isys,pidgin gtk+-2.0)

obj     = $(patsubst %.c,$(B)/%.o,$(sort $(wildcard plugin/$(1)/*.c)))
PROTO  := $(call obj,proto)
CORE   := $(call obj,core)
PURPLE := $(call obj,purple)
GTK    := $(call obj,gtk)

# ---- the two plugins --------------------------------------------------------
.PHONY: all
all: $(B)/eider.so $(B)/eider-gtk.so words

$(B)/eider.so: $(PROTO) $(CORE) $(PURPLE)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(PLUGIN_LD) -Wl,-z,defs -o $@ $^ $(SODIUM_LIBS) \
	    $$(pkg-config --libs purple gio-2.0 glib-2.0) -lm $(LDFLAGS)

# pidgin_* comes from the program itself, so -z defs cannot be used; the lint
# holds what is undefined against what Pidgin offers.
$(B)/eider-gtk.so: $(GTK) $(B)/icons/icons.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(PLUGIN_LD) -o $@ $^ \
	    $$(pkg-config --libs purple gtk+-2.0) $(LDFLAGS)

define folder
$(B)/plugin/$(1)/%.o: plugin/$(1)/%.c
	@mkdir -p $$(@D)
	$$(call say,CC,$$<)
	$$(Q)$$(CC) $$(BASE) $$(CFLAGS) $$(COVER) $$(TEST_D) $$($(1)_CFLAGS) -MMD -MP -c -o $$@ $$<
endef
$(foreach f,proto core purple gtk,$(eval $(call folder,$(f))))

# ---- icons: SVG to PNG to one object ----------------------------------------
ICON_SIZES := 16 22 24 32 48
MARK_SIZES := 10 12 14 16 20 24
pngs  = $(foreach s,$(1),$(foreach z,$(2),$(B)/icons/$(basename $(notdir $(s)))-$(z).png))
MARKS := $(wildcard icons/mark-*.svg)
ICONS := $(call pngs,$(filter-out $(MARKS),$(wildcard icons/*.svg)),$(ICON_SIZES)) $(call pngs,$(MARKS),$(MARK_SIZES))

define icon
$(B)/icons/%-$(1).png: icons/%.svg
	@mkdir -p $$(@D)
	$$(Q)rsvg-convert -w $(1) -h $(1) -o $$@ $$<
endef
$(foreach z,$(sort $(ICON_SIZES) $(MARK_SIZES)),$(eval $(call icon,$(z))))

$(B)/icons/icons.c: icons/icons.gresource.xml $(ICONS)
	$(call say,ICONS,$@)
	$(Q)glib-compile-resources --sourcedir=$(B)/icons --target=$@ \
	    --generate-source --internal --manual-register --c-name eider_icons $<

$(B)/icons/icons.o: $(B)/icons/icons.c
	$(Q)$(CC) -std=c11 -fPIC -fvisibility=hidden $(HARDEN) $(SAME) $(CFLAGS) $(call isys,gio-2.0) -c -o $@ $<

# ---- words ------------------------------------------------------------------
LANGS := $(shell cat po/LINGUAS)
MO    := $(LANGS:%=$(B)/locale/%/LC_MESSAGES/eider.mo)

.PHONY: words
words: $(MO)
$(B)/locale/%/LC_MESSAGES/eider.mo: po/%.po
	@mkdir -p $(@D)
	$(call say,WORDS,$@)
	$(Q)msgfmt --check --output-file=$@ $<

# Elsewhere the words lie beside the plugin.
ifneq ($(strip $(PREFIX)),)
$(B)/plugin/purple/plugin.o: BASE += -DEIDER_LOCALEDIR='"$(strip $(PREFIX))/share/locale"'
endif

# ---- installing -------------------------------------------------------------
USER_DIR   := $(HOME)/.purple/plugins
# Where libpurple and Pidgin look, below PREFIX.
system_dir  = $(shell pkg-config --define-variable=prefix=$(strip $(PREFIX)) --variable=plugindir $(1))
CORE_DIR   := $(DESTDIR)$(if $(strip $(PREFIX)),$(call system_dir,purple),$(USER_DIR))
LOCALE_DIR := $(if $(strip $(PREFIX)),$(DESTDIR)$(strip $(PREFIX))/share/locale,$(USER_DIR)/locale)
# Only where it is installed for everybody: a page to read, a name for the shops.
SHARE_DIR  := $(DESTDIR)$(strip $(PREFIX))/share
GTK_DIR    := $(DESTDIR)$(if $(strip $(PREFIX)),$(call system_dir,pidgin),$(USER_DIR))

.PHONY: install uninstall clean
install: all
	@if [ "$(TESTING)" = 1 ] || grep -q EIDER_TEST_TIME $(B)/eider.so; then \
	    echo 'This is a TESTING build: it is not to be installed.'; exit 1; fi
	$(Q)install -d '$(CORE_DIR)' '$(GTK_DIR)'
	$(Q)install -m 644 $(B)/eider.so '$(CORE_DIR)/eider.so'
	$(Q)install -m 644 $(B)/eider-gtk.so '$(GTK_DIR)/eider-gtk.so'
	$(Q)for l in $(LANGS); do \
	    install -D -m 644 $(B)/locale/$$l/LC_MESSAGES/eider.mo '$(LOCALE_DIR)'/$$l/LC_MESSAGES/eider.mo || exit; done
ifneq ($(strip $(PREFIX)),)
	$(Q)install -D -m 644 data/eider.7 '$(SHARE_DIR)/man/man7/eider.7'
	$(Q)install -D -m 644 data/im.eider.pidgin.metainfo.xml '$(SHARE_DIR)/metainfo/im.eider.pidgin.metainfo.xml'
endif
	@echo 'Installed. In Pidgin: Tools, Plugins, tick "Eider for Pidgin".'

uninstall:
	$(Q)rm -f '$(CORE_DIR)/eider.so' '$(GTK_DIR)/eider-gtk.so'
	$(Q)cd '$(LOCALE_DIR)' 2>/dev/null || exit 0; for l in $(LANGS); do rm -f $$l/LC_MESSAGES/eider.mo; \
	    rmdir -p --ignore-fail-on-non-empty $$l/LC_MESSAGES 2>/dev/null || :; done
	$(Q)rmdir --ignore-fail-on-non-empty '$(LOCALE_DIR)' 2>/dev/null || :
ifneq ($(strip $(PREFIX)),)
	$(Q)rm -f '$(SHARE_DIR)/man/man7/eider.7' '$(SHARE_DIR)/metainfo/im.eider.pidgin.metainfo.xml'
endif

clean:
	@case '$(B)' in .|..|/*|*..*|'') echo 'B=$(B) is no build folder'; exit 1;; esac
	$(Q)rm -rf '$(B)'

# ---- test programs ----------------------------------------------------------
tests_of = $(patsubst %.c,$(B)/%.o,$(sort $(wildcard tests/$(1)/*.c)))
UNIT     := $(call tests_of,unit)
WORLD    := $(patsubst %,$(B)/tests/unit/%.o,memfiles support world world_device world_disk world_env world_plain world_user)
SIM      := $(call tests_of,sim) $(WORLD)
HEADLESS := $(call tests_of,purple) $(B)/tests/unit/many.o
BENCH    := $(filter-out %/tabs.o,$(call tests_of,bench))
TEST_LIBS = $$(pkg-config --libs glib-2.0 check) -ldl -lm

$(B)/tests/%.o: tests/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(BASE) $(CFLAGS) -Itests -Iplugin $(SODIUM_CFLAGS) $(call isys,purple) $(call isys,glib-2.0 check) \
	    -MMD -MP -c -o $@ $<

# Of the face only what knows no GTK.
$(B)/unit: $(UNIT) $(PROTO) $(CORE) $(B)/plugin/gtk/seesmap.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(SODIUM_LIBS) $(TEST_LIBS) $(LDFLAGS)

$(B)/sim: $(SIM) $(PROTO) $(CORE)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(SODIUM_LIBS) $(TEST_LIBS) $(LDFLAGS)

# Somebody in between, with engines of his own, for the tap.
$(B)/middle: $(B)/tests/e2e/middle.o $(B)/tests/unit/memfiles.o $(PROTO) $(CORE)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(SODIUM_LIBS) $(TEST_LIBS) $(LDFLAGS)

# The core besides the loaded plugin: it makes stores for the plugin to meet.
$(B)/purple: $(HEADLESS) $(PROTO) $(CORE)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -rdynamic -o $@ $^ $(SODIUM_LIBS) $$(pkg-config --libs purple) $(TEST_LIBS) $(LDFLAGS)

# The peers to compare with, where they are installed (tests/deps.sh bench).
$(B)/bench: $(BENCH) $(WORLD) $(PROTO) $(CORE)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(SODIUM_LIBS) \
	    $$(pkg-config --libs libotr 2>/dev/null) $$(pkg-config --libs olm 2>/dev/null) $(TEST_LIBS) $(LDFLAGS)

# The inspector's window over the core, without Pidgin.
$(B)/tests/bench/gtk/%.o: tests/bench/gtk/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(BASE) $(CFLAGS) -Itests -Iplugin $(SODIUM_CFLAGS) $(gtk_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/bench-inspector: $(B)/tests/bench/gtk/inspector.o $(patsubst %,$(B)/plugin/gtk/%.o,ring ringcol ringrow ringown) \
    $(B)/tests/unit/memfiles.o $(PROTO) $(CORE)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(SODIUM_LIBS) $$(pkg-config --libs purple gtk+-2.0) $(TEST_LIBS) $(LDFLAGS)

# "What the server sees" over the real ledger, without Pidgin.
$(B)/bench-sees: $(patsubst %,$(B)/tests/bench/gtk/%.o,sees sees_around sees_made) \
    $(patsubst %,$(B)/plugin/gtk/%.o,sees seesbar seesdraw seesmap seesmove seesrow seessay seesshow fit still) \
    $(B)/tests/unit/memfiles.o $(PROTO) $(CORE)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(SODIUM_LIBS) $$(pkg-config --libs purple gtk+-2.0) $(TEST_LIBS) $(LDFLAGS)

# The engine under the virtual clock, as the server sees it.
$(B)/trace: $(call tests_of,leakage) $(WORLD) $(PROTO) $(CORE)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(SODIUM_LIBS) $(TEST_LIBS) $(LDFLAGS)

# Harnesses over what others can send (tests/fuzz): the replay of their corpora,
# and a program of libFuzzer's for each.  They bring libcheck's two functions
# themselves.
FUZZ     := line fragment record pack markup words pq handshake frame proof stored sealed disk backup notes talk
FUZZ_OWN := $(filter-out %/driver.o %/replay.o %/cheap.o,$(call tests_of,fuzz))
FUZZ_LIBS = $(SODIUM_LIBS) $$(pkg-config --libs glib-2.0) -ldl -lm
# The slow primitives, in whose places cheap.c comes.
FUZZ_WRAP := $(addprefix -Wl$(comma)--wrap=crypto_,scalarmult scalarmult_base core_ristretto255_scalar_random \
    core_ristretto255_from_hash scalarmult_ristretto255 pwhash kem_mlkem768_seed_keypair \
    kem_mlkem768_enc kem_mlkem768_enc_deterministic kem_mlkem768_dec \
    aead_xchacha20poly1305_ietf_encrypt aead_xchacha20poly1305_ietf_decrypt)

# Argon2id alone would take all its time; the others stay what they are.
$(B)/fuzz-replay: $(B)/tests/fuzz/replay.o $(FUZZ_OWN) $(WORLD) $(PROTO) $(CORE)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -Wl,--wrap=crypto_pwhash -o $@ $^ $(FUZZ_LIBS) $(LDFLAGS)

$(B)/libfuzz.a: $(FUZZ_OWN) $(WORLD) $(PROTO) $(CORE)
	$(Q)rm -f $@ && ar rcs $@ $^

.SECONDARY: $(B)/tests/fuzz/cheap.o
$(B)/fuzz/%: tests/fuzz/driver.c $(B)/tests/fuzz/cheap.o $(B)/libfuzz.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(BASE) $(CFLAGS) -Itests -DFUZZ_NAME=fuzz_$* $(FUZZ_WRAP) -fsanitize=fuzzer -o $@ $^ $(FUZZ_LIBS)

KEM_SRC := $(addprefix plugin/proto/,kem.c keccak.c mlkem768.c mlkem_poly.c)
$(B)/mlkem_equal: tests/oracle/mlkem_equal.c $(KEM_SRC)
	@mkdir -p $(@D)
	$(Q)$(CC) $(BASE) -O2 $(SODIUM_CFLAGS) -DEIDER_KEM_BESIDE -o $@ $^ $(SODIUM_LIBS) -ldl

# An engine behind a pipe, for the second implementation.
$(B)/peer: $(B)/tests/oracle/peer.o $(WORLD) $(PROTO) $(CORE)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(SODIUM_LIBS) $(TEST_LIBS) $(LDFLAGS)

# DWARF 4, as valgrind of Debian 12 cannot read what clang writes by default.
CTIME_O  ?= -O2
$(B)/ctime: tests/ctime/ctime.c $(KEM_SRC)
	@mkdir -p $(@D)
	$(Q)$(CC) $(BASE) $(CTIME_O) -g -gdwarf-4 $(SODIUM_CFLAGS) -DEIDER_KEM_BESIDE -DEIDER_CTIME -o $@ $^ $(SODIUM_LIBS)

# What open.c stands in for, to say what becomes public.
CTIME_SRC := tests/ctime/all.c tests/ctime/open.c tests/unit/memfiles.c $(wildcard plugin/proto/*.c) \
    $(patsubst %,plugin/core/%.c,store master halves files fd marks patch)
CTIME_WRAP := $(addprefix -Wl$(comma)--wrap=,$(addprefix eider_,equal public_is_equal aead_open noise_read stream pq_take hash) \
    sodium_is_zero crypto_scalarmult crypto_scalarmult_ristretto255 \
    crypto_aead_xchacha20poly1305_ietf_decrypt crypto_aead_chacha20poly1305_ietf_decrypt)
$(B)/ctime-all: $(CTIME_SRC) $(wildcard plugin/proto/*.h plugin/core/*.h include/eider/*.h)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(BASE) $(CTIME_O) -g -gdwarf-4 -Itests -Iplugin $(SODIUM_CFLAGS) $(core_CFLAGS) -DEIDER_CTIME \
	    $(CTIME_WRAP) -o $@ $(CTIME_SRC) $(SODIUM_LIBS) $$(pkg-config --libs glib-2.0)

-include $(shell find $(B)/plugin $(B)/tests -name '*.d' 2>/dev/null)

# ---- what a user calls ------------------------------------------------------
.PHONY: deps check check-long demo bench leakage fuzz coverage dist help
deps:
	@tests/deps.sh

check: deps
	@CC='$(CC)' tests/check.sh $(B)

check-long:
	@EIDER_LONG=1 tests/deps.sh
	@CC='$(CC)' EIDER_LONG=1 tests/check.sh $(B)

demo: deps
	@$(MAKE) --no-print-directory all
	@/usr/bin/python3 -B tests/demo/demo.py --so $(B)/eider.so --so $(B)/eider-gtk.so --out $(B)/demo

# ONLY="messages sizes" takes only some; all of it goes into docs/measured.md.
bench:
	@tests/deps.sh bench
	@$(MAKE) --no-print-directory all $(B)/bench $(B)/bench-inspector $(B)/bench-sees $(B)/purple
	@/usr/bin/python3 -B tests/bench/run.py --build $(B) $(ONLY)

# Three seeds and all tasks: a long run.  ONLY="sizes" takes some.
leakage:
	@tests/deps.sh leakage
	@$(MAKE) --no-print-directory $(B)/trace
	@OPENBLAS_NUM_THREADS=1 /usr/bin/python3 -B tests/leakage/run.py --build $(B) $(ONLY)

# Lines that unit tests, simulator and the fuzzers' corpora run; LINES=1 names the others.
COV := $(B)/coverage
coverage: deps
	@$(MAKE) --no-print-directory -j"$$(nproc)" B=$(COV) CC=gcc CFLAGS='-O0 -g --coverage' HARDEN= \
	    $(COV)/unit $(COV)/sim $(COV)/fuzz-replay
	$(Q)find $(COV) -name '*.gcda' -delete
	@/usr/bin/python3 -B tests/vectors/published.py $(COV)/published >/dev/null || true
	@EIDER_PUBLISHED=$(abspath $(COV)/published) $(COV)/unit | tail -n 1
	@SEED=20261126 $(COV)/sim | tail -n 1
	@$(COV)/fuzz-replay tests/fuzz/corpus | tail -n 1
	@/usr/bin/python3 -B tests/coverage.py $(COV) $(if $(LINES),--lines)

# What is committed, and nothing else; the same commit makes the same file.
dist:
	@mkdir -p $(B)
	$(Q)git archive --prefix=eider-$(VERSION)/ HEAD | xz -6 -T1 >$(B)/eider-$(VERSION).tar.xz
	@echo '$(B)/eider-$(VERSION).tar.xz'

# libFuzzer with ASan and UBSan, FUZZ_SECONDS for each harness; ONLY="talk frame"
# takes some.  What it finds stays in $(B)/fuzzing/work; see docs/fuzz.md.
FUZZ_SECONDS ?= 60
FUZZ_FLAGS   ?= -O2 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
FUZZ_BUILD   := $(B)/fuzzing
fuzz: deps
	@$(MAKE) --no-print-directory -j"$$(nproc)" B=$(FUZZ_BUILD) CC=clang HARDEN= CFLAGS='$(FUZZ_FLAGS)' \
	    COVER='-fsanitize=fuzzer-no-link -fno-sanitize-coverage=trace-cmp' $(FUZZ:%=$(FUZZ_BUILD)/fuzz/%)
	@/usr/bin/python3 -B tests/fuzz/run.py --programs $(FUZZ_BUILD)/fuzz --work $(FUZZ_BUILD)/work \
	    --seconds $(FUZZ_SECONDS) $(ONLY)

help:
	@printf '%s\n' \
	  'make             build $(B)/eider.so and $(B)/eider-gtk.so' \
	  'make demo        two Pidgins on a local server, and what the server sees' \
	  'make check       build and run all tests; check-long: the slow ones too' \
	  'make bench       beside libotr, libolm and their plugins; docs/measured.md' \
	  'make fuzz        attack every parser and whole conversations; FUZZ_SECONDS=60 each' \
	  'make coverage    lines that the tests run; LINES=1 names the others' \
	  'make leakage     what a server learns: attackers on the real engine; docs/measured.md' \
	  'make install     into ~/.purple/plugins, or PREFIX=/usr [DESTDIR=...]' \
	  'make uninstall   the same backwards, with the same PREFIX and DESTDIR' \
	  'make dist        $(B)/eider-$(VERSION).tar.xz of what is committed' \
	  'make deps        install what is missing (as root, or after a y)' \
	  'make clean       remove $(B)' \
	  'CC=clang  B=folder  SODIUM=shared  CFLAGS=...  V=1  TESTING=1'
