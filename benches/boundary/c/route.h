#ifndef ROUTE_H
#define ROUTE_H

#include <stddef.h>
#include <stdint.h>

/* What was read, to be compared. */
struct answer {
    uint64_t stanzas;
    uint64_t digest;
};

/* Reads `stream` in pieces and adds to `answer`. Answers 0, or the number of what went wrong. */
int32_t route(const uint8_t *stream, size_t len, size_t piece, struct answer *answer);

#endif
