/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the HTML that travels, and nothing else.
 *
 * What people type arrives as whatever markup the client makes; what a peer
 * sends may be anything.  Both go through the same door: only b, i, u, s,
 * a href (http, https, mailto, xmpp, irc, ftp), br and the entities lt, gt,
 * amp, quot leave it, balanced and canonical.  Fonts, colours, images, comments and
 * control characters do not.
 *
 * Spec: PROTOCOL.md, "Records" (text).
 */
#ifndef EIDER_MARKUP_H
#define EIDER_MARKUP_H

#include <stdbool.h>
#include <stddef.h>

/*
 * From any markup to what is sent: plain text (LF for a line break, no
 * entities) where no formatting is left, else canonical HTML.
 *
 * Out:      is_html
 * Returns:  valid UTF-8, free with g_free(); never NULL
 */
char *eider_markup_pack(const char *html, bool *is_html);

/* From what arrived (@n bytes, hostile) to HTML that is safe to show; g_free().
 * Plain text is escaped; HTML goes through the same door as above. */
char *eider_markup_show(const char *text, size_t n, bool is_html);

/* The same text without a tag, g_free(): LF for a line break, the address of a
 * link behind its words; entities stay.  For a text with more tags than a
 * client bears. */
char *eider_markup_plain(const char *html);

/*
 * Where to cut: the length of the longest beginning of @text (@n bytes) that
 * has at most @room bytes and does not end inside a character, a tag or an
 * entity.  At least 1 for n > 0 (a tag longer than the room is cut hard, at a
 * character).
 */
size_t eider_markup_cut(const char *text, size_t n, bool is_html, size_t room);

/* Does the markup hold an inline image of the client (<IMG ID=...>)? */
bool eider_markup_has_image(const char *html);

#endif
