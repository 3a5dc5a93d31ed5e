/* Two libraries that are written in Rust, both static, in one program. */
#include <stdint.h>
#include <stdlib.h>

#include "tercet.h"

int32_t second_sum(int32_t n);

int main(void)
{
    tercet_parser *parser;
    if (tercet_version_check(TERCET_VERSION_NUM) != TERCET_OK)
        return 1;
    if (tercet_parser_new(TERCET_LIMITS_SERVER, &parser) != TERCET_OK)
        return 2;
    tercet_result result = tercet_parser_recv(parser, (const uint8_t *)"<!--", 4);
    tercet_stanza unit;
    if (result != TERCET_OK || tercet_parser_next(parser, &unit) != TERCET_ERR_SYNTAX)
        return 3;
    tercet_parser_free(parser);
    if (second_sum(100) != 5050 || second_sum(1000000) != -1)
        return 4;
    return EXIT_SUCCESS;
}
