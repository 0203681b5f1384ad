/*
 * Answers as a CRIU of 2021 does: `aged_criu swrk FD` says over its socket that it is version 3.16, and ends at any other question.
 * The messages are those of CRIU's rpc.proto.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { TYPE_FIELD = 0x08, VERSION_REQUEST = 10 };

int main(int argc, char **argv)
{
    /* type = VERSION, success = true, version = { major_number = 3, minor_number = 16 } */
    static const unsigned char answer[] = {TYPE_FIELD, VERSION_REQUEST, 0x10, 1, 0x52, 4, 0x08, 3, 0x10, 16};
    unsigned char request[4096];
    int descriptor;

    if (argc != 3 || strcmp(argv[1], "swrk") != 0) {
        fprintf(stderr, "usage: aged_criu swrk FD\n");
        return 2;
    }
    descriptor = atoi(argv[2]);
    while (recv(descriptor, request, sizeof request, 0) >= 2) {
        if (request[0] != TYPE_FIELD || request[1] != VERSION_REQUEST)
            return 1;
        if (send(descriptor, answer, sizeof answer, 0) != (ssize_t)sizeof answer)
            return 1;
    }
    return 0;
}
