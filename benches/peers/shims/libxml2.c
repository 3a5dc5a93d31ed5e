/* libxml2: its SAX2 interface, pushed. */
#include <libxml/parser.h>
#include <libxml/xmlversion.h>

#include "collector.h"

#define TEXT(STRING) ((const char *)(STRING))

static size_t length(const xmlChar *text)
{
    return text ? strlen(TEXT(text)) : 0;
}

COLLECT void start(struct collector *c, enum task task, const xmlChar *local, const xmlChar *ns, int count,
                   const xmlChar **attributes)
{
    collect_open(c, task, TEXT(ns), task == TASK_DOM ? length(ns) : 0, TEXT(local), strlen(TEXT(local)));
    if (!collect_wants_attributes(c, task))
        return;
    /* Five for each: local name, prefix, namespace, begin and end of the value. */
    for (const xmlChar **at = attributes; count > 0; count--, at += 5)
        collect_attribute(c, task, TEXT(at[2]), task == TASK_EVENTS ? 0 : length(at[2]), TEXT(at[0]), length(at[0]),
                          TEXT(at[3]), (size_t)(at[4] - at[3]));
}

#define HANDLERS(NAME, TASK)                                                                                               \
    static void NAME##_start(void *state, const xmlChar *local, const xmlChar *prefix, const xmlChar *ns,                  \
                             int declarations, const xmlChar **declared, int count, int defaulted,                         \
                             const xmlChar **attributes)                                                                   \
    {                                                                                                                      \
        (void)prefix, (void)declarations, (void)declared, (void)defaulted;                                                 \
        start(state, TASK, local, ns, count, attributes);                                                                  \
    }                                                                                                                      \
    static void NAME##_end(void *state, const xmlChar *local, const xmlChar *prefix, const xmlChar *ns)                    \
    {                                                                                                                      \
        (void)local, (void)prefix, (void)ns;                                                                               \
        collect_close(state, TASK);                                                                                        \
    }                                                                                                                      \
    static void NAME##_text(void *state, const xmlChar *text, int len)                                                     \
    {                                                                                                                      \
        collect_piece(state, TASK, TEXT(text), (size_t)len);                                                               \
    }

HANDLERS(events, TASK_EVENTS)
HANDLERS(route, TASK_ROUTE)
HANDLERS(dom, TASK_DOM)

#define ROW(NAME) {NAME##_start, NAME##_end, NAME##_text}

static const struct {
    startElementNsSAX2Func start;
    endElementNsSAX2Func end;
    charactersSAXFunc text;
} HANDLERS_OF[3] = {ROW(events), ROW(route), ROW(dom)};

const char *peer_libxml2_version(void)
{
    return LIBXML_DOTTED_VERSION;
}

/* Before anything else of libxml2 is called. */
void peer_libxml2_begin(void)
{
    xmlMemSetup(counted_free, counted_malloc, counted_realloc, counted_strdup);
    xmlInitParser();
}

int peer_libxml2(int task, const char *bytes, size_t len, size_t chunk, uint64_t answer[5])
{
    struct collector collector = {0};
    xmlSAXHandler handler = {0};
    int error = 0;
    handler.initialized = XML_SAX2_MAGIC;
    handler.startElementNs = HANDLERS_OF[task].start;
    handler.endElementNs = HANDLERS_OF[task].end;
    handler.characters = HANDLERS_OF[task].text;
    handler.ignorableWhitespace = HANDLERS_OF[task].text;
    handler.cdataBlock = HANDLERS_OF[task].text;
    xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&handler, &collector, NULL, 0, NULL);
    if (parser == NULL)
        return -1;
    /* Without NOENT a reference to `&` stays a reference in attribute values. */
    xmlCtxtUseOptions(parser, XML_PARSE_NOENT | XML_PARSE_HUGE | XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    for (size_t at = 0, end; at < len && error == 0; at = end) {
        end = len - at > chunk ? at + chunk : len;
        error = xmlParseChunk(parser, bytes + at, (int)(end - at), end == len);
    }
    if (error == 0 && !(parser->wellFormed && parser->nsWellFormed))
        error = -1;
    if (collector.out_of_memory)
        error = -1;
    xmlFreeParserCtxt(parser);
    collect_answer(&collector, (enum task)task, answer);
    return error;
}
