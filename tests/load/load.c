/*
 * load --ca FILE --port P --tls-port P --server-pid PID [--connections N] [--messages N]
 *
 * Logs N accounts in to examples/server.c, user0@localhost and so on, all with the password `load`, and holds the
 * connections open, half of them by STARTTLS and half with TLS from the first octet. Then sends messages between random
 * pairs, each pair's in order, and says whether any is lost, doubled or out of order. Has the server print its memory
 * before the first connection and while all are idle. run.sh beside this file starts both.
 *
 * Exit code 0 where all was well, 1 where not, 2 for wrong usage.
 */
#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tercet.h"

enum {
    READ_BYTES = 16384,
    OTHER_DESCRIPTORS = 16, /* beside the sockets */
    DIALING_MAX = 100,      /* logins at a time */
    WINDOW = 5000,          /* messages on their way at a time */
    PATIENCE_MS = 20000,    /* without anything new */
    IDLE_S = 8,             /* of silence before memory is looked at: after five the server takes it for idle */
};

enum phase { CLEAR, PROCEEDING, HANDSHAKE, SECURE };

struct client {
    size_t number;
    int fd;
    enum phase phase;
    bool direct;
    bool over;
    uint32_t watched;
    SSL *ssl;
    tercet_conn *conn;
};

/* Who writes to whom, and how far they are. */
struct pair {
    size_t from, to;
    size_t sent, received;
};

static struct {
    int epoll;
    SSL_CTX *tls;
    struct sockaddr_in at[2]; /* STARTTLS, direct TLS */
    struct client *clients;
    size_t connections;       /* wanted */
    size_t dialed, bound, closed;
    struct pair *pairs;       /* as many as connections */
    size_t per_pair;
    size_t sent, received, wrong;
    tercet_writer *draft;
} load = {.connections = 10000};

static void die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("error: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(EXIT_FAILURE);
}

static void misused(const char *why)
{
    fprintf(stderr, "error: %s\n", why);
    exit(2);
}

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* The same numbers at every run. */
static size_t dice(size_t sides)
{
    static uint64_t state = 0x9e3779b97f4a7c15;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % sides;
}

/* ---- What tercet_conn_drive calls ---- */

static size_t on_write(void *user, tercet_conn *conn, const uint8_t *data, size_t len)
{
    struct client *client = user;
    size_t sent = 0, taken;
    (void)conn;
    if (client->phase < HANDSHAKE) {
        ssize_t wrote = send(client->fd, data, len, 0);
        return wrote > 0 ? (size_t)wrote : 0;
    }
    ERR_clear_error();
    while (client->phase == SECURE && sent < len && SSL_write_ex(client->ssl, data + sent, len - sent, &taken) == 1)
        sent += taken;
    return sent;
}

static tercet_result on_start_tls(void *user, tercet_conn *conn, const tercet_event *event)
{
    struct client *client = user;
    (void)conn;
    (void)event;
    client->phase = PROCEEDING;
    return TERCET_OK;
}

static tercet_result on_bound(void *user, tercet_conn *conn, const tercet_event *event)
{
    static const tercet_str client_ns = {NULL, 0};
    (void)user;
    (void)event;
    load.bound++;
    tercet_writer_open(load.draft, client_ns, tercet_str_from("presence"));
    tercet_writer_close(load.draft);
    return tercet_conn_send(conn, load.draft);
}

/* A message's id is `pair-number`. */
static tercet_result on_stanza(void *user, tercet_conn *conn, const tercet_event *event)
{
    struct client *client = user;
    size_t pair, number;
    char id[64];
    (void)conn;
    if (event->stanza.kind != TERCET_UNIT_MESSAGE)
        return TERCET_OK;
    tercet_str given = event->stanza.id;
    snprintf(id, sizeof id, "%.*s", (int)given.len, given.ptr != NULL ? given.ptr : "");
    bool well = sscanf(id, "%zu-%zu", &pair, &number) == 2 && pair < load.connections
                && event->stanza.type.len == 4 && memcmp(event->stanza.type.ptr, "chat", 4) == 0
                && load.pairs[pair].to == client->number && load.pairs[pair].received == number;
    if (!well && load.wrong++ < 10)
        fprintf(stderr, "error: at client %zu: %.*s\n", client->number, (int)event->stanza.raw.len,
                event->stanza.raw.ptr);
    if (well)
        load.pairs[pair].received++;
    load.received++;
    return TERCET_OK;
}

static tercet_result on_closed(void *user, tercet_conn *conn, const tercet_event *event)
{
    (void)user;
    (void)conn;
    (void)event;
    load.closed++;
    return TERCET_OK;
}

static const tercet_callbacks CALLBACKS = {
    .struct_size = sizeof(tercet_callbacks),
    .write = on_write,
    .start_tls = on_start_tls,
    .bound = on_bound,
    .stanza = on_stanza,
    .closed = on_closed,
};

/* ---- Connections ---- */

static void hang_up(struct client *client)
{
    if (client->phase == SECURE)
        SSL_shutdown(client->ssl);
    SSL_free(client->ssl);
    close(client->fd);
    tercet_conn_free(client->conn);
    client->conn = NULL;
    client->over = true;
}

static void fail(struct client *client, const char *why)
{
    tercet_error error = {.result = TERCET_OK};
    tercet_conn_last_error(client->conn, &error);
    die("client %zu: %s: %.*s", client->number, why, (int)error.message.len, error.message.ptr);
}

static void drive(struct client *client, const uint8_t *data, size_t len)
{
    const uint8_t *output;
    size_t waiting;
    if (tercet_conn_drive(client->conn, &CALLBACKS, client, data, len, now_ms()) < 0
        || tercet_conn_output(client->conn, &output, &waiting) != TERCET_OK)
        fail(client, "the stream");
    if (tercet_conn_is_over(client->conn) && waiting == 0) {
        hang_up(client);
        return;
    }
    if (client->phase == PROCEEDING && waiting == 0)
        client->phase = HANDSHAKE;
    bool writes = client->phase == HANDSHAKE || waiting > 0;
    struct epoll_event wanted = {.events = EPOLLIN | (writes ? EPOLLOUT : 0), .data.ptr = client};
    if (wanted.events != client->watched)
        epoll_ctl(load.epoll, EPOLL_CTL_MOD, client->fd, &wanted);
    client->watched = wanted.events;
}

static void handshake(struct client *client)
{
    ERR_clear_error();
    int why = SSL_get_error(client->ssl, SSL_do_handshake(client->ssl));
    struct epoll_event wanted = {.events = EPOLLIN, .data.ptr = client};
    if (why == SSL_ERROR_WANT_READ) {
        epoll_ctl(load.epoll, EPOLL_CTL_MOD, client->fd, &wanted);
        client->watched = wanted.events;
    } else if (why == SSL_ERROR_NONE) {
        client->phase = SECURE;
        if (!client->direct && tercet_conn_secured(client->conn) != TERCET_OK)
            fail(client, "TLS");
        drive(client, NULL, 0);
    } else if (why != SSL_ERROR_WANT_WRITE) {
        fail(client, "the handshake");
    }
}

static void on_ready(struct client *client)
{
    static uint8_t buffer[READ_BYTES];
    if (client->over)
        return;
    if (client->phase == HANDSHAKE) {
        handshake(client);
        return;
    }
    ssize_t got;
    if (client->phase == SECURE) {
        ERR_clear_error();
        got = SSL_read(client->ssl, buffer, sizeof buffer);
        int why = SSL_get_error(client->ssl, (int)got);
        if (got <= 0 && why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
            fail(client, "the connection ended");
    } else {
        got = recv(client->fd, buffer, sizeof buffer, 0);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
            fail(client, "the connection ended");
    }
    drive(client, buffer, got > 0 ? (size_t)got : 0);
}

static void dial(struct client *client, size_t number)
{
    char jid[64];
    tercet_client_config *config;
    *client = (struct client){.number = number, .direct = number % 2 == 1, .watched = EPOLLIN | EPOLLOUT};
    snprintf(jid, sizeof jid, "user%zu@localhost/load", number);
    if (tercet_client_config_new(tercet_str_from(jid), tercet_str_from("load"), &config) != TERCET_OK
        || tercet_client_config_set_tls(config, client->direct ? TERCET_TLS_DIRECT : TERCET_TLS_REQUIRED) != TERCET_OK
        || tercet_client_new(config, &client->conn) != TERCET_OK)
        die("%s: no connection can be made", jid);
    tercet_client_config_free(config);
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client->fd < 0 || connect(client->fd, (struct sockaddr *)&load.at[client->direct], sizeof load.at[0]) != 0)
        die("client %zu: %s", number, strerror(errno));
    int yes = 1;
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    fcntl(client->fd, F_SETFL, O_NONBLOCK);
    client->ssl = SSL_new(load.tls);
    if (client->ssl == NULL || SSL_set_fd(client->ssl, client->fd) != 1 || SSL_set1_host(client->ssl, "localhost") != 1
        || SSL_set_tlsext_host_name(client->ssl, "localhost") != 1)
        die("OpenSSL: out of memory");
    SSL_set_connect_state(client->ssl);
    client->phase = client->direct ? HANDSHAKE : CLEAR;
    struct epoll_event wanted = {.events = client->watched, .data.ptr = client};
    epoll_ctl(load.epoll, EPOLL_CTL_ADD, client->fd, &wanted);
}

/* Does what is to be done until `*done` is `wanted`; `more` is called in between. */
static void until(const size_t *done, size_t wanted, void (*more)(void), const char *what)
{
    uint64_t began = now_ms(), last = began;
    size_t seen = *done;
    while (*done < wanted) {
        struct epoll_event ready[256];
        more();
        int count = epoll_wait(load.epoll, ready, 256, 1000);
        for (int i = 0; i < count; i++)
            on_ready(ready[i].data.ptr);
        if (*done != seen) {
            seen = *done;
            last = now_ms();
        } else if (now_ms() - last > PATIENCE_MS) {
            die("%s: %zu of %zu, and nothing new for %d s", what, seen, wanted, PATIENCE_MS / 1000);
        }
    }
    double seconds = (double)(now_ms() - began) / 1000;
    printf("%s: %zu in %.1f s, %.0f a second\n", what, wanted, seconds, (double)wanted / seconds);
    fflush(stdout);
}

static void dial_more(void)
{
    for (; load.dialed < load.connections && load.dialed - load.bound < DIALING_MAX; load.dialed++)
        dial(&load.clients[load.dialed], load.dialed);
}

static void send_one(struct pair *pair)
{
    static const tercet_str client_ns = {NULL, 0};
    struct client *from = &load.clients[pair->from];
    char to[64], id[64];
    snprintf(to, sizeof to, "user%zu@localhost/load", pair->to);
    snprintf(id, sizeof id, "%zu-%zu", (size_t)(pair - load.pairs), pair->sent++);
    tercet_writer_open(load.draft, client_ns, tercet_str_from("message"));
    tercet_writer_attr(load.draft, tercet_str_from("to"), tercet_str_from(to));
    tercet_writer_attr(load.draft, tercet_str_from("id"), tercet_str_from(id));
    tercet_writer_attr(load.draft, tercet_str_from("type"), tercet_str_from("chat"));
    tercet_writer_open(load.draft, client_ns, tercet_str_from("body"));
    tercet_writer_text(load.draft, tercet_str_from("But soft, what light through yonder window breaks?"));
    tercet_writer_close(load.draft);
    tercet_writer_close(load.draft);
    if (tercet_conn_send(from->conn, load.draft) != TERCET_OK)
        fail(from, "sending");
    drive(from, NULL, 0);
    load.sent++;
}

static void send_more(void)
{
    while (load.sent < load.connections * load.per_pair && load.sent - load.received < WINDOW) {
        struct pair *pair = &load.pairs[dice(load.connections)];
        /* A pair that is done passes its turn on. */
        while (pair->sent == load.per_pair)
            pair = pair + 1 < load.pairs + load.connections ? pair + 1 : load.pairs;
        send_one(pair);
    }
}

static void nothing_more(void)
{
}

/* Has the server say what it counts, and says what the system counts of it. */
static void look_at_memory(pid_t server, time_t seconds)
{
    const struct timespec idle = {seconds, 0};
    char line[256];
    nanosleep(&idle, NULL);
    kill(server, SIGUSR1);
    snprintf(line, sizeof line, "/proc/%ld/status", (long)server);
    FILE *status = fopen(line, "r");
    while (status != NULL && fgets(line, sizeof line, status) != NULL)
        if (strncmp(line, "VmRSS:", 6) == 0)
            printf("resident: %ld kB\n", strtol(line + 6, NULL, 10));
    if (status != NULL)
        fclose(status);
    fflush(stdout);
}

/* Takes in what still comes for a moment: nothing should. */
static void listen_once_more(void)
{
    struct epoll_event ready[256];
    uint64_t end = now_ms() + 500;
    while (now_ms() < end) {
        int count = epoll_wait(load.epoll, ready, 256, 100);
        for (int i = 0; i < count; i++)
            on_ready(ready[i].data.ptr);
    }
}

static void close_all(void)
{
    for (size_t i = 0; i < load.connections; i++) {
        tercet_conn_close(load.clients[i].conn);
        drive(&load.clients[i], NULL, 0);
    }
}

static void need_descriptors(void)
{
    struct rlimit limit;
    size_t needed = load.connections + OTHER_DESCRIPTORS;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        die("%s", strerror(errno));
    if (limit.rlim_max < needed)
        die("%zu connections need %zu descriptors, and the system allows this process %zu (ulimit -Hn)",
            load.connections, needed, (size_t)limit.rlim_max);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static void prepare(const char *ca)
{
    load.tls = SSL_CTX_new(TLS_client_method());
    if (load.tls == NULL || SSL_CTX_load_verify_locations(load.tls, ca, NULL) != 1)
        die("%s holds no certificate", ca);
    SSL_CTX_set_verify(load.tls, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_mode(load.tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                                   | SSL_MODE_RELEASE_BUFFERS);
    load.epoll = epoll_create1(EPOLL_CLOEXEC);
    load.clients = calloc(load.connections, sizeof *load.clients);
    load.pairs = calloc(load.connections, sizeof *load.pairs);
    if (load.epoll < 0 || load.clients == NULL || load.pairs == NULL || tercet_writer_new(&load.draft) != TERCET_OK)
        die("out of memory");
    for (size_t i = 0; i < load.connections; i++) {
        load.pairs[i].from = dice(load.connections);
        load.pairs[i].to = (load.pairs[i].from + 1 + dice(load.connections - 1)) % load.connections;
    }
}

enum { CA, PORT, TLS_PORT, SERVER_PID, CONNECTIONS, MESSAGES, OPTION_COUNT };

static const struct option OPTIONS[] = {
    {"ca", required_argument, NULL, CA},
    {"port", required_argument, NULL, PORT},
    {"tls-port", required_argument, NULL, TLS_PORT},
    {"server-pid", required_argument, NULL, SERVER_PID},
    {"connections", required_argument, NULL, CONNECTIONS},
    {"messages", required_argument, NULL, MESSAGES},
    {NULL, 0, NULL, 0},
};

int main(int argc, char **argv)
{
    const char *values[OPTION_COUNT] = {[CONNECTIONS] = "10000", [MESSAGES] = "200000"};
    int option;
    while ((option = getopt_long(argc, argv, "", OPTIONS, NULL)) >= 0 && option < OPTION_COUNT)
        values[option] = optarg;
    if (option != -1 || !values[CA] || !values[PORT] || !values[TLS_PORT] || !values[SERVER_PID])
        misused("usage: load --ca FILE --port P --tls-port P --server-pid PID [--connections N] [--messages N]");
    load.connections = strtoul(values[CONNECTIONS], NULL, 10);
    if (load.connections < 2)
        misused("it takes two to talk");
    load.per_pair = strtoul(values[MESSAGES], NULL, 10) / load.connections;
    size_t messages = load.connections * load.per_pair;
    pid_t server = (pid_t)strtol(values[SERVER_PID], NULL, 10);
    for (int i = 0; i < 2; i++) {
        uint16_t port = (uint16_t)strtoul(values[PORT + i], NULL, 10);
        load.at[i] = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
        load.at[i].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    signal(SIGPIPE, SIG_IGN);
    need_descriptors();
    prepare(values[CA]);

    look_at_memory(server, 0);
    until(&load.bound, load.connections, dial_more, "logged in");
    look_at_memory(server, IDLE_S);
    until(&load.received, messages, send_more, "messages between random pairs");
    listen_once_more();
    close_all();
    until(&load.closed, load.connections, nothing_more, "closed in order");
    size_t lost = 0;
    for (size_t i = 0; i < load.connections; i++)
        lost += load.per_pair - load.pairs[i].received;
    printf("lost %zu, doubled or out of order %zu\n", lost, load.wrong);
    tercet_writer_free(load.draft);
    SSL_CTX_free(load.tls);
    free(load.clients);
    free(load.pairs);
    return lost == 0 && load.wrong == 0 && load.received == messages ? EXIT_SUCCESS : EXIT_FAILURE;
}
