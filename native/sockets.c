/*
 * A program with sockets of several kinds, families and states, all with options of their own, and members of multicast groups. It checks that each option is as it set it, and that what it
 * sends to its groups comes back.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <linux/net_tstamp.h>

#include "worker.h"

/* Numbers of linux/udp.h, linux/in.h, linux/tcp.h and asm-generic/socket.h that older headers lack. */
enum { SEGMENT = 103, GRO = 104, MULTICAST_ALL = 49, IN6_MULTICAST_ALL = 29, RECEIVE_MARK = 75, MAX_RATE = 47, INQ = 36, TIMESTAMP_NEW = 63 };

enum { LISTENER, LISTENER6, CLIENT, SERVER, DATAGRAM, DATAGRAM6, UNIX_PAIR, SOURCE_DATAGRAM, SOCKETS };

static struct option_of { int socket, level, number, value, was; const char *name; } options[] = {
#define OPTION(socket, level, number, value) { socket, level, number, value, 0, #socket " " #number }
    OPTION(LISTENER, SOL_SOCKET, SO_KEEPALIVE, 1), OPTION(LISTENER, IPPROTO_TCP, TCP_KEEPIDLE, 77), OPTION(LISTENER, IPPROTO_TCP, TCP_KEEPINTVL, 7),
    OPTION(LISTENER, IPPROTO_TCP, TCP_NODELAY, 1), OPTION(LISTENER, IPPROTO_TCP, TCP_USER_TIMEOUT, 12345), OPTION(LISTENER, IPPROTO_TCP, TCP_NOTSENT_LOWAT, 16384),
    OPTION(LISTENER, IPPROTO_TCP, TCP_DEFER_ACCEPT, 7), OPTION(LISTENER, IPPROTO_TCP, TCP_FASTOPEN, 16), OPTION(LISTENER, IPPROTO_IP, IP_TOS, 0x10),
    OPTION(LISTENER, IPPROTO_IP, IP_TTL, 33), OPTION(LISTENER, SOL_SOCKET, SO_PRIORITY, 3), OPTION(LISTENER, SOL_SOCKET, SO_MARK, 5),
    OPTION(LISTENER, SOL_SOCKET, SO_INCOMING_CPU, 1), OPTION(LISTENER, IPPROTO_TCP, TCP_MAXSEG, 900), OPTION(LISTENER, IPPROTO_TCP, TCP_SYNCNT, 3),
    OPTION(LISTENER, IPPROTO_TCP, TCP_LINGER2, 9), OPTION(LISTENER, IPPROTO_TCP, TCP_SAVE_SYN, 1), OPTION(LISTENER, IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, 1),
    OPTION(LISTENER, IPPROTO_IP, IP_MINTTL, 0), OPTION(LISTENER, IPPROTO_IP, IP_FREEBIND, 1), OPTION(LISTENER, IPPROTO_IP, IP_TRANSPARENT, 1),
    OPTION(LISTENER6, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 17), OPTION(LISTENER6, IPPROTO_IPV6, IPV6_TCLASS, 0x20), OPTION(LISTENER6, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1),
    OPTION(LISTENER6, IPPROTO_TCP, TCP_USER_TIMEOUT, 4321), OPTION(LISTENER6, IPPROTO_IPV6, IPV6_V6ONLY, 1),
    OPTION(CLIENT, IPPROTO_TCP, TCP_USER_TIMEOUT, 11111), OPTION(CLIENT, IPPROTO_TCP, TCP_NOTSENT_LOWAT, 8192), OPTION(CLIENT, IPPROTO_TCP, INQ, 1),
    OPTION(CLIENT, SOL_SOCKET, SO_ZEROCOPY, 1), OPTION(CLIENT, SOL_SOCKET, SO_OOBINLINE, 1),
    OPTION(SERVER, IPPROTO_TCP, TCP_USER_TIMEOUT, 22222), OPTION(SERVER, SOL_SOCKET, SO_BUSY_POLL, 50), OPTION(SERVER, IPPROTO_IP, IP_RECVTOS, 1),
    OPTION(DATAGRAM, IPPROTO_IP, IP_PKTINFO, 1), OPTION(DATAGRAM, IPPROTO_IP, IP_RECVTOS, 1), OPTION(DATAGRAM, IPPROTO_IP, IP_RECVTTL, 1),
    OPTION(DATAGRAM, IPPROTO_IP, IP_RECVERR, 1), OPTION(DATAGRAM, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO), OPTION(DATAGRAM, IPPROTO_IP, IP_MULTICAST_TTL, 4),
    OPTION(DATAGRAM, IPPROTO_IP, MULTICAST_ALL, 0), OPTION(DATAGRAM, SOL_SOCKET, SO_TIMESTAMP, 1), OPTION(DATAGRAM, SOL_SOCKET, SO_BROADCAST, 1),
    OPTION(DATAGRAM, SOL_SOCKET, SO_RXQ_OVFL, 1), OPTION(DATAGRAM, SOL_SOCKET, SO_PEEK_OFF, 0),
    OPTION(DATAGRAM, IPPROTO_UDP, SEGMENT, 1000), OPTION(DATAGRAM, IPPROTO_UDP, GRO, 1), OPTION(DATAGRAM, SOL_SOCKET, RECEIVE_MARK, 1),
    OPTION(DATAGRAM6, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 5), OPTION(DATAGRAM6, IPPROTO_IPV6, IN6_MULTICAST_ALL, 0), OPTION(DATAGRAM6, IPPROTO_IPV6, IPV6_RECVERR, 1),
    OPTION(DATAGRAM6, IPPROTO_IPV6, IPV6_RECVTCLASS, 1), OPTION(DATAGRAM6, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1), OPTION(DATAGRAM6, IPPROTO_IPV6, IPV6_DONTFRAG, 1),
    OPTION(DATAGRAM6, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DO), OPTION(DATAGRAM6, SOL_SOCKET, TIMESTAMP_NEW, 1),
    OPTION(UNIX_PAIR, SOL_SOCKET, SO_PASSCRED, 1), OPTION(UNIX_PAIR, SOL_SOCKET, SO_PEEK_OFF, 0), OPTION(UNIX_PAIR, SOL_SOCKET, SO_PASSSEC, 1),
    OPTION(SOURCE_DATAGRAM, SOL_SOCKET, SO_TIMESTAMPNS, 1), OPTION(SOURCE_DATAGRAM, SOL_SOCKET, SO_TIMESTAMPING, SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE),
    OPTION(SOURCE_DATAGRAM, SOL_SOCKET, MAX_RATE, 123456), OPTION(SOURCE_DATAGRAM, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1),
};

static struct guarded memory;
static int sockets[SOCKETS];
static int pair_end;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static int get(const struct option_of *option)
{
    int value = -1;
    socklen_t size = sizeof value;
    return getsockopt(sockets[option->socket], option->level, option->number, &value, &size) != 0 ? -2 : value;
}

static int bound(int family, int type, int port)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
    int on = 1, made = socket(family, type | SOCK_CLOEXEC, 0);
    setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (family == AF_INET6)
        setsockopt(made, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (made < 0 || bind(made, family == AF_INET6 ? (void *)&v6 : (void *)&v4, family == AF_INET6 ? sizeof v6 : sizeof v4) != 0)
        fail("a socket");
    return made;
}

static struct sockaddr_in group4(const char *address, int port)
{
    struct sockaddr_in group = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    inet_pton(AF_INET, address, &group.sin_addr);
    return group;
}

static struct sockaddr_in6 group6(int port)
{
    struct sockaddr_in6 group = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port), .sin6_scope_id = if_nametoindex("eth0") };
    inet_pton(AF_INET6, "ff02::4711", &group.sin6_addr);
    return group;
}

/* Plainly, from one sender only, and of the second protocol. */
static void join(int base)
{
    struct ip_mreqn plain = { .imr_address.s_addr = htonl(INADDR_LOOPBACK) };
    struct ip_mreq_source chosen = { .imr_interface.s_addr = htonl(INADDR_LOOPBACK), .imr_sourceaddr.s_addr = htonl(INADDR_LOOPBACK) };
    struct ipv6_mreq second = { .ipv6mr_interface = if_nametoindex("eth0") };
    inet_pton(AF_INET, "239.1.2.3", &plain.imr_multiaddr);
    inet_pton(AF_INET, "232.1.2.3", &chosen.imr_multiaddr);
    second.ipv6mr_multiaddr = group6(base).sin6_addr;
    if (setsockopt(sockets[DATAGRAM], IPPROTO_IP, IP_ADD_MEMBERSHIP, &plain, sizeof plain) != 0 || setsockopt(sockets[DATAGRAM], IPPROTO_IP, IP_MULTICAST_IF, &plain, sizeof plain) != 0)
        fail("a group");
    if (setsockopt(sockets[SOURCE_DATAGRAM], IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, &chosen, sizeof chosen) != 0
        || setsockopt(sockets[SOURCE_DATAGRAM], IPPROTO_IP, IP_MULTICAST_IF, &plain, sizeof plain) != 0)
        fail("a group of one sender");
    if (setsockopt(sockets[DATAGRAM6], IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &second, sizeof second) != 0
        || setsockopt(sockets[DATAGRAM6], IPPROTO_IPV6, IPV6_MULTICAST_IF, &second.ipv6mr_interface, sizeof second.ipv6mr_interface) != 0)
        fail("a group of IPv6");
}

static void prepare(void)
{
    enum { BASE = 7830 };
    size_t bytes = (size_t)worker->mebibytes << 20;
    uint64_t *data = guarded_create(&memory, "the memory", bytes);
    for (size_t page = 0; page < bytes / PAGE_BYTES; page++)
        pattern_write(data + page * PAGE_WORDS, page, worker->seed + 1);
    guarded_seal(&memory, data, bytes);
    int pair[2];
    struct sockaddr_in plain = { .sin_family = AF_INET, .sin_port = htons(BASE + 4), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    sockets[LISTENER] = bound(AF_INET, SOCK_STREAM, BASE);
    sockets[LISTENER6] = bound(AF_INET6, SOCK_STREAM, BASE + 1);
    sockets[DATAGRAM] = bound(AF_INET, SOCK_DGRAM, BASE + 2);
    sockets[DATAGRAM6] = bound(AF_INET6, SOCK_DGRAM, BASE + 3);
    sockets[SOURCE_DATAGRAM] = bound(AF_INET, SOCK_DGRAM, BASE + 5);
    int listener = bound(AF_INET, SOCK_STREAM, BASE + 4);
    sockets[CLIENT] = socket(AF_INET, SOCK_STREAM, 0);
    if (listen(listener, 5) != 0 || connect(sockets[CLIENT], (void *)&plain, sizeof plain) != 0 || (sockets[SERVER] = accept(listener, NULL, NULL)) < 0)
        fail("a connection");
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        fail("a pair");
    sockets[UNIX_PAIR] = pair[0], pair_end = pair[1];
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        setsockopt(sockets[options[i].socket], options[i].level, options[i].number, &options[i].value, sizeof(int));
    setsockopt(sockets[LISTENER], IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
    setsockopt(sockets[CLIENT], IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
    if (listen(sockets[LISTENER], 5) != 0 || listen(sockets[LISTENER6], 5) != 0)
        fail("a listener");
    join(BASE + 3);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        options[i].was = get(&options[i]);
    fcntl(sockets[DATAGRAM], F_SETFL, O_NONBLOCK);
    fcntl(sockets[DATAGRAM6], F_SETFL, O_NONBLOCK);
    fcntl(sockets[SOURCE_DATAGRAM], F_SETFL, O_NONBLOCK);
}

static void work(void)
{
    uint64_t page = mix(worker->seed + worker_operations) % memory.pages;
    uint64_t *data = (uint64_t *)memory.data + page * PAGE_WORDS;
    pattern_write(data, page, worker_operations + 2);
    guarded_seal(&memory, data, PAGE_BYTES);
}

static int complain(char *text, size_t size, const char *what, const char *name)
{
    size_t length = strlen(text);
    snprintf(text + length, size - length, "%s%s; ", what, name);
    return 0;
}

/* Whether what is sent to a group comes back. */
static int hears(int socket, const void *group, socklen_t size)
{
    char byte;
    while (recv(socket, &byte, 1, MSG_DONTWAIT) >= 0)
        continue;
    struct pollfd waited = { socket, POLLIN, 0 };
    return sendto(socket, "x", 1, 0, group, size) == 1 && poll(&waited, 1, 500) == 1 && recv(socket, &byte, 1, MSG_DONTWAIT) == 1;
}

static int report(char *text, size_t size)
{
    struct sockaddr_in plain = group4("239.1.2.3", 7832), chosen = group4("232.1.2.3", 7835);
    struct sockaddr_in6 second = group6(7833);
    int right = 1;
    text[0] = 0;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        right &= get(&options[i]) == options[i].was || complain(text, size, "changed: ", options[i].name);
    for (int i = 0; i < 2; i++) {
        char name[16] = "";
        socklen_t length = sizeof name;
        getsockopt(sockets[i == 0 ? LISTENER : CLIENT], IPPROTO_TCP, TCP_CONGESTION, name, &length);
        right &= strcmp(name, "reno") == 0 || complain(text, size, "congestion control is ", name);
    }
    right &= hears(sockets[DATAGRAM], &plain, sizeof plain) || complain(text, size, "deaf: ", "239.1.2.3");
    right &= hears(sockets[SOURCE_DATAGRAM], &chosen, sizeof chosen) || complain(text, size, "deaf: ", "232.1.2.3");
    right &= hears(sockets[DATAGRAM6], &second, sizeof second) || complain(text, size, "deaf: ", "ff02::4711");
    if (right)
        snprintf(text, size, " options=%zu", sizeof options / sizeof *options);
    return right;
}

int main(int argc, char **argv)
{
    static struct worker described = {
        .name = "sockets", .summary = "Has options on its sockets and is a member of groups.", .unit = "pages written", .endpoint = "127.0.0.1:7820",
        .mebibytes = 16, .rate = 500, .seed = 1, .prepare = prepare, .work = work, .report = report,
    };
    return worker_main(&described, argc, argv);
}
