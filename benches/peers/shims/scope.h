/*
 * Namespaces for parsers that know none: what their users have to write themselves. A prefix that is not bound is not
 * found out. src/scope.rs is the same in Rust.
 */
#ifndef SCOPE_H
#define SCOPE_H

#include "collector.h"

struct binding {
    size_t prefix, prefix_len, name, name_len;
    uint32_t depth;
};

/* Bindings, innermost last; their strings one behind the other. */
struct scope {
    struct binding *bindings;
    size_t count, capacity;
    char *bytes;
    size_t len, bytes_capacity;
    int out_of_memory;
};

static inline size_t scope_keep(struct scope *s, const char *text, size_t len)
{
    size_t at = s->len;
    memcpy(s->bytes + at, text, len);
    s->len += len;
    return at;
}

static inline int scope_reserve(struct scope *s, size_t more)
{
    if (s->count == s->capacity) {
        size_t capacity = 2 * s->capacity + 16;
        void *bindings = counted_realloc(s->bindings, capacity * sizeof s->bindings[0]);
        if (bindings == NULL)
            return 0;
        s->bindings = (struct binding *)bindings;
        s->capacity = capacity;
    }
    if (s->len + more > s->bytes_capacity) {
        size_t capacity = 2 * (s->len + more) + 1024;
        void *bytes = counted_realloc(s->bytes, capacity);
        if (bytes == NULL)
            return 0;
        s->bytes = (char *)bytes;
        s->bytes_capacity = capacity;
    }
    return 1;
}

static inline void scope_declare(struct scope *s, uint32_t depth, const char *prefix, size_t prefix_len, const char *name,
                                 size_t name_len)
{
    if (!scope_reserve(s, prefix_len + name_len)) {
        s->out_of_memory = 1;
        return;
    }
    struct binding *binding = &s->bindings[s->count++];
    binding->depth = depth;
    binding->prefix_len = prefix_len;
    binding->name_len = name_len;
    binding->prefix = scope_keep(s, prefix, prefix_len);
    binding->name = scope_keep(s, name, name_len);
}

/* Forgets what elements at `depth` and below declared. */
static inline void scope_leave(struct scope *s, uint32_t depth)
{
    while (s->count > 0 && s->bindings[s->count - 1].depth >= depth) {
        s->count--;
        s->len = s->bindings[s->count].prefix;
    }
}

static inline const char *scope_find(const struct scope *s, const char *prefix, size_t prefix_len, size_t *len)
{
    static const char XML[] = "http://www.w3.org/XML/1998/namespace";
    for (size_t at = s->count; at-- > 0;) {
        const struct binding *binding = &s->bindings[at];
        if (binding->prefix_len == prefix_len && memcmp(s->bytes + binding->prefix, prefix, prefix_len) == 0) {
            *len = binding->name_len;
            return s->bytes + binding->name;
        }
    }
    *len = collect_is(prefix, prefix_len, "xml") ? sizeof XML - 1 : 0;
    return XML;
}

static inline void scope_free(struct scope *s)
{
    counted_free(s->bindings);
    counted_free(s->bytes);
}

/* A name as written: the length of its prefix, and where the local part begins. */
struct qname {
    const char *text;
    size_t prefix_len, local, len;
};

COLLECT struct qname qname_of(const char *text, size_t len)
{
    const char *colon = (const char *)memchr(text, ':', len);
    struct qname name = {text, colon ? (size_t)(colon - text) : 0, colon ? (size_t)(colon - text) + 1 : 0, len};
    return name;
}

COLLECT int is_declaration(const char *name, size_t len)
{
    return len >= 5 && memcmp(name, "xmlns", 5) == 0 && (len == 5 || name[5] == ':');
}

/* The same of a name that ends with a zero, of whose octets no more are looked at than are needed. */
COLLECT int is_declaration_z(const char *name)
{
    return name[0] == 'x' && name[1] == 'm' && name[2] == 'l' && name[3] == 'n' && name[4] == 's' &&
           (name[5] == 0 || name[5] == ':');
}

COLLECT void scope_declare_attribute(struct scope *s, uint32_t depth, const char *name, size_t len, const char *value,
                                     size_t value_len)
{
    size_t skip = len == 5 ? 5 : 6;
    scope_declare(s, depth, name + skip, len - skip, value, value_len);
}

/* Begins an element whose declarations are in the scope. */
COLLECT void collect_open_qname(struct collector *c, const struct scope *s, enum task task, const char *text, size_t len)
{
    if (task == TASK_EVENTS) {
        collect_open(c, task, "", 0, text, len);
        return;
    }
    struct qname name = qname_of(text, len);
    const char *ns = "";
    size_t ns_len = 0;
    if (task == TASK_DOM)
        ns = scope_find(s, text, name.prefix_len, &ns_len);
    collect_open(c, task, ns, ns_len, text + name.local, len - name.local);
}

/* Takes an attribute that is no declaration. */
COLLECT void collect_attribute_qname(struct collector *c, const struct scope *s, enum task task, const char *text, size_t len,
                                     const char *value, size_t value_len)
{
    if (task == TASK_EVENTS) {
        collect_attribute(c, task, "", 0, text, len, value, value_len);
        return;
    }
    struct qname name = qname_of(text, len);
    const char *ns = text;
    size_t ns_len = name.prefix_len;
    if (task == TASK_DOM && name.prefix_len > 0)
        ns = scope_find(s, text, name.prefix_len, &ns_len);
    collect_attribute(c, task, ns, ns_len, text + name.local, len - name.local, value, value_len);
}

#endif
