/* Short sums of strings: src/digest.rs in C, number for number. */
#ifndef DIGEST_H
#define DIGEST_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define K0 UINT64_C(0x9E3779B97F4A7C15)
#define K1 UINT64_C(0xD1B54A32D192ED03)
#define K2 UINT64_C(0x8CB92BA72F3D8DD7)
#define K3 UINT64_C(0xABC98388FB8FAC03)

__extension__ typedef unsigned __int128 digest_product;

static inline uint64_t digest_mix(uint64_t a, uint64_t b)
{
    digest_product product = (digest_product)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t digest_rotate(uint64_t value, unsigned bits)
{
    return value << bits | value >> (64 - bits);
}

static inline uint64_t digest_word(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

static inline uint64_t digest_half(const char *at)
{
    uint32_t half;
    memcpy(&half, at, sizeof half);
    return half;
}

static inline uint64_t digest_ends(const char *text, size_t len)
{
    uint64_t head = 0, tail = 0;
    if (len >= 8) {
        head = digest_word(text);
        tail = digest_word(text + len - 8);
    } else if (len >= 4) {
        head = digest_half(text);
        tail = digest_half(text + len - 4);
    } else if (len > 0) {
        head = (uint64_t)(unsigned char)text[0] | (uint64_t)(unsigned char)text[len / 2] << 8 |
               (uint64_t)(unsigned char)text[len - 1] << 16;
    }
    return digest_mix(head ^ K0, tail ^ K1 ^ (uint64_t)len * K2);
}

static inline uint64_t digest_turn(uint64_t lane, uint64_t word)
{
    return digest_rotate(lane ^ word, 29) * K0;
}

static inline uint64_t digest_whole(const char *text, size_t len)
{
    uint64_t lanes[4] = {K0, K1, K2, K3};
    const char *rest = text;
    size_t left = len;
    if (len <= 16)
        return digest_ends(text, len);
    for (; left >= 32; rest += 32, left -= 32)
        for (int lane = 0; lane < 4; lane++)
            lanes[lane] = digest_turn(lanes[lane], digest_word(rest + 8 * lane));
    for (size_t lane = 0; lane < left / 8; lane++)
        lanes[lane] = digest_turn(lanes[lane], digest_word(rest + 8 * lane));
    lanes[3] = digest_turn(lanes[3], digest_word(text + len - 8));
    return digest_mix(lanes[0] ^ digest_rotate(lanes[2], 32), lanes[1] ^ digest_rotate(lanes[3], 32) ^ (uint64_t)len);
}

#endif
