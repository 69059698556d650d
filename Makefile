# SPDX-License-Identifier: GPL-2.0-or-later
# Eider: end-to-end encryption and metadata padding for libpurple.
# `make help` lists the targets.

# ---- what a user may set ---------------------------------------------------
CC      ?= cc
B       ?= build
CFLAGS  ?= -O2 -g
# auto: libsodium.a where there is one; shared: for packagers
SODIUM  ?= auto
# user folder by default; with PREFIX the system's
PREFIX  ?=
DESTDIR ?=
V       ?= 0

Q := $(if $(filter 1,$(V)),,@)
say = @printf '  %-7s %s\n' '$(1)' '$(2)'

# ---- flags -----------------------------------------------------------------
WARN   := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
          -Wpointer-arith -Wvla -Werror
isys    = $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(1)))
BASE   := -std=c11 -D_GNU_SOURCE -fPIC -fvisibility=hidden -fstack-protector-strong \
          -D_FORTIFY_SOURCE=2 -Iinclude $(WARN)
TEST_D := $(if $(TESTING),-DEIDER_TESTING=1,)
SODIUM_A := $(firstword $(wildcard $(shell pkg-config --variable=libdir libsodium 2>/dev/null)/libsodium.a))
SODIUM_LIBS = $(if $(and $(filter auto,$(SODIUM)),$(SODIUM_A)),$(SODIUM_A),$(shell pkg-config --libs libsodium))
SODIUM_CFLAGS := $(call isys,libsodium)
PLUGIN_LD := -shared -Wl,-z,defs -Wl,-z,relro,-z,now -Wl,--exclude-libs,ALL -Wl,-Bsymbolic

proto_CFLAGS  := $(SODIUM_CFLAGS)
core_CFLAGS    = $(call isys,glib-2.0)
purple_CFLAGS  = $(call isys,purple)
gtk_CFLAGS     = $(call isys,pidgin gtk+-2.0)

obj  = $(patsubst %.c,$(B)/%.o,$(sort $(wildcard plugin/$(1)/*.c)))
PROTO  := $(call obj,proto)
CORE   := $(call obj,core)
PURPLE := $(call obj,purple)
GTK    := $(call obj,gtk)

# ---- the two plugins -------------------------------------------------------
.PHONY: all
all: $(B)/eider.so $(B)/eider-gtk.so

$(B)/eider.so: $(PROTO) $(CORE) $(PURPLE)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(PLUGIN_LD) -o $@ $^ $(SODIUM_LIBS) $$(pkg-config --libs purple glib-2.0) $(LDFLAGS)

$(B)/plugin/gtk/icons.o: $(B)/icons.c
	$(call say,CC,$<)
	$(Q)$(CC) $(BASE) $(CFLAGS) $(call isys,gio-2.0) -c -o $@ $<

$(B)/eider-gtk.so: $(GTK)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(PLUGIN_LD) -Wl,--unresolved-symbols=ignore-in-object-files -o $@ $^ $$(pkg-config --libs purple gtk+-2.0) $(LDFLAGS)

define folder
$(B)/plugin/$(1)/%.o: plugin/$(1)/%.c
	@mkdir -p $$(@D)
	$$(call say,CC,$$<)
	$$(Q)$$(CC) $$(BASE) $$(CFLAGS) $$(TEST_D) $$($(1)_CFLAGS) -MMD -MP -c -o $$@ $$<
endef
$(foreach f,proto core purple gtk,$(eval $(call folder,$(f))))

# ---- tests -----------------------------------------------------------------
UNIT := $(patsubst %.c,$(B)/%.o,$(sort $(wildcard tests/unit/*.c)))
$(B)/tests/%.o: tests/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(BASE) $(CFLAGS) -Itests $(SODIUM_CFLAGS) $(call isys,glib-2.0 check) -MMD -MP -c -o $@ $<

$(B)/unit: $(UNIT) $(PROTO) $(CORE)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(SODIUM_LIBS) $$(pkg-config --libs glib-2.0 check) $(LDFLAGS)

-include $(shell find $(B) -name '*.d' 2>/dev/null)
