/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: what is kept on disk, sealed.
 *
 *     engine ──pickles──▶ eider_store ──sealed bytes──▶ eider_files ──▶ disk
 *
 * eider_files is the only thing that touches a disk; tests put memory, full
 * disks and crashes in its place.  eider_store seals: each file has a magic, a
 * version, a generation, a nonce and XChaCha20-Poly1305 under a key derived
 * from the master key and the file's name, padded to 4, 16, 64 or 256 KiB (and
 * on by factors of four).  Names of contacts are hashed with a key.
 *
 * Invariants
 *   1. A write is durable and whole when it returns EIDER_OK, and changes
 *      nothing when it does not.
 *   2. What cannot be read (damaged, foreign, newer version) is never
 *      overwritten and never deleted.
 *   3. One process at a time.
 *
 * Not thread-safe, but for eider_master_unwrap() and eider_master_wrap(), which
 * touch no store.
 *
 * Spec: PROTOCOL.md 12.
 */
#ifndef EIDER_STORE_H
#define EIDER_STORE_H

#include "eider/mem.h"

/* Names are relative: "master", "index", "s/<hex>". */
typedef struct {
    void *data;
    /* Append the whole file to @out.  EIDER_E_MISSING; EIDER_E_STORE. */
    eider_err (*read)(void *data, const char *name, eider_buf *out);
    /* Atomic and durable (O_EXCL 0600, fsync, rename, fsync of the folder). */
    eider_err (*write)(void *data, const char *name, eider_slice bytes);
    eider_err (*remove)(void *data, const char *name); /* missing is OK */
    /* The second copy of a file's generation, kept elsewhere; 0 if unknown.
     * Best effort: never fails, never durable before its file is. */
    uint64_t (*read_mark)(void *data, const char *name);
    void (*write_mark)(void *data, const char *name, uint64_t generation);
    /* Path and reason of the last EIDER_E_STORE or EIDER_E_LOCKED, for people;
     * never NULL, valid until the next call. */
    const char *(*why)(void *data);
    /*
     * Overwrite bytes of a file that is there and long enough, durably, with
     * one sync instead of two and a rename.  Not atomic: a crash may leave
     * anything in these bytes and changes no others.  EIDER_E_MISSING: cannot
     * be done to this file, write it whole.  And the same with zeros, best
     * effort, some time.  Both NULL: files are only written whole.
     */
    eider_err (*patch)(void *data, const char *name, size_t at,
                       eider_slice bytes);
    void (*scrub)(void *data, const char *name, size_t at, size_t n);
} eider_files;

/*
 * A folder on a real disk, made (0700) if it is not there, locked by fcntl
 * until closed.
 *
 * In:       state_dir  for second copies of generations; NULL: none
 * Out:      why        on error a sentence fragment ("/x/eider/lock: held by
 *                      process 4711"), free with free(); else NULL
 * Returns:  EIDER_OK, EIDER_E_LOCKED (another process), EIDER_E_STORE
 */
EIDER_MUST_USE eider_err eider_files_open(eider_files *out, const char *dir,
                                          const char *state_dir, char **why);
void eider_files_close(eider_files *f);

/* Successful writes in this process, for tests that count them. */
uint64_t eider_files_writes(const eider_files *f);

typedef struct eider_store eider_store;

/*
 * Open the store on @files (borrowed; outlives the store), making a new master
 * key where nothing is there yet.
 *
 * In:       key  from eider_master_unwrap(), or NULL for a store without a
 *                passphrase
 * Returns:  EIDER_OK
 *           EIDER_E_LOCKED  the master key wants a passphrase
 *           EIDER_E_STORE   unreadable, damaged, foreign or a newer version
 */
EIDER_MUST_USE eider_err eider_store_open(eider_store **out,
                                          const eider_files *files,
                                          const eider_secret *key);
void eider_store_close(eider_store *s); /* wipes; NULL is fine */

/*
 * The slow half of opening with a passphrase (Argon2id, a second and 256 MiB):
 * may run in a thread.
 *
 * In:       master  the bytes of the file "master"
 * Returns:  EIDER_OK, EIDER_E_AUTH (wrong passphrase), EIDER_E_STORE (no such
 *           file format), EIDER_E_STATE (it has no passphrase),
 *           EIDER_E_INTERNAL (no memory for Argon2id)
 */
EIDER_MUST_USE eider_err eider_master_unwrap(eider_slice master,
                                             const char *pass, size_t n,
                                             eider_secret *key);

/* The same in three steps, for a client that must not freeze: copy the key,
 * wrap it in a thread (EIDER_E_INTERNAL: no memory), write what came out. */
void eider_store_copy_key(const eider_store *s, eider_secret *out);
EIDER_MUST_USE eider_err eider_master_wrap(const eider_secret *key,
                                           const char *pass, size_t n,
                                           eider_buf *master);
EIDER_MUST_USE eider_err eider_store_put_master(eider_store *s,
                                                eider_slice master);

/* Wrap the master key anew; @pass NULL removes the passphrase.  Slow. */
EIDER_MUST_USE eider_err eider_store_set_passphrase(eider_store *s,
                                                    const char *pass, size_t n);
bool eider_store_has_passphrase(const eider_store *s);

/* The stored name for (account, peer): "s/" and 32 hex digits, a zero. */
#define EIDER_STORE_NAME_LEN 34
void eider_store_name(const eider_store *s, const char *account,
                      const char *peer, char out[EIDER_STORE_NAME_LEN + 1]);

/*
 * Read, write, remove one sealed file.
 *
 * Out:      restored  (may be NULL) true when the second copy of its
 *                     generation is ahead: this file was put back, or, with
 *                     EIDER_E_MISSING, taken away
 * Returns:  EIDER_OK, EIDER_E_MISSING, EIDER_E_STORE
 */
EIDER_MUST_USE eider_err eider_store_get(eider_store *s, const char *name,
                                         eider_buf *out, bool *restored);
EIDER_MUST_USE eider_err eider_store_put(eider_store *s, const char *name,
                                         eider_slice data);
EIDER_MUST_USE eider_err eider_store_remove(eider_store *s, const char *name);

/* The generation of a file that was read or written since the start; else 0. */
uint64_t eider_store_generation(const eider_store *s, const char *name);

/* Path and reason of the last failure, for people; never NULL.  NULL: of the
 * last eider_store_open() that failed. */
const char *eider_store_why(const eider_store *s);

#endif
