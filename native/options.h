/* Numbers on the command line: in range, or the program ends with a sentence that names the range. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static inline uint64_t number(const char *name, const char *text, uint64_t least, uint64_t most)
{
    char *end;
    uint64_t value = strtoull(text, &end, 10);
    if (*text == '\0' || *end != '\0' || value < least || value > most) {
        fprintf(stderr, "--%s takes a whole number from %" PRIu64 " to %" PRIu64 "; got '%s'\n", name, least, most, text);
        exit(2);
    }
    return value;
}

#endif
