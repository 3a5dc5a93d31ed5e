/*
 * What a router does with a stream, in C: each stanza's name, to, from, id and type, and the length of its body.
 */
#include "route.h"

#include "tercet.h"

/* Folds a text: its length and, where there is one, its first octet. */
static uint64_t fold(uint64_t digest, tercet_str text)
{
    return (digest ^ text.len ^ (text.len > 0 ? (uint64_t)(uint8_t)text.ptr[0] << 32 : 0)) * UINT64_C(0x9E3779B97F4A7C15);
}

static uint64_t look(uint64_t digest, const tercet_stanza *stanza)
{
    tercet_element body;
    tercet_str text = {NULL, 0};
    if (stanza->kind == TERCET_UNIT_MESSAGE
        && tercet_element_child_id(stanza->root, TERCET_NS_CLIENT, TERCET_NAME_BODY, &body) == TERCET_OK
        && tercet_element_text(body, &text) != TERCET_OK)
        return 0;
    digest = fold(digest, stanza->name);
    digest = fold(digest, stanza->to);
    digest = fold(digest, stanza->from);
    digest = fold(digest, stanza->id);
    digest = fold(digest, stanza->type);
    return fold(digest, text);
}

/* Answers 0, or the result of the call that failed. */
static tercet_result read_stream(tercet_parser *parser, const uint8_t *stream, size_t len, size_t piece,
                                 struct answer *answer)
{
    tercet_stanza unit;
    for (size_t at = 0; at < len; at += piece) {
        tercet_result result = tercet_parser_recv(parser, stream + at, len - at < piece ? len - at : piece);
        while (result == TERCET_OK && (result = tercet_parser_next(parser, &unit)) == TERCET_OK) {
            if (unit.kind == TERCET_UNIT_HEADER || unit.kind == TERCET_UNIT_TEXT || unit.kind == TERCET_UNIT_CLOSE)
                continue;
            answer->digest = look(answer->digest, &unit);
            answer->stanzas++;
        }
        if (result != TERCET_NEED_MORE)
            return result;
    }
    return tercet_parser_eof(parser);
}

int32_t route(const uint8_t *stream, size_t len, size_t piece, struct answer *answer)
{
    tercet_parser *parser;
    tercet_result result = tercet_parser_new(TERCET_LIMITS_CLIENT, &parser);
    if (result != TERCET_OK)
        return result;
    result = read_stream(parser, stream, len, piece, answer);
    tercet_parser_free(parser);
    return result;
}
