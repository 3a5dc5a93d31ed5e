/*
 * split [FILE...]: reads documents whole and cut in two at every octet, and wants the same to come out.
 *
 * What comes out is all that the parser tells: units with names, attributes, texts and octets as received, in order,
 * then the error, its place, and what the end of input does. Without a FILE the documents are those below; a FILE holds
 * any number of them, each as a line, `stream` or `document` and its length in octets, then the octets. Exit code 0
 * where all is well.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tercet.h"

#define OPENING "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"

/* How a parser begins: tercet_parser_new or tercet_parser_new_document. */
typedef tercet_result begin(int32_t limits, tercet_parser **parser);

/* Streams: one of each construct, one of each fault, and what the end of input comes to. */
static const struct document {
    tercet_result result;
    const char *text;
} DOCUMENTS[] = {
    {TERCET_OK, "<?xml version='1.0' encoding='UTF-8'?>" OPENING "</stream:stream>"},
    {TERCET_OK, OPENING "<message from='romeo@example.net' to=\"juliet@example.com\" id='1' type='chat' xml:lang='en'>"
                        "<body>O &lt;3 &#x2764; \xE2\x9D\xA4 &amp;&quot;&apos;&gt;</body></message></stream:stream>"},
    {TERCET_OK, OPENING " \r\n<iq type='get' id='\xF0\x9F\x8E\xAD'><query xmlns='jabber:iq:roster' ver=''/></iq>\t"
                        "<presence/></stream:stream>"},
    {TERCET_OK, OPENING "<presence><x:c xmlns:x='urn:x' x:a='1' a='2'\n b = 'a&#10;b\tc'><![CDATA[<not & tags]]>]]"
                        "<d xmlns=''/>\r\n</x:c></presence></stream:stream>"},
    {TERCET_OK, OPENING "<a><b><c><d><e>deep</e></d></c></b><b/>mixed<b>text</b>tail</a>"
                        "<features xmlns='http://etherx.jabber.org/streams'/></stream:stream>"},
    {TERCET_OK, "<document><of/>another kind</document>"},
    {TERCET_ERR_TRUNCATED, OPENING "<message><body>cut o"},
    {TERCET_ERR_TRUNCATED, ""},
    {TERCET_ERR_SYNTAX, OPENING "<message><!-- a comment --></message>"},
    {TERCET_ERR_SYNTAX, OPENING "<?target an instruction?>"},
    {TERCET_ERR_SYNTAX, OPENING "<message>&undefined;</message>"},
    {TERCET_ERR_SYNTAX, OPENING "<message>&#0;</message>"},
    {TERCET_ERR_SYNTAX, OPENING "<message><body></message>"},
    {TERCET_ERR_SYNTAX, OPENING "<message a='1' a='2'/>"},
    {TERCET_ERR_SYNTAX, OPENING "<message x:a='1'/>"},
    {TERCET_ERR_SYNTAX, OPENING "<message a='<'/>"},
    {TERCET_ERR_SYNTAX, OPENING "<message a=b/>"},
    {TERCET_ERR_SYNTAX, OPENING "<message>]]></message>"},
    {TERCET_ERR_SYNTAX, OPENING "<message>\xC0\xAF</message>"},
    {TERCET_ERR_SYNTAX, OPENING "<message>\xED\xA0\x80</message>"},
    {TERCET_ERR_SYNTAX, OPENING "<message>\x01</message>"},
    {TERCET_ERR_SYNTAX, OPENING "</stream:other>"},
    {TERCET_ERR_SYNTAX, OPENING "</stream:stream><message/>"},
    {TERCET_ERR_SYNTAX, "<!DOCTYPE stream><stream/>"},
    {TERCET_ERR_SYNTAX, "\xFF\xFE<\x01"},
    {TERCET_ERR_SYNTAX, "\xEF\xBB\xBF" OPENING "</stream:stream>"},
    {TERCET_ERR_LIMIT, OPENING "<message a='' b='' c='' d='' e='' f='' g='' h='' i='' j='' k='' l='' m='' n='' o='' "
                               "p='' q=''/>"},
};

/* Attributes in a tag, set low so that a limit is crossed. */
enum { ATTRIBUTES = 16 };

/* What came out, as text. */
struct dump {
    char *text;
    size_t len;
    size_t capacity;
};

/* What was done so far. */
struct tally {
    size_t documents;
    size_t refused;
    size_t splits;
    size_t wrong;
};

static void *must(void *memory)
{
    if (memory == NULL) {
        fputs("error: memory is out\n", stderr);
        exit(2);
    }
    return memory;
}

static void put(struct dump *dump, const char *text, size_t len)
{
    if (dump->capacity - dump->len < len) {
        dump->capacity = 2 * (dump->len + len);
        dump->text = must(realloc(dump->text, dump->capacity));
    }
    memcpy(dump->text + dump->len, text, len);
    dump->len += len;
}

/* ` label:length:text`, or ` label-` where there is no such text. */
static void put_str(struct dump *dump, const char *label, tercet_str text)
{
    char head[64];
    int len = text.ptr != NULL ? snprintf(head, sizeof head, " %s:%zu:", label, text.len)
                               : snprintf(head, sizeof head, " %s-", label);
    put(dump, head, (size_t)len);
    if (text.ptr != NULL)
        put(dump, text.ptr, text.len);
}

static void put_number(struct dump *dump, const char *label, uint64_t number)
{
    char text[64];
    put(dump, text, (size_t)snprintf(text, sizeof text, " %s=%" PRIu64, label, number));
}

static void put_result(struct dump *dump, const char *label, tercet_result result)
{
    put_str(dump, label, tercet_str_from(tercet_result_str(result)));
    put(dump, "\n", 1);
}

static void put_element(struct dump *dump, tercet_element element)
{
    put_number(dump, "name_id", tercet_element_name_id(element));
    put_str(dump, "name", tercet_element_name(element));
    put_number(dump, "ns_id", tercet_element_ns_id(element));
    put_str(dump, "ns", tercet_element_ns(element));
    put_str(dump, "prefix", tercet_element_prefix(element));
    put_str(dump, "raw", tercet_element_raw(element));

    tercet_result result;
    tercet_iter attrs = tercet_iterate(element);
    tercet_attr attr;
    while ((result = tercet_attrs_next(&attrs, &attr)) == TERCET_OK) {
        put_str(dump, "\n  attr", attr.name);
        put_str(dump, "ns", attr.ns);
        put_str(dump, "value", attr.value);
        put_str(dump, "raw", attr.raw);
    }
    put_result(dump, "\n  attrs", result);

    tercet_str own;
    result = tercet_element_text(element, &own);
    if (result == TERCET_OK)
        put_str(dump, "  text", own);
    put_result(dump, "", result);

    tercet_iter children = tercet_iterate(element);
    tercet_node child;
    while ((result = tercet_children_next(&children, &child)) == TERCET_OK) {
        put_number(dump, "  child", (uint64_t)child.kind);
        put_number(dump, "flags", child.flags);
        if (child.kind == TERCET_NODE_ELEMENT)
            put_element(dump, child.element);
        put_str(dump, "text", child.text);
        put_str(dump, "raw", child.raw);
    }
    put_result(dump, "\n  children", result);
}

static void put_unit(struct dump *dump, const tercet_stanza *unit)
{
    put_number(dump, "unit", (uint64_t)unit->kind);
    put_number(dump, "flags", unit->flags);
    put_number(dump, "name_id", unit->name_id);
    put_str(dump, "name", unit->name);
    put_number(dump, "ns_id", unit->ns_id);
    put_str(dump, "ns", unit->ns);
    put_str(dump, "to", unit->to);
    put_str(dump, "from", unit->from);
    put_str(dump, "id", unit->id);
    put_str(dump, "type", unit->type);
    put_str(dump, "lang", unit->lang);
    put_str(dump, "raw", unit->raw);
    put(dump, "\n", 1);
    if (unit->root.unit != NULL)
        put_element(dump, unit->root);
}

static tercet_result put_units(struct dump *dump, tercet_parser *parser)
{
    tercet_stanza unit;
    tercet_result result;
    while ((result = tercet_parser_next(parser, &unit)) == TERCET_OK)
        put_unit(dump, &unit);
    return result;
}

/* The first part is copied in, the second read into the parser's own memory. */
static tercet_result take(tercet_parser *parser, const char *octets, size_t len, bool direct)
{
    if (!direct)
        return tercet_parser_recv(parser, (const uint8_t *)octets, len);
    uint8_t *room;
    size_t capacity;
    tercet_result result = tercet_parser_recv_buffer(parser, len, &room, &capacity);
    if (result != TERCET_OK)
        return result;
    if (len > 0)
        memcpy(room, octets, len);
    return tercet_parser_commit(parser, len);
}

/* Reads `len` octets, cut in two behind the first `cut`, and puts what comes out into `dump`; what the end came to. */
static tercet_result parse(struct dump *dump, begin *begin, const char *octets, size_t len, size_t cut)
{
    tercet_parser *parser;
    tercet_result result = begin(TERCET_LIMITS_SERVER, &parser);
    dump->len = 0;
    if (result == TERCET_OK)
        result = tercet_parser_set_limit(parser, TERCET_LIMIT_ATTRIBUTES, ATTRIBUTES);
    if (result == TERCET_OK)
        result = take(parser, octets, cut, false);
    if (result == TERCET_OK)
        result = put_units(dump, parser);
    if (result == TERCET_NEED_MORE && cut < len) {
        /* An idle stream gives its memory back. */
        result = cut % 2 == 0 ? tercet_parser_shrink(parser) : TERCET_OK;
        if (result == TERCET_OK)
            result = take(parser, octets + cut, len - cut, true);
        if (result == TERCET_OK)
            result = put_units(dump, parser);
    }
    put_result(dump, "end", result);
    result = tercet_parser_eof(parser);
    put_result(dump, "eof", result);

    tercet_error error;
    if (tercet_parser_last_error(parser, &error) == TERCET_OK) {
        put_number(dump, "at", error.offset);
        put_str(dump, "condition", error.condition);
        put_str(dump, "message", error.message);
        put_result(dump, "error", error.result);
    }
    tercet_parser_free(parser);
    return result;
}

static void print_difference(const struct dump *whole, const struct dump *cut)
{
    size_t same = 0;
    while (same < whole->len && same < cut->len && whole->text[same] == cut->text[same])
        same++;
    while (same > 0 && whole->text[same - 1] != '\n')
        same--;
    fprintf(stderr, "whole:\n%.*s\ncut:\n%.*s\n", (int)(whole->len - same), whole->text + same, (int)(cut->len - same),
            cut->text + same);
}

/* Checks one document; what its end came to. */
static tercet_result check(struct tally *tally, begin *begin, const char *octets, size_t len)
{
    struct dump whole = {0};
    struct dump cut = {0};
    tercet_result result = parse(&whole, begin, octets, len, len);
    tally->documents++;
    if (result != TERCET_OK)
        tally->refused++;
    for (size_t at = 0; at < len; at++) {
        tally->splits++;
        parse(&cut, begin, octets, len, at);
        if (whole.len == cut.len && memcmp(whole.text, cut.text, whole.len) == 0)
            continue;
        tally->wrong++;
        fprintf(stderr, "different, cut behind octet %zu: %.*s\n", at, (int)len, octets);
        print_difference(&whole, &cut);
        break;
    }
    free(whole.text);
    free(cut.text);
    return result;
}

static void check_own(struct tally *tally)
{
    for (size_t at = 0; at < sizeof DOCUMENTS / sizeof *DOCUMENTS; at++) {
        const struct document *document = &DOCUMENTS[at];
        tercet_result result = check(tally, tercet_parser_new, document->text, strlen(document->text));
        if (result == document->result)
            continue;
        tally->wrong++;
        fprintf(stderr, "%s, not %s: %s\n", tercet_result_str(result), tercet_result_str(document->result),
                document->text);
    }
}

/* Checks all documents of a file; false where it is not such a file. */
static bool check_file(struct tally *tally, const char *path)
{
    FILE *in = fopen(path, "rb");
    if (in == NULL)
        return false;
    char kind[16];
    size_t len;
    bool good = true;
    while (good && fscanf(in, "%15s %zu", kind, &len) == 2) {
        char *octets = must(malloc(len + 1));
        good = fgetc(in) == '\n' && fread(octets, 1, len, in) == len;
        if (good)
            check(tally, strcmp(kind, "document") == 0 ? tercet_parser_new_document : tercet_parser_new, octets, len);
        free(octets);
    }
    good = good && feof(in) && !ferror(in);
    fclose(in);
    return good;
}

int main(int argc, char **argv)
{
    struct tally tally = {0};
    for (int at = 1; at < argc; at++)
        if (!check_file(&tally, argv[at])) {
            fprintf(stderr, "error: %s is no file of documents\n", argv[at]);
            return 2;
        }
    if (argc < 2)
        check_own(&tally);
    printf("%zu documents, %zu of them refused, %zu splits, %zu wrong\n", tally.documents, tally.refused, tally.splits,
           tally.wrong);
    return tally.wrong == 0 && tally.documents > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
