/* The parts of server.c that have to do with the system and with OpenSSL alone: see system.h. */
#define _GNU_SOURCE

#include "system.h"

#include <errno.h>
#include <malloc.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    DESCRIPTORS_MIN = 16, /* the server's own, and a few clients */
    DESCRIPTORS_MAX = 1 << 20,
};

static const int YES = 1;

bool read_options(int argc, char **argv, const struct option *options, const char **values)
{
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == '?')
            return false;
        values[option] = optarg != NULL ? optarg : "";
    }
    if (optind < argc)
        fprintf(stderr, "%s: this belongs to no option\n", argv[optind]);
    return optind == argc;
}

bool are_given(const struct option *options, const char *const *values, int first, int last)
{
    for (int i = first; i <= last; i++) {
        if (values[i] == NULL || values[i][0] == '\0') {
            fprintf(stderr, "--%s is missing\n", options[i].name);
            return false;
        }
    }
    return true;
}

bool are_ports(const struct option *options, const char *const *values, int first, int last)
{
    for (int i = first; i <= last; i++) {
        size_t len = strlen(values[i]);
        if (len == 0 || len > 5 || strspn(values[i], "0123456789") != len || atoi(values[i]) > UINT16_MAX) {
            fprintf(stderr, "--%s %s: a port is a number from 0 (any that is free) to 65535\n", options[i].name,
                    values[i]);
            return false;
        }
    }
    return true;
}

uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

size_t descriptors(void)
{
    struct rlimit limit;
    bool known = getrlimit(RLIMIT_NOFILE, &limit) == 0;
    if (known)
        limit.rlim_cur = limit.rlim_max < DESCRIPTORS_MAX ? limit.rlim_max : DESCRIPTORS_MAX;
    if (!known || setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        fprintf(stderr, "the limit on descriptors: %s\n", strerror(errno));
        return 0;
    }
    if (limit.rlim_cur < DESCRIPTORS_MIN) {
        fprintf(stderr, "room for %zu descriptors is too little: it takes %d, raise the limit (ulimit -n)\n",
                (size_t)limit.rlim_cur, DESCRIPTORS_MIN);
        return 0;
    }
    printf("room for %zu descriptors\n", (size_t)limit.rlim_cur);
    return limit.rlim_cur;
}

int catch_signals(void)
{
    sigset_t caught;
    sigemptyset(&caught);
    sigaddset(&caught, SIGTERM);
    sigaddset(&caught, SIGINT);
    sigaddset(&caught, SIGUSR1);
    sigprocmask(SIG_BLOCK, &caught, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &caught, SFD_CLOEXEC);
}

int next_signal(int signals)
{
    struct signalfd_siginfo signal;
    return read(signals, &signal, sizeof signal) == sizeof signal ? (int)signal.ssi_signo : 0;
}

int listen_at(const char *address, const char *port, const char *what)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *found;
    int error = getaddrinfo(address, port, &hints, &found);
    if (error != 0) {
        fprintf(stderr, "cannot listen at %s:%s: %s\n", address, port, gai_strerror(error));
        return -1;
    }
    struct sockaddr_storage name;
    socklen_t len = sizeof name;
    char service[NI_MAXSERV];
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &YES, sizeof YES) != 0
        || bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, SOMAXCONN) != 0
        || getsockname(fd, (struct sockaddr *)&name, &len) != 0
        || getnameinfo((struct sockaddr *)&name, len, NULL, 0, service, sizeof service, NI_NUMERICSERV) != 0) {
        fprintf(stderr, "cannot listen at %s:%s: %s\n", address, port, strerror(errno));
        close(fd);
        fd = -1;
    } else {
        printf("%s %s:%s\n", what, address, service);
    }
    freeaddrinfo(found);
    return fd;
}

int accept_from(int listener, char peer[PEER_BYTES])
{
    struct sockaddr_storage name;
    socklen_t len;
    char host[NI_MAXHOST], service[NI_MAXSERV];
    int fd;
    /* Who has gone already while waiting, or a signal, is no reason not to look at the next one. */
    do {
        len = sizeof name;
        fd = accept4(listener, (struct sockaddr *)&name, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
    } while (fd < 0 && (errno == ECONNABORTED || errno == EINTR));
    if (fd >= 0) {
        int error = getnameinfo((struct sockaddr *)&name, len, host, sizeof host, service, sizeof service,
                                NI_NUMERICHOST | NI_NUMERICSERV);
        snprintf(peer, PEER_BYTES, name.ss_family == AF_INET6 ? "[%.46s]:%.8s" : "%.46s:%.8s",
                 error == 0 ? host : "?", error == 0 ? service : "?");
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &YES, sizeof YES);
        /* A client that has lost its network is noticed by the system: there may be nothing to say to it for days. */
        setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &YES, sizeof YES);
    }
    return fd;
}

bool watch(int epoll, int operation, int fd, uint32_t events)
{
    struct epoll_event wanted = {.events = events, .data.fd = fd};
    return fd >= 0 && epoll_ctl(epoll, operation, fd, &wanted) == 0;
}

ssize_t read_from(int fd, SSL *ssl, uint8_t *buffer, size_t room)
{
    if (ssl == NULL) {
        ssize_t got = recv(fd, buffer, room, 0);
        return got > 0 ? got : got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
    }
    ERR_clear_error();
    int got = SSL_read(ssl, buffer, (int)room);
    int why = SSL_get_error(ssl, got);
    return got > 0 ? got : why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? 0 : -1;
}

size_t write_to(int fd, SSL *ssl, const uint8_t *data, size_t len)
{
    size_t sent = 0, taken;
    if (ssl == NULL) {
        ssize_t wrote = send(fd, data, len, 0);
        return wrote > 0 ? (size_t)wrote : 0;
    }
    ERR_clear_error();
    while (sent < len && SSL_write_ex(ssl, data + sent, len - sent, &taken) == 1)
        sent += taken;
    return sent;
}

/* Says of a file why OpenSSL has no use for it: the first reason is the cause, what follows is who passed it on. */
static void say_unusable(const char *file, const char *as)
{
    unsigned long error = ERR_peek_error();
    const char *why =
        ERR_GET_LIB(error) == ERR_LIB_SYS ? strerror(ERR_GET_REASON(error)) : ERR_reason_error_string(error);
    fprintf(stderr, "%s: no %s in PEM: %s\n", file, as, why != NULL ? why : "unknown reason");
}

/* Whether both files are as they should be, and belong together. */
static bool use_identity(SSL_CTX *tls, const char *cert, const char *key)
{
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(tls, cert) != 1) {
        say_unusable(cert, "certificate");
        return false;
    }
    bool has_key = SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) == 1;
    unsigned long error = ERR_peek_last_error();
    bool differs = ERR_GET_LIB(error) == ERR_LIB_X509 && ERR_GET_REASON(error) == X509_R_KEY_VALUES_MISMATCH;
    if (!has_key && !differs) {
        say_unusable(key, "private key");
        return false;
    }
    /* A key of another type is taken, to stand beside the certificate. */
    bool well = has_key && SSL_CTX_check_private_key(tls) == 1;
    if (!well)
        fprintf(stderr, "%s: not the key of the certificate in %s\n", key, cert);
    return well;
}

SSL_CTX *tls_context(const char *cert, const char *key)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    if (tls == NULL || SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) != 1 || !use_identity(tls, cert, key)) {
        SSL_CTX_free(tls);
        return NULL;
    }
    /* What the socket did not take is offered again later, from another address. Who is idle needs no buffers. */
    SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                              | SSL_MODE_RELEASE_BUFFERS);
    /* No session is resumed: connections last for days. */
    SSL_CTX_set_options(tls, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(tls, 0);
    return tls;
}

/* Before TLS 1.3 what binds is of one connection only with the extended master secret (RFC 9266 section 1). */
static bool is_bindable(SSL *ssl)
{
    return SSL_version(ssl) >= TLS1_3_VERSION || SSL_get_extms_support(ssl) == 1;
}

size_t tls_exporter(SSL *ssl, uint8_t *data, size_t room)
{
    static const char label[] = "EXPORTER-Channel-Binding";
    static const uint8_t context[1];
    bool exported = is_bindable(ssl) && room >= 32
                    && SSL_export_keying_material(ssl, data, 32, label, sizeof label - 1, context, 0, 1) == 1;
    return exported ? 32 : 0;
}

size_t tls_unique(SSL *ssl, uint8_t *data, size_t room)
{
    /* No session is resumed here: the client's message is the first one. */
    return is_bindable(ssl) && SSL_version(ssl) < TLS1_3_VERSION ? SSL_get_peer_finished(ssl, data, room) : 0;
}

static size_t counted;

static void *counted_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    void *block = malloc(size);
    counted += malloc_usable_size(block);
    return block;
}

static void counted_free(void *block, const char *file, int line)
{
    (void)file;
    (void)line;
    counted -= malloc_usable_size(block);
    free(block);
}

static void *counted_realloc(void *block, size_t size, const char *file, int line)
{
    if (size == 0) {
        counted_free(block, file, line);
        return NULL;
    }
    size_t before = malloc_usable_size(block);
    void *grown = realloc(block, size);
    if (grown != NULL)
        counted += malloc_usable_size(grown) - before;
    return grown;
}

void count_openssl(void)
{
    CRYPTO_set_mem_functions(counted_malloc, counted_realloc, counted_free);
}

size_t openssl_memory(void)
{
    return counted;
}

size_t heap_memory(void)
{
    return mallinfo2().uordblks;
}
