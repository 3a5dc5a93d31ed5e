/*
 * login JID HOST PORT [TO [TEXT]]: logs in by callbacks, sends a message, prints what comes back, and says goodbye.
 *
 *   cc -I include login.c libtercet.a -o login
 *   TERCET_PASSWORD=secret ./login romeo@example.net 127.0.0.1 5222
 *
 * Without TO the message goes to the address that was bound, so that it comes back. A plain TCP socket and poll(2): no
 * TLS, so the password is only ever proven, by SCRAM, and everything else can be read on the way. For a loopback.
 * Exit code 0 where an answer came and the stream was closed by both sides.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tercet.h"

/* Milliseconds to wait for the answer. */
enum { PATIENCE = 10000 };

/* What the callbacks share. */
struct session {
    int socket;
    const char *to;
    const char *text;
    bool answered;
    bool closed;
};

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Hands output to the socket, as much as it takes at present. */
static size_t on_write(void *user, tercet_conn *conn, const uint8_t *data, size_t len)
{
    struct session *session = user;
    (void)conn;
    ssize_t sent = send(session->socket, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent > 0 ? (size_t)sent : 0;
}

/* A program with TLS would begin its handshake here, and call tercet_conn_secured when it is done. */
static tercet_result on_start_tls(void *user, tercet_conn *conn, const tercet_event *event)
{
    (void)user;
    (void)event;
    fputs("the server wants TLS, which this program does not have\n", stderr);
    return tercet_conn_tls_failed(conn);
}

static tercet_result on_bound(void *user, tercet_conn *conn, const tercet_event *event)
{
    struct session *session = user;
    const tercet_str client = {NULL, 0};
    printf("bound: %.*s\n", (int)event->jid.len, event->jid.ptr);

    tercet_writer *draft;
    tercet_result result = tercet_writer_new(&draft);
    if (result != TERCET_OK)
        return result;
    tercet_writer_open(draft, client, tercet_str_from("message"));
    tercet_writer_attr(draft, tercet_str_from("to"), session->to ? tercet_str_from(session->to) : event->jid);
    tercet_writer_attr(draft, tercet_str_from("type"), tercet_str_from("chat"));
    tercet_writer_open(draft, client, tercet_str_from("body"));
    tercet_writer_text(draft, tercet_str_from(session->text));
    tercet_writer_close(draft);
    tercet_writer_close(draft);
    result = tercet_conn_send(conn, draft);
    tercet_writer_free(draft);
    return result;
}

static tercet_result on_stanza(void *user, tercet_conn *conn, const tercet_event *event)
{
    struct session *session = user;
    const tercet_stanza *stanza = &event->stanza;
    tercet_element body;
    tercet_str text;
    printf("%.*s from %.*s", (int)stanza->name.len, stanza->name.ptr, (int)stanza->from.len,
           stanza->from.ptr != NULL ? stanza->from.ptr : "");
    if (tercet_element_child(stanza->root, stanza->ns, tercet_str_from("body"), &body) == TERCET_OK
        && tercet_element_text(body, &text) == TERCET_OK)
        printf(": %.*s", (int)text.len, text.ptr);
    putchar('\n');
    if (stanza->kind != TERCET_UNIT_MESSAGE)
        return TERCET_OK;
    session->answered = true;
    return tercet_conn_close(conn);
}

static tercet_result on_closed(void *user, tercet_conn *conn, const tercet_event *event)
{
    struct session *session = user;
    (void)conn;
    session->closed = true;
    puts((event->flags & TERCET_FLAG_BY_PEER) != 0 ? "closed by the server" : "closed");
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

/* A connected socket, or -1. */
static int dial(const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found;
    int error = getaddrinfo(host, port, &hints, &found);
    if (error != 0) {
        fprintf(stderr, "error: %s: %s\n", host, gai_strerror(error));
        return -1;
    }
    int sock = -1;
    for (struct addrinfo *at = found; at != NULL && sock < 0; at = at->ai_next) {
        sock = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
        if (sock >= 0 && connect(sock, at->ai_addr, at->ai_addrlen) != 0) {
            close(sock);
            sock = -1;
        }
    }
    freeaddrinfo(found);
    if (sock < 0)
        fprintf(stderr, "error: %s:%s: %s\n", host, port, strerror(errno));
    return sock;
}

static bool has_output(tercet_conn *conn)
{
    const uint8_t *data;
    size_t len;
    return tercet_conn_output(conn, &data, &len) == TERCET_OK && len > 0;
}

/* Milliseconds until something is due, for poll(2). */
static int patience(tercet_conn *conn, uint64_t now, uint64_t end)
{
    uint64_t due = tercet_conn_deadline(conn);
    if (due > end)
        due = end;
    return due > now ? (int)(due - now) : 0;
}

/* Goes on until the stream is over. */
static tercet_result run(tercet_conn *conn, struct session *session)
{
    uint64_t end = now_ms() + PATIENCE;
    uint8_t buffer[4096];
    ssize_t got = 0;
    for (;;) {
        tercet_result result =
            tercet_conn_drive(conn, &CALLBACKS, session, buffer, got > 0 ? (size_t)got : 0, now_ms());
        if (result != TERCET_OK)
            return result;
        if (tercet_conn_is_over(conn) && !has_output(conn))
            return TERCET_OK;
        uint64_t now = now_ms();
        if (now >= end)
            return TERCET_ERR_TIMEOUT;
        struct pollfd ready = {.fd = session->socket, .events = POLLIN};
        if (has_output(conn))
            ready.events |= POLLOUT;
        if (poll(&ready, 1, patience(conn, now, end)) < 0 && errno != EINTR)
            return TERCET_ERR_DISCONNECTED;
        got = 0;
        if ((ready.revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
            got = recv(session->socket, buffer, sizeof buffer, 0);
            if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
                return tercet_conn_eof(conn);
        }
    }
}

static void print_error(tercet_conn *conn, tercet_result result)
{
    tercet_error error;
    if (tercet_conn_last_error(conn, &error) == TERCET_OK && error.result == result)
        fprintf(stderr, "error: %.*s\n", (int)error.message.len, error.message.ptr);
    else
        fprintf(stderr, "error: %s\n", tercet_result_str(result));
}

static tercet_result connect_as(const char *jid, const char *password, tercet_conn **conn)
{
    tercet_client_config *config;
    tercet_result result = tercet_client_config_new(tercet_str_from(jid), tercet_str_from(password), &config);
    if (result != TERCET_OK)
        return result;
    result = tercet_client_config_set_tls(config, TERCET_TLS_DISABLED);
    if (result == TERCET_OK)
        result = tercet_client_new(config, conn);
    tercet_client_config_free(config);
    return result;
}

int main(int argc, char **argv)
{
    const char *password = getenv("TERCET_PASSWORD");
    if (argc < 4 || password == NULL) {
        fputs("usage: TERCET_PASSWORD=... login JID HOST PORT [TO [TEXT]]\n", stderr);
        return 2;
    }
    struct session session = {.to = argc > 4 ? argv[4] : NULL, .text = argc > 5 ? argv[5] : "Wherefore art thou?"};
    tercet_conn *conn;
    tercet_result result = connect_as(argv[1], password, &conn);
    if (result != TERCET_OK) {
        fprintf(stderr, "error: %s: %s\n", argv[1], tercet_result_str(result));
        return 2;
    }
    session.socket = dial(argv[2], argv[3]);
    if (session.socket < 0) {
        tercet_conn_free(conn);
        return 2;
    }
    result = run(conn, &session);
    fflush(stdout);
    if (result != TERCET_OK)
        print_error(conn, result);
    close(session.socket);
    tercet_conn_free(conn);
    return result == TERCET_OK && session.answered && session.closed ? EXIT_SUCCESS : EXIT_FAILURE;
}
