/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the three sizes of everything that is sent, and the line of letters
 * and digits that carries a frame through any text channel.
 *
 *     frame 280 / 1400 / 5600 bytes  <──base62──>  line 391 / 1931 / 7706
 *
 * Knows nothing of what is in a frame.
 *
 * Spec: PROTOCOL.md, "Lines", "Padding".  Vectors: tests/vectors/armor.txt, pad.txt.
 */
#ifndef EIDER_FRAME_H
#define EIDER_FRAME_H

#include "eider/mem.h"

typedef enum { EIDER_S, EIDER_M, EIDER_L, EIDER_SIZES } eider_size;

#define EIDER_FRAME_S   280
#define EIDER_FRAME_M   1400
#define EIDER_FRAME_L   5600
#define EIDER_FRAME_MAX EIDER_FRAME_L
#define EIDER_LINE_S    391
#define EIDER_LINE_M    1931
#define EIDER_LINE_L    7706
#define EIDER_LINE_MAX  EIDER_LINE_L
#define EIDER_BODY_MAX  5520 /* of an L frame */

/* What a line begins with; a letter for the size follows. */
#define EIDER_MAGIC "EIDER"
/* So many base62 characters after magic and letter make a damaged line. */
#define EIDER_DAMAGED_MIN 64

typedef struct {
    eider_size size;
    uint8_t b[EIDER_FRAME_MAX]; /* the first eider_frame_len(size) count */
} eider_frame;

size_t eider_frame_len(eider_size s); /* 280, 1400, 5600 */
size_t eider_line_len(eider_size s);  /* 391, 1931, 7706 */
size_t eider_body_len(eider_size s);  /* 200, 1320, 5520: a data frame's body */
size_t eider_text_room(eider_size s); /* 173, 1293, 5493: text in one frame */

/* The largest size whose line fits @line_max; S where nothing fits. */
eider_size eider_size_for(size_t line_max);

/* Write the line and a zero: @out has EIDER_LINE_MAX + 1 bytes. */
void eider_line_encode(const eider_frame *f, char *out);

typedef enum {
    EIDER_LINE_NONE,  /* ordinary text */
    EIDER_LINE_FRAME, /* @out holds the frame of the first line that decodes */
    EIDER_LINE_DAMAGED, /* was a line once: swallow, nothing to open */
} eider_line_kind;

/* Search @n bytes of received text, in whatever tags, prefixes and quotes. */
eider_line_kind eider_line_find(const char *text, size_t n, eider_frame *out);

/*
 * How a text of @len bytes leaves where lines of @largest are allowed: in one
 * frame of the smallest size that holds it, else in parts of @largest.  The
 * caller cuts (not inside a character, a tag or an entity), so the number of
 * parts is what it says; this gives the size for one part.
 */
eider_size eider_pad_size(size_t len, eider_size largest);

/* The number of lines that @parts (1 to 32) are filled up to with cover
 * frames: 1, 2, 3, 4, 6, 8, 12, 16, 24 or 32. */
unsigned eider_pad_lines(unsigned parts);

#endif
