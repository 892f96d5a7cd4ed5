#ifndef CSQLITE_MEMORY_H
#define CSQLITE_MEMORY_H

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* SQLite's memory where one thread uses it. A call asks for thousands of small pieces, to read the schema and to prepare
   statements, and malloc(3) and free(3) were a sixth of its instructions. Here a piece is cut off a larger one, or is one of
   the same length that was given back. What was given back stays here: the next statement needs as much. Pieces that are
   larger than a page of the cache are left to malloc(3). */
enum { CSQLITE_STEP = 16, CSQLITE_LARGEST_PIECE = 2048, CSQLITE_CHUNK = 64 << 10 };

/* What stands before each piece: its size, or, where it was given back, the next of that size. A piece is aligned to eight
   bytes, as SQLite wants it. */
typedef union csqlite_piece {
    sqlite3_int64 size;
    union csqlite_piece *next;
} csqlite_piece;

typedef struct {
    /* Those that were given back, by their length in steps. */
    csqlite_piece *free[CSQLITE_LARGEST_PIECE / CSQLITE_STEP + 1];
    /* What is left of the chunk. */
    char *start, *end;
} csqlite_memory;

/* In a function, since Swift builds no variable of a header. */
static csqlite_memory *csqlite_all(void) {
    static csqlite_memory memory;
    return &memory;
}

/* With what stands before it a piece is as long as some steps. */
static int csqlite_round_up(int bytes) {
    return ((bytes + (int)sizeof(csqlite_piece) + CSQLITE_STEP - 1) & ~(CSQLITE_STEP - 1)) - (int)sizeof(csqlite_piece);
}

static void *csqlite_allocate(int bytes) {
    csqlite_memory *memory = csqlite_all();
    int size = csqlite_round_up(bytes), length = size + (int)sizeof(csqlite_piece);
    csqlite_piece *piece;
    if (length > CSQLITE_LARGEST_PIECE) {
        piece = malloc((size_t)length);
        if (!piece) return 0;
    } else if (memory->free[length / CSQLITE_STEP]) {
        piece = memory->free[length / CSQLITE_STEP];
        memory->free[length / CSQLITE_STEP] = piece->next;
    } else {
        if (memory->end - memory->start < length) {
            char *chunk = malloc(CSQLITE_CHUNK);
            if (!chunk) return 0;
            memory->start = chunk;
            memory->end = chunk + CSQLITE_CHUNK;
        }
        piece = (csqlite_piece *)memory->start;
        memory->start += length;
    }
    piece->size = size;
    return piece + 1;
}

static int csqlite_size_of(void *bytes) { return bytes ? (int)((csqlite_piece *)bytes - 1)->size : 0; }

static void csqlite_give_back(void *bytes) {
    csqlite_memory *memory = csqlite_all();
    csqlite_piece *piece = (csqlite_piece *)bytes - 1;
    int length = (int)piece->size + (int)sizeof(csqlite_piece);
    if (length > CSQLITE_LARGEST_PIECE) {
        free(piece);
    } else {
        piece->next = memory->free[length / CSQLITE_STEP];
        memory->free[length / CSQLITE_STEP] = piece;
    }
}

static void *csqlite_reallocate(void *bytes, int size) {
    csqlite_piece *piece = (csqlite_piece *)bytes - 1;
    int length = (int)piece->size + (int)sizeof(csqlite_piece), rounded = csqlite_round_up(size);
    if (length > CSQLITE_LARGEST_PIECE && rounded + (int)sizeof(csqlite_piece) > CSQLITE_LARGEST_PIECE) {
        piece = realloc(piece, (size_t)rounded + sizeof(csqlite_piece));
        if (!piece) return 0;
        piece->size = rounded;
        return piece + 1;
    }
    void *other = csqlite_allocate(size);
    if (!other) return 0;
    memcpy(other, bytes, (size_t)(rounded < piece->size ? rounded : piece->size));
    csqlite_give_back(bytes);
    return other;
}

static int csqlite_begin_memory(void *unused) {
    (void)unused;
    return SQLITE_OK;
}

static void csqlite_end_memory(void *unused) { (void)unused; }

static inline int csqlite_own_memory(void) {
    sqlite3_mem_methods methods = {csqlite_allocate, csqlite_give_back, csqlite_reallocate, csqlite_size_of,
        csqlite_round_up, csqlite_begin_memory, csqlite_end_memory, 0};
    return sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}

#endif
