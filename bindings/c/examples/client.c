/*
 * client [--server HOST] [--port PORT] [--direct] [--ca FILE] [--count N] JID [TO TEXT]
 *
 * Logs in to any XMPP server, prints the roster, says that it is there, and then either sends TEXT to TO, or prints
 * what comes, until N messages have come or it is told to go (SIGINT, SIGTERM). It says goodbye in order.
 *
 *   cc client.c $(pkg-config --cflags --libs tercet openssl) -o client
 *   TERCET_PASSWORD=secret ./client --ca server.crt romeo@example.net juliet@example.net "Wherefore art thou?"
 *
 * The server is HOST, or else the domain of JID, at port 5222, or at 5223 with TLS from the first octet for --direct.
 * Its certificate must be for that domain, and vouched for by FILE, or else by what OpenSSL trusts.
 * README.md beside this file says how it works.
 *
 * Exit code 0 where it did what it was asked and both sides closed the stream, 1 where not, 2 for a wrong call.
 */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tercet.h"

enum {
    READ_BYTES = 16384,   /* a whole TLS record: so nothing is left inside OpenSSL, where ppoll does not see it */
    HANDSHAKE_MS = 30000, /* from the start until TLS is there */
};

static const tercet_str NONE = {NULL, 0};

enum phase {
    CLEAR,      /* before TLS */
    PROCEEDING, /* TLS begins as soon as the output is gone */
    HANDSHAKE,
    SECURE,
};

/* What the callbacks share. */
struct session {
    int fd;
    enum phase phase;
    SSL *ssl;             /* used from HANDSHAKE on */
    bool direct;          /* TLS from the first octet */
    const char *to;
    const char *text;
    unsigned long count;  /* messages to wait for; 0 for no end */
    uint64_t roster;      /* the number of the request for it */
    uint64_t ping;        /* of the request behind the message */
    uint64_t until;       /* when the handshake must be done */
    const char *host;     /* where it is connected to, for what is said of it */
    const char *port;
    const char *why;      /* there is no TLS */
    bool untrusted;       /* that is because of who vouches for the certificate */
    bool opened;          /* the server has begun a stream */
    bool done;
    bool refused;         /* a message came back */
    bool closed;
};

static volatile sig_atomic_t told_to_go;

static void on_signal(int number)
{
    (void)number;
    told_to_go = 1;
}

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Others decide what is in a text: line feeds, and all else that a terminal would obey, are written as \xNN. */
static void put(FILE *out, const char *before, tercet_str text, const char *behind)
{
    fputs(before, out);
    for (size_t i = 0; i < text.len; i++) {
        unsigned octet = (uint8_t)text.ptr[i];
        bool is_c1 = octet == 0xc2 && i + 1 < text.len && (uint8_t)text.ptr[i + 1] < 0xa0;
        if (is_c1)
            octet = (uint8_t)text.ptr[++i];
        if (is_c1 || octet < 0x20 || octet == 0x7f)
            fprintf(out, "\\x%02x", octet);
        else
            putc((int)octet, out);
    }
    fputs(behind, out);
}

static void print(const char *before, tercet_str text, const char *behind)
{
    if (text.ptr != NULL)
        put(stdout, before, text, behind);
}

static bool is(tercet_str text, const char *word)
{
    return text.len == strlen(word) && memcmp(text.ptr, word, text.len) == 0;
}

/* ---- What tercet_conn_drive calls ---- */

/* Takes as much as the transport takes at present: the rest is offered again. */
static size_t on_write(void *user, tercet_conn *conn, const uint8_t *data, size_t len)
{
    struct session *session = user;
    size_t sent = 0, taken;
    (void)conn;
    if (session->phase < HANDSHAKE) {
        ssize_t wrote = send(session->fd, data, len, 0);
        return wrote > 0 ? (size_t)wrote : 0;
    }
    ERR_clear_error();
    while (session->phase == SECURE && sent < len && SSL_write_ex(session->ssl, data + sent, len - sent, &taken) == 1)
        sent += taken;
    return sent;
}

static tercet_result on_opened(void *user, tercet_conn *conn, const tercet_event *event)
{
    struct session *session = user;
    (void)conn;
    (void)event;
    session->opened = true;
    return TERCET_OK;
}

static tercet_result on_start_tls(void *user, tercet_conn *conn, const tercet_event *event)
{
    struct session *session = user;
    (void)conn;
    (void)event;
    session->phase = PROCEEDING;
    return TERCET_OK;
}

/* For the -PLUS variants of SCRAM: what both ends know of this TLS connection and nobody else does. */
static tercet_result on_binding(void *user, tercet_conn *conn, int32_t kind, uint8_t *data, size_t room, size_t *len)
{
    static const char label[] = "EXPORTER-Channel-Binding";
    static const uint8_t context[1];
    SSL *ssl = ((struct session *)user)->ssl;
    bool tls13 = SSL_version(ssl) >= TLS1_3_VERSION;
    (void)conn;
    *len = 0;
    if (!tls13 && SSL_get_extms_support(ssl) != 1)
        return TERCET_NONE;
    if (kind == TERCET_BINDING_TLS_EXPORTER && room >= 32
        && SSL_export_keying_material(ssl, data, 32, label, sizeof label - 1, context, 0, 1) == 1)
        *len = 32;
    /* No session is resumed here: the client's message is the first one. */
    if (kind == TERCET_BINDING_TLS_UNIQUE && !tls13)
        *len = SSL_get_finished(ssl, data, room);
    return *len > 0 ? TERCET_OK : TERCET_NONE;
}

/* Asks for what one element says that has nothing inside. */
static tercet_result ask(tercet_conn *conn, tercet_str to, const char *ns, const char *name, uint64_t *token)
{
    tercet_writer *draft;
    tercet_result result = tercet_writer_new(&draft);
    if (result != TERCET_OK)
        return result;
    tercet_writer_open(draft, tercet_str_from(ns), tercet_str_from(name));
    tercet_writer_close(draft);
    result = tercet_conn_request(conn, TERCET_REQUEST_GET, to, draft, token);
    tercet_writer_free(draft);
    return result;
}

static tercet_result send_presence(tercet_conn *conn)
{
    tercet_writer *draft;
    tercet_result result = tercet_writer_new(&draft);
    if (result != TERCET_OK)
        return result;
    tercet_writer_open(draft, NONE, tercet_str_from("presence"));
    tercet_writer_close(draft);
    result = tercet_conn_send(conn, draft);
    tercet_writer_free(draft);
    return result;
}

static tercet_result send_message(tercet_conn *conn, const char *to, const char *text)
{
    tercet_writer *draft;
    tercet_result result = tercet_writer_new(&draft);
    if (result != TERCET_OK)
        return result;
    tercet_writer_open(draft, NONE, tercet_str_from("message"));
    tercet_writer_attr(draft, tercet_str_from("to"), tercet_str_from(to));
    tercet_writer_attr(draft, tercet_str_from("type"), tercet_str_from("chat"));
    tercet_writer_open(draft, NONE, tercet_str_from("body"));
    tercet_writer_text(draft, tercet_str_from(text));
    tercet_writer_close(draft);
    tercet_writer_close(draft);
    result = tercet_conn_send(conn, draft);
    tercet_writer_free(draft);
    return result;
}

static tercet_result on_bound(void *user, tercet_conn *conn, const tercet_event *event)
{
    struct session *session = user;
    print("bound: ", event->jid, "\n");
    return ask(conn, NONE, "jabber:iq:roster", "query", &session->roster);
}

static void print_roster(tercet_element iq)
{
    tercet_element query;
    if (tercet_element_child_id(iq, TERCET_NS_ROSTER, TERCET_NAME_QUERY, &query) != TERCET_OK)
        return;
    tercet_iter items = tercet_iterate(query);
    tercet_node item;
    while (tercet_children_next(&items, &item) == TERCET_OK) {
        tercet_str jid, subscription;
        if (item.kind == TERCET_NODE_ELEMENT
            && tercet_element_attr_id(item.element, TERCET_NAME_JID, &jid) == TERCET_OK
            && tercet_element_attr_id(item.element, TERCET_NAME_SUBSCRIPTION, &subscription) == TERCET_OK) {
            print("contact ", jid, " ");
            print("", subscription, "\n");
        }
    }
}

static tercet_result on_response(void *user, tercet_conn *conn, const tercet_event *event)
{
    struct session *session = user;
    /* The server has answered what was sent behind the message: had it refused that, it would have said so by now. */
    if (session->ping != 0 && event->token == session->ping) {
        session->done = true;
        return tercet_conn_close(conn);
    }
    if (event->token != session->roster)
        return TERCET_OK;
    print_roster(event->stanza.root);
    tercet_result result = send_presence(conn);
    if (result != TERCET_OK || session->to == NULL)
        return result;
    result = send_message(conn, session->to, session->text);
    return result == TERCET_OK ? ask(conn, NONE, "urn:xmpp:ping", "ping", &session->ping) : result;
}

static tercet_result on_roster_push(void *user, tercet_conn *conn, const tercet_event *event)
{
    (void)user;
    (void)conn;
    print_roster(event->stanza.root);
    return TERCET_OK;
}

/* Requests of others are not looked at: the library answers them as what this program cannot do. */
static tercet_result on_stanza(void *user, tercet_conn *conn, const tercet_event *event)
{
    struct session *session = user;
    const tercet_stanza *stanza = &event->stanza;
    tercet_element body;
    tercet_str text;
    if (stanza->kind == TERCET_UNIT_PRESENCE) {
        printf("presence");
        print(" ", stanza->type, "");
        print(" from ", stanza->from, "");
        putchar('\n');
    }
    if (stanza->kind != TERCET_UNIT_MESSAGE)
        return TERCET_OK;
    if (stanza->type.ptr != NULL && is(stanza->type, "error")) {
        put(stderr, "error: the message came back: ", stanza->raw, "\n");
        session->refused = true;
        return TERCET_OK;
    }
    if (tercet_element_child_id(stanza->root, TERCET_NS_CLIENT, TERCET_NAME_BODY, &body) != TERCET_OK
        || tercet_element_text(body, &text) != TERCET_OK)
        return TERCET_OK;
    print("message from ", stanza->from, ": ");
    print("", text, "\n");
    if (session->to != NULL || session->count == 0 || --session->count > 0)
        return TERCET_OK;
    session->done = true;
    return tercet_conn_close(conn);
}

static tercet_result on_stream_error(void *user, tercet_conn *conn, const tercet_event *event)
{
    (void)user;
    (void)conn;
    put(stderr, "error: the server ended the stream: ", event->condition, "\n");
    return TERCET_OK;
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
    .opened = on_opened,
    .start_tls = on_start_tls,
    .channel_binding = on_binding,
    .bound = on_bound,
    .stanza = on_stanza,
    .response = on_response,
    .roster_push = on_roster_push,
    .stream_error = on_stream_error,
    .closed = on_closed,
};

/* ---- The transport ---- */

/* A connected socket, or -1. */
static int dial(const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found;
    int error = getaddrinfo(host, port, &hints, &found);
    if (error != 0) {
        fprintf(stderr, "error: %s: %s (--server HOST says where it is)\n", host, gai_strerror(error));
        return -1;
    }
    int fd = -1;
    for (struct addrinfo *at = found; at != NULL && fd < 0; at = at->ai_next) {
        fd = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
        if (fd >= 0 && (connect(fd, at->ai_addr, at->ai_addrlen) != 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0)) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(found);
    if (fd < 0)
        fprintf(stderr, "error: cannot connect to %s:%s: %s\n", host, port, strerror(errno));
    return fd;
}

/* What OpenSSL complained of first: that is the cause. NULL where it did not. */
static const char *tls_complaint(void)
{
    unsigned long error = ERR_peek_error();
    return ERR_GET_LIB(error) == ERR_LIB_SYS ? strerror(ERR_GET_REASON(error)) : ERR_reason_error_string(error);
}

/* TLS to come, for a server that must be able to show a certificate for `domain`. */
static SSL *prepare_tls(int fd, const char *domain, const char *ca)
{
    ERR_clear_error();
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (context == NULL)
        return NULL;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
    SSL *ssl = NULL;
    int trusts = ca != NULL ? SSL_CTX_load_verify_locations(context, ca, NULL)
                            : SSL_CTX_set_default_verify_paths(context);
    if (trusts == 1 && SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1)
        ssl = SSL_new(context);
    SSL_CTX_free(context);
    /* As RFC 6125 has it: names are looked for where they belong, and a wildcard is a whole label. */
    if (ssl != NULL)
        SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    if (ssl != NULL && SSL_set_fd(ssl, fd) == 1 && SSL_set1_host(ssl, domain) == 1
        && SSL_set_tlsext_host_name(ssl, domain) == 1) {
        SSL_set_connect_state(ssl);
        return ssl;
    }
    SSL_free(ssl);
    return NULL;
}

static bool has_output(tercet_conn *conn)
{
    const uint8_t *data;
    size_t len;
    return tercet_conn_output(conn, &data, &len) == TERCET_OK && len > 0;
}

/* Waits until there is something to do: octets, room for octets, a deadline, a signal. */
static bool await(tercet_conn *conn, const struct session *session, const sigset_t *signals)
{
    struct pollfd ready = {.fd = session->fd, .events = POLLIN};
    if (session->phase == HANDSHAKE)
        ready.events = SSL_want_write(session->ssl) ? POLLOUT : POLLIN;
    else if (has_output(conn) || SSL_want_write(session->ssl))
        ready.events |= POLLOUT;
    uint64_t due = session->phase == HANDSHAKE ? session->until : tercet_conn_deadline(conn);
    uint64_t now = now_ms();
    uint64_t wait = due > now ? due - now : 0;
    struct timespec timeout = {(time_t)(wait / 1000), (long)(wait % 1000) * 1000000};
    return ppoll(&ready, 1, due == TERCET_NEVER ? NULL : &timeout, signals) >= 0 || errno == EINTR;
}

/* What came; 0 for nothing at present, -1 where the transport has ended. */
static ssize_t receive(struct session *session, uint8_t *buffer, size_t capacity)
{
    if (session->phase < HANDSHAKE) {
        ssize_t got = recv(session->fd, buffer, capacity, 0);
        return got > 0 ? got : got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
    }
    ERR_clear_error();
    int got = SSL_read(session->ssl, buffer, (int)capacity);
    int why = SSL_get_error(session->ssl, got);
    return got > 0 ? got : why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? 0 : -1;
}

/* A step of the handshake: TERCET_OK when it is done, TERCET_NEED_MORE when it waits for the server. */
static tercet_result handshake(tercet_conn *conn, struct session *session)
{
    if (now_ms() >= session->until)
        return TERCET_ERR_TIMEOUT;
    ERR_clear_error();
    int why = SSL_get_error(session->ssl, SSL_do_handshake(session->ssl));
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
        return TERCET_NEED_MORE;
    if (why == SSL_ERROR_NONE) {
        session->phase = SECURE;
        return session->direct ? TERCET_OK : tercet_conn_secured(conn);
    }
    long verdict = SSL_get_verify_result(session->ssl);
    session->untrusted = verdict != X509_V_OK && verdict != X509_V_ERR_HOSTNAME_MISMATCH
                         && verdict != X509_V_ERR_CERT_HAS_EXPIRED && verdict != X509_V_ERR_CERT_NOT_YET_VALID;
    session->why = verdict != X509_V_OK ? X509_verify_cert_error_string(verdict) : tls_complaint();
    if (session->why == NULL)
        session->why = "the server hung up";
    tercet_conn_tls_failed(conn);
    return TERCET_ERR_TLS;
}

/* Goes on until the stream is over. */
static tercet_result run(tercet_conn *conn, struct session *session, const sigset_t *signals)
{
    uint8_t buffer[READ_BYTES];
    ssize_t got = 0;
    bool said_goodbye = false;
    session->until = now_ms() + HANDSHAKE_MS;
    for (;;) {
        tercet_result result = TERCET_OK;
        if (session->phase == HANDSHAKE)
            result = handshake(conn, session);
        if (result == TERCET_OK)
            result = tercet_conn_drive(conn, &CALLBACKS, session, buffer, (size_t)got, now_ms());
        if (result < 0)
            return result;
        if (tercet_conn_is_over(conn) && !has_output(conn))
            return TERCET_OK;
        got = 0;
        if (session->phase == PROCEEDING && !has_output(conn)) {
            session->phase = HANDSHAKE;
            continue;
        }
        if (told_to_go && !said_goodbye) {
            if (tercet_conn_jid(conn).ptr == NULL)
                return TERCET_ERR_NOT_BOUND;
            said_goodbye = true;
            session->done = session->to == NULL && session->count == 0;
            tercet_conn_close(conn);
            continue;
        }
        if (!await(conn, session, signals))
            return TERCET_ERR_DISCONNECTED;
        if (session->phase != HANDSHAKE && (got = receive(session, buffer, sizeof buffer)) < 0)
            return tercet_conn_eof(conn);
    }
}

static void print_error(tercet_conn *conn, const struct session *session, tercet_result result)
{
    tercet_error error;
    fprintf(stderr, "error: %s:%s: ", session->host, session->port);
    if (session->why != NULL)
        fprintf(stderr, "TLS: %s\n", session->why);
    else if (tercet_conn_last_error(conn, &error) == TERCET_OK && error.result == result)
        put(stderr, "", error.message, "\n");
    else
        fprintf(stderr, "%s\n", tercet_result_str(result));
    if (session->untrusted)
        fputs("--ca FILE says whom to trust, in PEM: for a certificate of the server's own making, that one\n", stderr);
    else if (session->direct && session->phase == HANDSHAKE && SSL_get_verify_result(session->ssl) == X509_V_OK)
        fputs("without --direct it begins in clear and goes on by STARTTLS, as is usual at port 5222\n", stderr);
    else if (!session->direct && !session->opened)
        fputs("with --direct it begins with TLS at once, as is usual at port 5223\n", stderr);
}

static tercet_result connect_as(const char *jid, const char *password, bool direct, tercet_conn **conn)
{
    tercet_client_config *config;
    tercet_result result = tercet_client_config_new(tercet_str_from(jid), tercet_str_from(password), &config);
    if (result != TERCET_OK)
        return result;
    result = tercet_client_config_set_tls(config, direct ? TERCET_TLS_DIRECT : TERCET_TLS_REQUIRED);
    if (result == TERCET_OK)
        result = tercet_client_new(config, conn);
    tercet_client_config_free(config);
    return result;
}

/* Connects, and goes on until the end; the exit code. */
static int hold(tercet_conn *conn, struct session *session, const char *domain, const char *ca)
{
    sigset_t blocked, before;
    struct sigaction action = {.sa_handler = on_signal};
    /* Signals come while ppoll waits, and at no other time. */
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGINT);
    sigaddset(&blocked, SIGTERM);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);

    session->fd = dial(session->host, session->port);
    if (session->fd < 0)
        return EXIT_FAILURE;
    session->ssl = prepare_tls(session->fd, domain, ca);
    if (session->ssl == NULL) {
        const char *why = tls_complaint();
        fprintf(stderr, "error: no certificates to trust in %s: %s\n",
                ca != NULL ? ca : "the places that OpenSSL knows", why != NULL ? why : "unknown reason");
        close(session->fd);
        return EXIT_FAILURE;
    }
    tercet_result result = run(conn, session, &before);
    fflush(stdout);
    if (result < 0)
        print_error(conn, session, result);
    if (session->phase == SECURE)
        SSL_shutdown(session->ssl);
    SSL_free(session->ssl);
    close(session->fd);
    bool well = result == TERCET_OK && session->done && !session->refused && session->closed;
    return well ? EXIT_SUCCESS : EXIT_FAILURE;
}

enum { SERVER, PORT, CA, COUNT, DIRECT, OPTION_COUNT };

static const struct option OPTIONS[] = {
    {"server", required_argument, NULL, SERVER}, {"port", required_argument, NULL, PORT},
    {"ca", required_argument, NULL, CA},         {"count", required_argument, NULL, COUNT},
    {"direct", no_argument, NULL, DIRECT},       {NULL, 0, NULL, 0},
};

static const char USAGE[] =
    "usage: client [--server HOST] [--port PORT] [--direct] [--ca FILE] [--count N] JID [TO TEXT]\n"
    "       the password is in the variable TERCET_PASSWORD of the environment\n";

/* Says what is wrong with the call, and how it should be; the exit code. */
static int misused(const char *what, const char *why)
{
    fprintf(stderr, "error: %s: %s\n%s", what, why, USAGE);
    return 2;
}

/* Whether a text is a number from 1 to `most`, which becomes `number`. */
static bool is_number(const char *text, unsigned long most, unsigned long *number)
{
    errno = 0;
    *number = strtoul(text, NULL, 10);
    return strspn(text, "0123456789") == strlen(text) && errno == 0 && *number >= 1 && *number <= most;
}

int main(int argc, char **argv)
{
    const char *values[OPTION_COUNT] = {NULL};
    char buffer[TERCET_JID_BYTES], other[TERCET_JID_BYTES], domain[1024];
    struct session session = {.phase = CLEAR};
    tercet_jid jid, to;
    tercet_conn *conn;
    unsigned long number;
    int option;
    while ((option = getopt_long(argc, argv, "", OPTIONS, NULL)) >= 0 && option < OPTION_COUNT) {
        values[option] = optarg;
        session.direct |= option == DIRECT;
    }
    int given = argc - optind;
    const char *password = getenv("TERCET_PASSWORD");
    if (option != -1) {
        fputs(USAGE, stderr);
        return 2;
    }
    if (given == 0)
        return misused("JID", "missing: whose account is it?");
    if (given == 2)
        return misused("TEXT", "missing: what is to be sent?");
    if (given > 3)
        return misused(argv[optind + 3], "too much: a TEXT of several words belongs in quotation marks");
    if (values[PORT] != NULL && !is_number(values[PORT], UINT16_MAX, &number))
        return misused(values[PORT], "a port is a number from 1 to 65535");
    if (values[COUNT] != NULL && !is_number(values[COUNT], ULONG_MAX, &session.count))
        return misused(values[COUNT], "a count is a number from 1 on");
    tercet_result result = tercet_jid_parse(tercet_str_from(argv[optind]), buffer, sizeof buffer, &jid);
    if (result != TERCET_OK || jid.local.ptr == NULL)
        return misused(argv[optind], "no address of an account, local@domain");
    session.to = given == 3 ? argv[optind + 1] : NULL;
    session.text = given == 3 ? argv[optind + 2] : NULL;
    if (session.to != NULL && tercet_jid_parse(tercet_str_from(session.to), other, sizeof other, &to) != TERCET_OK)
        return misused(session.to, "no address, local@domain");
    if (password == NULL || password[0] == '\0')
        return misused("TERCET_PASSWORD", "not set: the account's password is expected there");
    result = connect_as(argv[optind], password, session.direct, &conn);
    if (result != TERCET_OK) {
        fprintf(stderr, "error: %s: %s\n", argv[optind], tercet_result_str(result));
        return EXIT_FAILURE;
    }
    if (session.direct)
        session.phase = HANDSHAKE;
    setvbuf(stdout, NULL, _IOLBF, 0);
    snprintf(domain, sizeof domain, "%.*s", (int)jid.domain.len, jid.domain.ptr);
    session.host = values[SERVER] != NULL ? values[SERVER] : domain;
    session.port = values[PORT] != NULL ? values[PORT] : session.direct ? "5223" : "5222";
    int code = hold(conn, &session, domain, values[CA]);
    tercet_conn_free(conn);
    return code;
}
