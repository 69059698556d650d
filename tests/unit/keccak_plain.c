/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keccak as it runs on a processor without AVX2, under other names. */
#define EIDER_KECCAK_PLAIN
#define eider_keccak_init        plain_keccak_init
#define eider_keccak_absorb      plain_keccak_absorb
#define eider_keccak_finish      plain_keccak_finish
#define eider_keccak_squeeze     plain_keccak_squeeze
#define eider_keccak_hash        plain_keccak_hash
#define eider_keccak_fours_start plain_keccak_fours_start
#define eider_keccak_fours_next  plain_keccak_fours_next

#include "../../plugin/proto/keccak.c"
