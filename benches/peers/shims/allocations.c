#include "allocations.h"

#include <stdlib.h>
#include <string.h>

static struct allocations counted;
static int counting;

static void note(size_t size)
{
    if (counting) {
        counted.count++;
        counted.bytes += size;
    }
}

void *counted_malloc(size_t size)
{
    note(size);
    return malloc(size);
}

void *counted_realloc(void *old, size_t size)
{
    note(size);
    return realloc(old, size);
}

char *counted_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = counted_malloc(size);
    return copy ? memcpy(copy, text, size) : NULL;
}

void counted_free(void *old)
{
    free(old);
}

struct allocations count_allocations(int on)
{
    struct allocations so_far = counted;
    counting = on;
    if (on)
        counted = (struct allocations){0, 0};
    return so_far;
}
