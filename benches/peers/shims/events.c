/* All that expat says of a text, namespaces processed, as records for the differential test. */
#include <expat.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Between namespace, local name and prefix; no text can hold it. */
#define SEPARATOR '\1'

/* What was met that XMPP leaves out of XML; the same bits in tests/differential/expat.rs. */
enum { SAW_COMMENT = 1, SAW_INSTRUCTION = 2, SAW_DOCTYPE = 4, SAW_OTHER_VERSION = 8, SAW_OTHER_ENCODING = 16 };

/* One letter, then strings that end with a zero each:
   D prefix namespace, a declaration for the element that follows; E name, its start; A name value, of that element;
   T text, adjacent ones as one; X, an element's end. */
struct log {
    char *bytes;
    size_t len, room;
    int in_text, out_of_memory;
    uint32_t saw;
};

struct verdict {
    int32_t error;
    uint32_t saw;
    uint64_t at;
};

static void append(struct log *log, const char *bytes, size_t len)
{
    if (log->len + len > log->room) {
        size_t room = 2 * (log->len + len) + 256;
        char *bigger = realloc(log->bytes, room);
        if (bigger == NULL) {
            log->out_of_memory = 1;
            return;
        }
        log->bytes = bigger;
        log->room = room;
    }
    memcpy(log->bytes + log->len, bytes, len);
    log->len += len;
}

static void string(struct log *log, const char *text)
{
    append(log, text ? text : "", text ? strlen(text) + 1 : 1);
}

static void record(struct log *log, char letter)
{
    if (log->in_text)
        append(log, "", 1);
    log->in_text = letter == 'T';
    append(log, &letter, 1);
}

static void XMLCALL on_declaration(void *log, const char *prefix, const char *ns)
{
    record(log, 'D');
    string(log, prefix);
    string(log, ns);
}

static void XMLCALL on_start(void *log, const char *name, const char **attributes)
{
    record(log, 'E');
    string(log, name);
    for (; *attributes; attributes += 2) {
        record(log, 'A');
        string(log, attributes[0]);
        string(log, attributes[1]);
    }
}

static void XMLCALL on_end(void *log, const char *name)
{
    (void)name;
    record(log, 'X');
}

static void XMLCALL on_text(void *state, const char *text, int len)
{
    struct log *log = state;
    if (!log->in_text)
        record(log, 'T');
    append(log, text, (size_t)len);
}

static void XMLCALL on_comment(void *log, const char *text)
{
    (void)text;
    ((struct log *)log)->saw |= SAW_COMMENT;
}

static void XMLCALL on_instruction(void *log, const char *target, const char *data)
{
    (void)target;
    (void)data;
    ((struct log *)log)->saw |= SAW_INSTRUCTION;
}

static void XMLCALL on_doctype(void *log, const char *name, const char *system, const char *public, int internal)
{
    (void)name;
    (void)system;
    (void)public;
    (void)internal;
    ((struct log *)log)->saw |= SAW_DOCTYPE;
}

static void XMLCALL on_xml_declaration(void *log, const char *version, const char *encoding, int standalone)
{
    (void)standalone;
    if (version == NULL || strcmp(version, "1.0") != 0)
        ((struct log *)log)->saw |= SAW_OTHER_VERSION;
    if (encoding != NULL && strcasecmp(encoding, "UTF-8") != 0)
        ((struct log *)log)->saw |= SAW_OTHER_ENCODING;
}

/* Reads `bytes` to their end. The records are the caller's, to be given to expat_events_free. */
char *expat_events(const char *bytes, size_t len, struct verdict *verdict, size_t *log_len)
{
    struct log log = {0};
    XML_Parser parser = XML_ParserCreateNS("UTF-8", SEPARATOR);
    verdict->error = -1;
    *log_len = 0;
    if (parser == NULL)
        return NULL;
    XML_SetReturnNSTriplet(parser, 1);
    XML_SetUserData(parser, &log);
    XML_SetNamespaceDeclHandler(parser, on_declaration, NULL);
    XML_SetElementHandler(parser, on_start, on_end);
    XML_SetCharacterDataHandler(parser, on_text);
    XML_SetCommentHandler(parser, on_comment);
    XML_SetProcessingInstructionHandler(parser, on_instruction);
    XML_SetStartDoctypeDeclHandler(parser, on_doctype);
    XML_SetXmlDeclHandler(parser, on_xml_declaration);
    int accepted = XML_Parse(parser, bytes, (int)len, 1) == XML_STATUS_OK;
    verdict->error = accepted ? 0 : (int32_t)XML_GetErrorCode(parser);
    verdict->at = (uint64_t)XML_GetCurrentByteIndex(parser);
    verdict->saw = log.saw;
    XML_ParserFree(parser);
    if (log.in_text)
        append(&log, "", 1);
    if (log.out_of_memory)
        verdict->error = -1;
    *log_len = log.len;
    return log.bytes;
}

void expat_events_free(char *bytes)
{
    free(bytes);
}

const char *expat_error(int32_t error)
{
    const char *text = XML_ErrorString((enum XML_Error)error);
    return text ? text : "no expat";
}
