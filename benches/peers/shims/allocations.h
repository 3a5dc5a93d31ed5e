/* An allocator that counts while it is told to. */
#ifndef ALLOCATIONS_H
#define ALLOCATIONS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct allocations {
    uint64_t count;
    uint64_t bytes;
};

void *counted_malloc(size_t size);
void *counted_realloc(void *old, size_t size);
char *counted_strdup(const char *text);
void counted_free(void *old);

/* Counts from zero on, or stops; returns what was counted. */
struct allocations count_allocations(int on);

#ifdef __cplusplus
}
#endif

#endif
