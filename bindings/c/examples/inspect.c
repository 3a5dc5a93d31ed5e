/*
 * inspect [FILE]: reads an XMPP stream, from FILE or from standard input, and prints what is in it: a line for each
 * part of the stream, and below it a line for each element and text inside.
 *
 *   cc inspect.c $(pkg-config --cflags --libs tercet) -o inspect && ./inspect < stream.xml
 *
 * The parser alone, without any rule of the protocol. One stream alone, too: behind STARTTLS and SASL a new one begins
 * (RFC 6120 section 4.3.3), and a program that goes on there calls tercet_parser_restart when it has read the last
 * element of the old one. This one says so and ends.
 *
 * Octets are read straight into its memory:
 * tercet_parser_recv_buffer lends room, tercet_parser_commit says how much of it was filled, tercet_parser_next gives
 * the parts, until it answers TERCET_NEED_MORE. All that is printed is borrowed from the parser until it reads on.
 *
 * A name in braces is a namespace. Behind `#` stand the numbers of namespace and name, TERCET_NS_... and
 * TERCET_NAME_..., by which a program would switch; 0 where they have none.
 *
 * Exit code 0 where all was well-formed and whole, 1 where it was not, or could not be read (what came before the error
 * is printed all the same), 2 where it was called wrongly.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tercet.h"

static void print(const char *before, tercet_str text, const char *behind)
{
    if (text.ptr != NULL)
        printf("%s%.*s%s", before, (int)text.len, text.ptr, behind);
}

/* Prints text on one line. */
static void print_text(tercet_str text)
{
    putchar('"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\n')
            fputs("\\n", stdout);
        else
            putchar(text.ptr[i]);
    }
    puts("\"");
}

static void print_attrs(tercet_element element)
{
    tercet_iter attrs = tercet_iterate(element);
    tercet_attr attr;
    while (tercet_attrs_next(&attrs, &attr) == TERCET_OK) {
        putchar(' ');
        if (attr.ns.len > 0)
            print("{", attr.ns, "}");
        print("", attr.name, "=");
        print("'", attr.value, "'");
    }
}

/* How deep it goes is bounded by the parser's limits. */
static void print_children(tercet_element element, int depth)
{
    tercet_iter children = tercet_iterate(element);
    tercet_node child;
    while (tercet_children_next(&children, &child) == TERCET_OK) {
        printf("%*s", 2 * depth, "");
        if (child.kind == TERCET_NODE_TEXT) {
            print_text(child.text);
            continue;
        }
        print("{", tercet_element_ns(child.element), "}");
        print("", tercet_element_name(child.element), "");
        printf(" #%" PRIu32 ".%" PRIu32, tercet_element_ns_id(child.element), tercet_element_name_id(child.element));
        print_attrs(child.element);
        putchar('\n');
        print_children(child.element, depth + 1);
    }
}

/* What a router asks for is in the unit itself: no call is needed for it. */
static void print_unit(const tercet_stanza *unit)
{
    switch (unit->kind) {
    case TERCET_UNIT_TEXT:
        puts("text");
        return;
    case TERCET_UNIT_CLOSE:
        puts("close");
        return;
    case TERCET_UNIT_HEADER:
        fputs("header ", stdout);
        break;
    }
    print("{", unit->ns, "}");
    print("", unit->name, "");
    printf(" #%" PRIu32 ".%" PRIu32, unit->ns_id, unit->name_id);
    print(" to=", unit->to, "");
    print(" from=", unit->from, "");
    print(" id=", unit->id, "");
    print(" type=", unit->type, "");
    print(" lang=", unit->lang, "");
    printf(" (%zu bytes)\n", unit->raw.len);
    print_children(unit->root, 1);
}

/* Leaves in `last_ns` the namespace of the last unit, headers and what looks like an element but is one left out. */
static tercet_result print_units(tercet_parser *parser, uint32_t *last_ns)
{
    tercet_stanza unit;
    tercet_result result;
    while ((result = tercet_parser_next(parser, &unit)) == TERCET_OK) {
        print_unit(&unit);
        if (unit.ns_id != TERCET_NS_STREAM)
            *last_ns = unit.ns_id;
    }
    return result == TERCET_NEED_MORE ? TERCET_OK : result;
}

static tercet_result inspect(tercet_parser *parser, FILE *in, uint32_t *last_ns)
{
    for (;;) {
        uint8_t *buffer;
        size_t capacity;
        tercet_result result = tercet_parser_recv_buffer(parser, 4096, &buffer, &capacity);
        if (result != TERCET_OK)
            return result;
        size_t got = fread(buffer, 1, capacity, in);
        if (got == 0)
            return tercet_parser_eof(parser);
        result = tercet_parser_commit(parser, got);
        if (result == TERCET_OK)
            result = print_units(parser, last_ns);
        if (result != TERCET_OK)
            return result;
    }
}

static void print_error(tercet_parser *parser, tercet_result result, uint32_t last_ns)
{
    tercet_error error;
    if (tercet_parser_last_error(parser, &error) != TERCET_OK || error.result != result) {
        fprintf(stderr, "error: %s\n", tercet_result_str(result));
        return;
    }
    fprintf(stderr, "error: %.*s", (int)error.message.len, error.message.ptr);
    if (error.condition.ptr != NULL)
        fprintf(stderr, " (%.*s)", (int)error.condition.len, error.condition.ptr);
    fputc('\n', stderr);
    if (last_ns == TERCET_NS_TLS || last_ns == TERCET_NS_SASL)
        fputs("behind STARTTLS and SASL a new stream begins, which needs tercet_parser_restart: split the input there\n",
              stderr);
}

int main(int argc, char **argv)
{
    if (tercet_version_check(TERCET_VERSION_NUM) != TERCET_OK) {
        fprintf(stderr, "error: the library is release %s\n", tercet_version());
        return EXIT_FAILURE;
    }
    if (argc > 2 || (argc == 2 && argv[1][0] == '-')) {
        fprintf(stderr, "usage: inspect [FILE]\n");
        return 2;
    }
    FILE *in = argc > 1 ? fopen(argv[1], "rb") : stdin;
    if (in == NULL) {
        fprintf(stderr, "error: %s: %s\n", argv[1], strerror(errno));
        return EXIT_FAILURE;
    }
    tercet_parser *parser;
    tercet_result result = tercet_parser_new(TERCET_LIMITS_SERVER, &parser);
    if (result == TERCET_OK) {
        uint32_t last_ns = 0;
        result = inspect(parser, in, &last_ns);
        fflush(stdout);
        if (ferror(in))
            fprintf(stderr, "error: %s\n", strerror(errno));
        else if (result != TERCET_OK)
            print_error(parser, result, last_ns);
        tercet_parser_free(parser);
    }
    bool unreadable = ferror(in) != 0;
    if (in != stdin)
        fclose(in);
    return unreadable || result != TERCET_OK ? EXIT_FAILURE : EXIT_SUCCESS;
}
