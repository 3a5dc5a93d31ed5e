/*
 * parse [FILE]: reads an XMPP stream, from FILE or from standard input, and prints one line for each of its parts.
 *
 *   cc -I include parse.c libtercet.a -o parse && ./parse < stream.xml
 *
 * The parser alone, without any rule of the protocol. Octets are read straight into its memory. Exit code 1 where they
 * are not a whole stream; what came before the error is printed all the same.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tercet.h"

/* ` name=value`, where there is one. */
static void print_attr(const char *name, tercet_str value)
{
    if (value.ptr != NULL)
        printf(" %s=%.*s", name, (int)value.len, value.ptr);
}

/* ` <name>` for each child element, with the length of the text in it. */
static void print_children(tercet_element element)
{
    tercet_iter children = tercet_iterate(element);
    tercet_node child;
    while (tercet_children_next(&children, &child) == TERCET_OK) {
        tercet_str text;
        if (child.kind != TERCET_NODE_ELEMENT || tercet_element_text(child.element, &text) != TERCET_OK)
            continue;
        tercet_str name = tercet_element_name(child.element);
        printf(" <%.*s>%zu", (int)name.len, name.ptr, text.len);
    }
}

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
        fputs("header", stdout);
        break;
    default:
        printf("%.*s", (int)unit->name.len, unit->name.ptr);
        break;
    }
    print_attr("to", unit->to);
    print_attr("from", unit->from);
    print_attr("id", unit->id);
    print_attr("type", unit->type);
    print_attr("lang", unit->lang);
    print_children(unit->root);
    printf(" (%zu bytes)\n", unit->raw.len);
}

/* Prints all units that have come. */
static tercet_result print_units(tercet_parser *parser)
{
    tercet_stanza unit;
    tercet_result result;
    while ((result = tercet_parser_next(parser, &unit)) == TERCET_OK)
        print_unit(&unit);
    return result == TERCET_NEED_MORE ? TERCET_OK : result;
}

static tercet_result parse(tercet_parser *parser, FILE *in)
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
            result = print_units(parser);
        if (result != TERCET_OK)
            return result;
    }
}

static void print_error(tercet_parser *parser, tercet_result result)
{
    tercet_error error;
    if (tercet_parser_last_error(parser, &error) != TERCET_OK || error.result != result) {
        fprintf(stderr, "error: %s\n", tercet_result_str(result));
        return;
    }
    fprintf(stderr, "error: %.*s at byte %" PRIu64 ": %.*s\n", (int)error.condition.len,
            error.condition.ptr != NULL ? error.condition.ptr : "", error.offset, (int)error.message.len,
            error.message.ptr);
}

int main(int argc, char **argv)
{
    if (tercet_version_check(TERCET_VERSION_NUM) != TERCET_OK) {
        fprintf(stderr, "error: the library is release %s\n", tercet_version());
        return 2;
    }
    FILE *in = argc > 1 ? fopen(argv[1], "rb") : stdin;
    if (in == NULL) {
        fprintf(stderr, "error: %s: %s\n", argv[1], strerror(errno));
        return 2;
    }
    tercet_parser *parser;
    tercet_result result = tercet_parser_new(TERCET_LIMITS_SERVER, &parser);
    if (result == TERCET_OK) {
        result = parse(parser, in);
        fflush(stdout);
        if (result != TERCET_OK)
            print_error(parser, result);
        tercet_parser_free(parser);
    }
    if (in != stdin)
        fclose(in);
    return result == TERCET_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
