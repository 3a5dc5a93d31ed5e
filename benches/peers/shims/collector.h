/*
 * The three tasks of src/task.rs in C.
 *
 * In: what a parser tells, in document order, and the task as a constant, so that each parser's handlers are compiled
 * once for each task. Out: the answer. Parsers that know no namespaces get them resolved by scope.h for TASK_DOM, which
 * is the only one that needs them; otherwise they may give prefixes instead.
 */
#ifndef COLLECTOR_H
#define COLLECTOR_H

#include "allocations.h"
#include "digest.h"

enum task { TASK_EVENTS, TASK_ROUTE, TASK_DOM };

/* 1 the stream, 2 a stanza. */
enum { DEPTH_STREAM = 1, DEPTH_STANZA = 2, DEPTH_CHILD = 3 };

struct collector {
    uint32_t depth;
    /* Whether the stanza's child begun last is called `body`. */
    int is_body;
    uint64_t stanzas, elements, attributes, values, text;
    uint64_t sum, stanza, body;
    uint64_t tree, attribute_sum;
    /* The run of text in progress, for TASK_DOM. */
    char *run;
    size_t run_len, run_capacity;
    int out_of_memory;
};

#define COLLECT static inline __attribute__((always_inline))

COLLECT int collect_is(const char *name, size_t len, const char *word)
{
    return len == strlen(word) && memcmp(name, word, len) == 0;
}

COLLECT void collect_run(struct collector *c, const char *text, size_t len)
{
    if (len > 0)
        c->tree = digest_mix(c->tree ^ digest_whole(text, len), K3);
}

COLLECT void collect_end_run(struct collector *c)
{
    collect_run(c, c->run, c->run_len);
    c->run_len = 0;
}

COLLECT void collect_open(struct collector *c, enum task task, const char *ns, size_t ns_len, const char *local, size_t len)
{
    if (task == TASK_DOM)
        collect_end_run(c);
    c->depth++;
    if (task == TASK_ROUTE && c->depth == DEPTH_CHILD)
        c->is_body = collect_is(local, len, "body");
    if (c->depth < DEPTH_STANZA)
        return;
    switch (task) {
    case TASK_EVENTS:
        c->stanzas += c->depth == DEPTH_STANZA;
        c->elements++;
        break;
    case TASK_ROUTE:
        if (c->depth == DEPTH_STANZA) {
            c->stanza = digest_ends(local, len);
            c->body = 0;
        }
        break;
    case TASK_DOM:
        c->stanzas += c->depth == DEPTH_STANZA;
        c->tree = digest_mix(c->tree ^ digest_whole(ns, ns_len), digest_whole(local, len) ^ K1);
        break;
    }
}

COLLECT int collect_wants_attributes(const struct collector *c, enum task task)
{
    return task == TASK_ROUTE ? c->depth == DEPTH_STANZA : c->depth >= DEPTH_STANZA;
}

COLLECT void collect_head(struct collector *c, uint64_t key, const char *value, size_t len)
{
    c->stanza += digest_mix(digest_ends(value, len), key);
}

COLLECT void collect_attribute(struct collector *c, enum task task, const char *ns, size_t ns_len, const char *local,
                               size_t len, const char *value, size_t value_len)
{
    switch (task) {
    case TASK_EVENTS:
        c->attributes++;
        c->values += value_len;
        break;
    case TASK_ROUTE:
        if (ns_len > 0)
            break;
        if (collect_is(local, len, "to"))
            collect_head(c, K0, value, value_len);
        else if (collect_is(local, len, "from"))
            collect_head(c, K1, value, value_len);
        else if (collect_is(local, len, "id"))
            collect_head(c, K2, value, value_len);
        else if (collect_is(local, len, "type"))
            collect_head(c, K3, value, value_len);
        break;
    case TASK_DOM: {
        uint64_t name = digest_rotate(digest_whole(ns, ns_len), 1) ^ digest_whole(local, len);
        c->attribute_sum += digest_mix(c->tree ^ name, digest_whole(value, value_len) ^ K2);
        break;
    }
    }
}

/* A piece of text; more of the same run may follow. */
COLLECT void collect_piece(struct collector *c, enum task task, const char *text, size_t len)
{
    if (c->depth < DEPTH_STANZA)
        return;
    switch (task) {
    case TASK_EVENTS:
        c->text += len;
        break;
    case TASK_ROUTE:
        if (c->is_body && c->depth == DEPTH_CHILD)
            c->body += len;
        break;
    case TASK_DOM:
        if (c->run_len + len > c->run_capacity) {
            size_t capacity = 2 * (c->run_len + len) + 4096;
            char *run = (char *)counted_realloc(c->run, capacity);
            if (run == NULL) {
                c->out_of_memory = 1;
                return;
            }
            c->run = run;
            c->run_capacity = capacity;
        }
        memcpy(c->run + c->run_len, text, len);
        c->run_len += len;
        break;
    }
}

COLLECT void collect_close(struct collector *c, enum task task)
{
    if (task == TASK_DOM)
        collect_end_run(c);
    if (task == TASK_ROUTE && c->depth == DEPTH_STANZA) {
        c->stanzas++;
        c->sum = digest_mix(c->sum ^ c->stanza, K1 ^ c->body);
    }
    if (task == TASK_DOM && c->depth >= DEPTH_STANZA)
        c->tree = digest_mix(c->tree ^ K2, K0);
    c->depth--;
}

static inline void collect_answer(struct collector *c, enum task task, uint64_t answer[5])
{
    memset(answer, 0, 5 * sizeof answer[0]);
    answer[0] = c->stanzas;
    switch (task) {
    case TASK_EVENTS:
        answer[1] = c->elements;
        answer[2] = c->attributes;
        answer[3] = c->values;
        answer[4] = c->text;
        break;
    case TASK_ROUTE:
        answer[1] = c->sum;
        break;
    case TASK_DOM:
        answer[1] = c->tree;
        answer[2] = c->attribute_sum;
        break;
    }
    counted_free(c->run);
}

#endif
