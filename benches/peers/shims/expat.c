/* expat, with and without its namespace processing. */
#include <expat.h>

#include "scope.h"

/* Between namespace and local name; no namespace can hold it. */
#define SEPARATOR '\n'

struct state {
    struct collector collector;
    struct scope scope;
};

static void plain_start(struct state *s, enum task task, const char *name, const char **attributes);
static void plain_end(struct state *s, enum task task);
static void expanded_start(struct state *s, enum task task, const char *name, const char **attributes);

#define HANDLERS(NAME, TASK)                                                                                               \
    static void XMLCALL NAME##_plain_start(void *state, const char *name, const char **attributes)                         \
    {                                                                                                                      \
        plain_start(state, TASK, name, attributes);                                                                        \
    }                                                                                                                      \
    static void XMLCALL NAME##_plain_end(void *state, const char *name)                                                    \
    {                                                                                                                      \
        (void)name;                                                                                                        \
        plain_end(state, TASK);                                                                                            \
    }                                                                                                                      \
    static void XMLCALL NAME##_start(void *state, const char *name, const char **attributes)                               \
    {                                                                                                                      \
        expanded_start(state, TASK, name, attributes);                                                                     \
    }                                                                                                                      \
    static void XMLCALL NAME##_end(void *state, const char *name)                                                          \
    {                                                                                                                      \
        (void)name;                                                                                                        \
        collect_close(&((struct state *)state)->collector, TASK);                                                          \
    }                                                                                                                      \
    static void XMLCALL NAME##_text(void *state, const char *text, int len)                                                \
    {                                                                                                                      \
        collect_piece(&((struct state *)state)->collector, TASK, text, (size_t)len);                                       \
    }

HANDLERS(events, TASK_EVENTS)
HANDLERS(route, TASK_ROUTE)
HANDLERS(dom, TASK_DOM)

#define ROW(NAME) {{NAME##_plain_start, NAME##_start}, {NAME##_plain_end, NAME##_end}, NAME##_text}

static const struct {
    XML_StartElementHandler start[2];
    XML_EndElementHandler end[2];
    XML_CharacterDataHandler text;
} HANDLERS_OF[3] = {ROW(events), ROW(route), ROW(dom)};

static const XML_Memory_Handling_Suite MEMORY = {counted_malloc, counted_realloc, counted_free};

const char *peer_expat_version(void)
{
    return XML_ExpatVersion();
}

int peer_expat(int namespaces, int task, const char *bytes, size_t len, size_t chunk, uint64_t answer[5])
{
    static const char SEPARATORS[] = {SEPARATOR, 0};
    struct state state = {0};
    XML_Parser parser = XML_ParserCreate_MM("UTF-8", &MEMORY, namespaces ? SEPARATORS : NULL);
    enum XML_Status status = XML_STATUS_OK;
    int error = -1;
    if (parser == NULL)
        return error;
    XML_SetUserData(parser, &state);
    XML_SetElementHandler(parser, HANDLERS_OF[task].start[namespaces], HANDLERS_OF[task].end[namespaces]);
    XML_SetCharacterDataHandler(parser, HANDLERS_OF[task].text);
    for (size_t at = 0, end; at < len && status == XML_STATUS_OK; at = end) {
        end = len - at > chunk ? at + chunk : len;
        status = XML_Parse(parser, bytes + at, (int)(end - at), end == len);
    }
    error = status == XML_STATUS_OK ? 0 : (int)XML_GetErrorCode(parser);
    if (state.collector.out_of_memory || state.scope.out_of_memory)
        error = -1;
    XML_ParserFree(parser);
    collect_answer(&state.collector, (enum task)task, answer);
    scope_free(&state.scope);
    return error;
}

COLLECT void plain_start(struct state *s, enum task task, const char *name, const char **attributes)
{
    struct collector *c = &s->collector;
    if (task == TASK_DOM)
        for (const char **at = attributes; *at; at += 2)
            if (is_declaration_z(at[0]))
                scope_declare_attribute(&s->scope, c->depth + 1, at[0], strlen(at[0]), at[1], strlen(at[1]));
    collect_open_qname(c, &s->scope, task, name, strlen(name));
    if (!collect_wants_attributes(c, task))
        return;
    for (const char **at = attributes; *at; at += 2)
        if (!is_declaration_z(at[0]))
            collect_attribute_qname(c, &s->scope, task, at[0], strlen(at[0]), at[1], strlen(at[1]));
}

COLLECT void plain_end(struct state *s, enum task task)
{
    if (task == TASK_DOM)
        scope_leave(&s->scope, s->collector.depth);
    collect_close(&s->collector, task);
}

/* Where the namespace in `name` ends. */
COLLECT size_t namespace_of(const char *name)
{
    const char *end = strchr(name, SEPARATOR);
    return end ? (size_t)(end - name) : 0;
}

COLLECT void expanded_start(struct state *s, enum task task, const char *name, const char **attributes)
{
    struct collector *c = &s->collector;
    size_t ns_len = namespace_of(name);
    const char *local = name + ns_len + (ns_len > 0);
    collect_open(c, task, name, ns_len, local, strlen(local));
    if (!collect_wants_attributes(c, task))
        return;
    for (; *attributes; attributes += 2) {
        ns_len = task == TASK_EVENTS ? 0 : namespace_of(attributes[0]);
        local = attributes[0] + ns_len + (ns_len > 0);
        collect_attribute(c, task, attributes[0], ns_len, local, task == TASK_EVENTS ? 0 : strlen(local), attributes[1],
                          strlen(attributes[1]));
    }
}
