/*
 * An XMPP server for the users of one domain: accounts, rosters, presence, messages; STARTTLS on one port, TLS from the
 * first octet on the other. How it is called is in USAGE, below. SIGTERM ends it in order, SIGUSR1 has it print what
 * memory it uses. How it works is in README.md; store.c is its database, system.c what it needs of the system.
 *
 *   cc server.c store.c system.c $(pkg-config --cflags --libs tercet openssl sqlite3) -o server
 */
#define _GNU_SOURCE

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "store.h"
#include "system.h"
#include "tercet.h"

enum {
    READ_BYTES = 16384,           /* a whole TLS record: so nothing is left inside OpenSSL, unseen by epoll */
    OUTPUT_ENOUGH = 64 * 1024,    /* octets waiting for a client at which nothing more is read from it */
    OUTPUT_MAX = 2 * 1024 * 1024, /* octets waiting for a client at which it is sent away */
    SESSIONS_MAX = 50,            /* sessions of an account */
    HANDSHAKE_MS = 20000,         /* for TLS to begin */
    TAKING_MS = 60000,            /* for a client to take any of the octets that wait for it */
    LINGER_MS = 3000,             /* for the last octets to be taken, and for the client to hang up */
    IDLE_MS = 5000,               /* of silence until a connection gives back the memory that only work needs */
    SWEEP_MS = 1000,              /* between two looks at what is due: nothing here needs to be more exact */
};

enum phase {
    CLEAR,      /* before TLS */
    PROCEEDING, /* the last octets in clear are on their way out, then TLS begins */
    HANDSHAKE,
    SECURE,
    LINGERING,  /* all is said; what still comes is thrown away, lest a reset overtakes the last words */
};

struct client {
    int fd;
    char peer[PEER_BYTES]; /* where it is, for the log */
    enum phase phase;
    bool direct;      /* TLS from the first octet */
    uint32_t watched; /* what epoll looks for */
    uint64_t session; /* its number at the router; 0 while it has no session */
    uint64_t until;   /* when to drop it, whatever the library says */
    size_t waiting;   /* octets for it that it has not taken */
    bool took;        /* some, since it was looked at last */
    uint64_t active;  /* when something happened last; TERCET_NEVER once its memory was given back */
    tercet_conn *conn;
    SSL *ssl;         /* NULL before TLS */
    char *lang;       /* of its stream, for the router */
    bool is_touched;
    LIST_ENTRY(client) touched;
};

static struct {
    int epoll;
    int listeners[2];                 /* STARTTLS, direct TLS */
    tercet_server_config *configs[2]; /* the same */
    SSL_CTX *tls;
    tercet_router *router;
    struct client **clients;          /* by descriptor */
    size_t room;                      /* descriptors that there can be */
    size_t count;
    uint64_t sessions;                /* how many there have been */
    uint64_t sweep;                   /* when to look at all clients again */
    LIST_HEAD(, client) touched;      /* who was written to since it was last driven */
    bool stopping;
} server;

/* ---- Sessions: what the router says ---- */

static void touch(struct client *client)
{
    if (!client->is_touched)
        LIST_INSERT_HEAD(&server.touched, client, touched);
    client->is_touched = true;
}

/* A session's number holds the descriptor, and is not used again. */
static struct client *client_of(uint64_t session)
{
    struct client *client = server.clients[(uint32_t)session];
    return client != NULL && client->session == session ? client : NULL;
}

static void dismiss(struct client *client, const char *condition);

/* Appends to the output of a client, who may be the one that is just being driven. Who takes too little is sent away at
 * once, before memory fills: one read from one client may be many times as much for many others. */
static tercet_result on_deliver(void *user, tercet_router *router, const tercet_action *action)
{
    struct client *client = client_of(action->session);
    (void)user, (void)router;
    if (client != NULL && client->waiting > OUTPUT_MAX) {
        dismiss(client, "resource-constraint");
    } else if (client != NULL && tercet_conn_deliver(client->conn, action->stanza) == TERCET_OK) {
        client->waiting += action->stanza.len;
        touch(client);
    }
    return TERCET_OK;
}

static const tercet_store STORE = {
    .struct_size = sizeof(tercet_store),
    .deliver = on_deliver,
    .save_item = store_save_item,
    .remove_item = store_change,
    .save_pending = store_change,
    .remove_pending = store_change,
    .load_roster = store_load_roster,
    .store_offline = store_store_message,
    .load_offline = store_load_messages,
};

/* Does all that the router wants done. To be called after each change, before the next. In on_deliver the router is at
 * it already, and goes on by itself. What fails is said, and the rest is done. */
static void route(void)
{
    tercet_result result;
    do {
        result = tercet_router_drive(server.router, &STORE, NULL);
        if (result != TERCET_OK && result != TERCET_ERR_BUSY)
            fprintf(stderr, "router: %s\n", tercet_result_str(result));
    } while (result == TERCET_ERR_CALLBACK);
}

static void leave(struct client *client)
{
    if (client->session == 0)
        return;
    (void)tercet_router_detach(server.router, client->session);
    client->session = 0;
    route();
}

/* Sends a client away. It is not freed here: this may be called while it, or another, is being driven. */
static void dismiss(struct client *client, const char *condition)
{
    fprintf(stderr, "%s: sent away: %s\n", client->peer, condition);
    leave(client);
    tercet_conn_close_with(client->conn, tercet_str_from(condition));
    touch(client);
}

/* ---- What tercet_conn_drive calls: `user` is the client ---- */

/* Takes as much as the transport takes at present. */
static size_t on_write(void *user, tercet_conn *conn, const uint8_t *data, size_t len)
{
    struct client *client = user;
    bool ready = client->ssl == NULL || client->phase == SECURE;
    size_t sent = ready ? write_to(client->fd, client->ssl, data, len) : 0;
    (void)conn;
    client->took |= sent > 0;
    client->waiting -= sent < client->waiting ? sent : client->waiting;
    return sent;
}

/* What was written before is on its way, perhaps not all of it: settle() begins with TLS when it is. */
static tercet_result on_start_tls(void *user, tercet_conn *conn, const tercet_event *event)
{
    struct client *client = user;
    (void)conn, (void)event;
    client->phase = PROCEEDING;
    return TERCET_OK;
}

/* For the -PLUS variants of SCRAM: what both ends know of this TLS connection and nobody else does. */
static tercet_result on_binding(void *user, tercet_conn *conn, int32_t kind, uint8_t *data, size_t room, size_t *len)
{
    SSL *ssl = ((struct client *)user)->ssl;
    (void)conn;
    *len = kind == TERCET_BINDING_TLS_EXPORTER ? tls_exporter(ssl, data, room)
           : kind == TERCET_BINDING_TLS_UNIQUE ? tls_unique(ssl, data, room) : 0;
    return *len > 0 ? TERCET_OK : TERCET_NONE;
}

static tercet_result on_opened(void *user, tercet_conn *conn, const tercet_event *event)
{
    struct client *client = user;
    (void)conn;
    free(client->lang);
    client->lang = event->stanza.lang.ptr != NULL ? strndup(event->stanza.lang.ptr, event->stanza.lang.len) : NULL;
    return TERCET_OK;
}

static tercet_result on_credentials(void *user, tercet_conn *conn, const tercet_event *event)
{
    (void)user;
    return store_answer_keys(conn, event->token, event->jid);
}

static tercet_result on_refused(void *user, tercet_conn *conn, const tercet_event *event)
{
    struct client *client = user;
    (void)conn;
    fprintf(stderr, "%s: login refused: %.*s\n", client->peer, (int)event->condition.len, event->condition.ptr);
    return TERCET_OK;
}

/* Whoever comes last has the resource: a client that comes again has mostly lost the connection it had. */
static tercet_result on_resource(void *user, tercet_conn *conn, const tercet_event *event)
{
    char buffer[TERCET_JID_BYTES];
    tercet_jid jid;
    uint64_t older;
    size_t count = 0;
    (void)user;
    tercet_result result = tercet_jid_parse(event->jid, buffer, sizeof buffer, &jid);
    if (result != TERCET_OK)
        return result;
    if (tercet_router_find(server.router, jid.full, &older) == TERCET_OK)
        dismiss(client_of(older), "conflict");
    else if (tercet_router_sessions(server.router, jid.bare, NULL, 0, &count) != TERCET_OK || count >= SESSIONS_MAX)
        return tercet_conn_answer_refuse(conn, event->token, tercet_str_from("resource-constraint"));
    return tercet_conn_answer(conn, event->token, TERCET_ANSWER_ACCEPT);
}

static tercet_result on_bound(void *user, tercet_conn *conn, const tercet_event *event)
{
    struct client *client = user;
    char buffer[TERCET_JID_BYTES];
    tercet_jid jid;
    tercet_roster *roster;
    (void)conn;
    tercet_result result = tercet_jid_parse(event->jid, buffer, sizeof buffer, &jid);
    if (result != TERCET_OK || (result = tercet_roster_new(&roster)) != TERCET_OK)
        return result;
    /* The router keeps the rosters of those who are here: only the first session of a user brings it. */
    if (!tercet_router_has_roster(server.router, jid.bare) && !store_fill_roster(jid.bare, roster))
        result = TERCET_ERR_FAILED;
    uint64_t session = ++server.sessions << 32 | (uint32_t)client->fd;
    if (result == TERCET_OK)
        result = tercet_router_attach(server.router, session, jid.full, roster);
    if (result == TERCET_OK) {
        client->session = session;
        /* Refused where it is no language tag, "en_US" for one: the session is as good without. */
        if (client->lang != NULL)
            tercet_router_set_lang(server.router, session, tercet_str_from(client->lang));
        route();
    }
    tercet_roster_free(roster);
    return result;
}

static tercet_result on_stanza(void *user, tercet_conn *conn, const tercet_event *event)
{
    struct client *client = user;
    (void)conn;
    /* A session that was sent away meanwhile is no error: TERCET_NONE, above 0. */
    tercet_result result = tercet_router_handle(server.router, client->session, event->stanza.root);
    route();
    return result < 0 ? result : TERCET_OK;
}

static void on_log(void *user, tercet_conn *conn, int32_t level, tercet_str message)
{
    struct client *client = user;
    (void)conn;
    if (level >= TERCET_LOG_INFO)
        fprintf(stderr, "%s: %.*s\n", client->peer, (int)message.len, message.ptr);
}

static tercet_callbacks callbacks = {
    .struct_size = sizeof(tercet_callbacks),
    .write = on_write,
    .start_tls = on_start_tls,
    .channel_binding = on_binding,
    .opened = on_opened,
    .credentials = on_credentials,
    .refused = on_refused,
    .resource = on_resource,
    .bound = on_bound,
    .stanza = on_stanza,
    .log = on_log,
};

/* ---- The life of a connection ---- */

/* Frees a client: never from inside a callback. */
static void drop(struct client *client)
{
    leave(client);
    if (client->is_touched)
        LIST_REMOVE(client, touched);
    server.clients[client->fd] = NULL;
    server.count--;
    SSL_free(client->ssl);
    close(client->fd);
    tercet_conn_free(client->conn);
    free(client->lang);
    free(client);
}

/* Where it answers false there will be no TLS, and the client is to be dropped. */
static bool begin_tls(struct client *client)
{
    client->ssl = SSL_new(server.tls);
    if (client->ssl == NULL || SSL_set_fd(client->ssl, client->fd) != 1)
        return false;
    SSL_set_accept_state(client->ssl);
    client->phase = HANDSHAKE;
    client->until = now_ms() + HANDSHAKE_MS;
    return true;
}

/* Sees where a connection stands after something was done with it, and what it waits for now. May free the client. */
static void settle(struct client *client)
{
    const uint8_t *data;
    size_t waiting;
    if (tercet_conn_output(client->conn, &data, &waiting) != TERCET_OK)
        waiting = 0;
    bool over = tercet_conn_is_over(client->conn);
    if (over && client->phase == HANDSHAKE) {
        drop(client);
        return;
    }
    if (over) {
        leave(client);
        if (client->until > now_ms() + LINGER_MS)
            client->until = now_ms() + LINGER_MS;
        if (waiting == 0 && client->phase == SECURE)
            SSL_shutdown(client->ssl);
        if (waiting == 0 && client->phase != LINGERING)
            shutdown(client->fd, SHUT_WR);
        if (waiting == 0)
            client->phase = LINGERING;
    } else if (client->session != 0 && waiting > OUTPUT_MAX) {
        dismiss(client, "resource-constraint");
    } else if (client->phase == PROCEEDING && waiting == 0 && !begin_tls(client)) {
        drop(client);
        return;
    } else if (client->phase != HANDSHAKE && (waiting == 0 || client->took || client->until == TERCET_NEVER)) {
        client->until = waiting == 0 ? TERCET_NEVER : now_ms() + TAKING_MS;
    }
    client->waiting = waiting;
    client->took = false;
    bool blocked = client->phase != LINGERING && client->ssl != NULL && SSL_want_write(client->ssl);
    bool reads = client->phase == HANDSHAKE ? !blocked : client->phase != PROCEEDING && waiting < OUTPUT_ENOUGH;
    uint32_t events = (reads ? EPOLLIN : 0) | (blocked || waiting > 0 ? EPOLLOUT : 0);
    if (events != client->watched)
        watch(server.epoll, EPOLL_CTL_MOD, client->fd, events);
    client->watched = events;
}

/* Has the library work on what came. May free the client. */
static void drive(struct client *client, const uint8_t *data, size_t len)
{
    client->active = now_ms();
    tercet_result result = tercet_conn_drive(client->conn, &callbacks, client, data, len, client->active);
    if (result < 0 && !tercet_conn_is_over(client->conn)) {
        leave(client);
        tercet_conn_close_with(client->conn, tercet_str_from("internal-server-error"));
    }
    settle(client);
}

/* Drives whoever was written to meanwhile, until nobody is left. */
static void drive_touched(void)
{
    struct client *client;
    while ((client = LIST_FIRST(&server.touched)) != NULL) {
        LIST_REMOVE(client, touched);
        client->is_touched = false;
        drive(client, NULL, 0);
    }
}

static void handshake(struct client *client)
{
    ERR_clear_error();
    int why = SSL_get_error(client->ssl, SSL_do_handshake(client->ssl));
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) {
        settle(client);
    } else if (why == SSL_ERROR_NONE && (client->direct || tercet_conn_secured(client->conn) == TERCET_OK)) {
        client->phase = SECURE;
        client->until = TERCET_NEVER;
        drive(client, NULL, 0);
    } else {
        fprintf(stderr, "%s: no TLS: %s\n", client->peer, ERR_error_string(ERR_peek_error(), NULL));
        tercet_conn_tls_failed(client->conn);
        drop(client);
    }
}

static void on_ready(struct client *client, uint32_t events)
{
    static uint8_t buffer[READ_BYTES];
    ssize_t got = 0;
    if (client->phase != HANDSHAKE && (events & ~(uint32_t)EPOLLOUT) != 0)
        got = read_from(client->fd, client->phase == SECURE ? client->ssl : NULL, buffer, sizeof buffer);
    if (client->phase == HANDSHAKE) {
        handshake(client);
    } else if (got < 0) {
        if (tercet_conn_eof(client->conn) == TERCET_ERR_DISCONNECTED)
            fprintf(stderr, "%s: gone without a word\n", client->peer);
        drop(client);
    } else if (client->phase != LINGERING) {
        drive(client, buffer, (size_t)got);
    }
}

static void welcome(int fd, const char *peer, bool direct)
{
    struct client *client = (size_t)fd < server.room ? malloc(sizeof *client) : NULL;
    if (client == NULL) {
        close(fd);
        return;
    }
    *client = (struct client){.fd = fd, .direct = direct, .watched = EPOLLIN, .until = TERCET_NEVER};
    strcpy(client->peer, peer);
    server.clients[fd] = client;
    server.count++;
    if (tercet_server_new(server.configs[direct], &client->conn) != TERCET_OK
        || !watch(server.epoll, EPOLL_CTL_ADD, fd, EPOLLIN) || (direct && !begin_tls(client))) {
        drop(client);
    } else if (direct) {
        settle(client);
    } else {
        drive(client, NULL, 0);
    }
}

/* Lets in all who wait, as long as there are descriptors. */
static void let_in(int listener)
{
    char peer[PEER_BYTES];
    int fd;
    while ((fd = accept_from(listener, peer)) >= 0)
        welcome(fd, peer, listener == server.listeners[1]);
    if (errno == EMFILE || errno == ENFILE)
        fprintf(stderr, "%zu connection%s: no descriptor is left, the others wait\n", server.count,
                server.count == 1 ? "" : "s");
}

/* Does what is due for a client who says nothing. */
static void attend(struct client *client, uint64_t now)
{
    if (client->until <= now) {
        fprintf(stderr, "%s: given up\n", client->peer);
        drop(client);
    } else if (tercet_conn_deadline(client->conn) <= now) {
        drive(client, NULL, 0);
    } else if (client->active != TERCET_NEVER && client->active + IDLE_MS <= now) {
        tercet_conn_shrink(client->conn);
        client->active = TERCET_NEVER;
    }
}

static void sweep(uint64_t now)
{
    for (size_t fd = 0; fd < server.room; fd++)
        if (server.clients[fd] != NULL)
            attend(server.clients[fd], now);
    for (int i = 0; i < 2 && !server.stopping; i++)
        let_in(server.listeners[i]);
    server.sweep = now + SWEEP_MS;
}

/* Lets nobody in any more, and tells everybody to go. */
static void stop(void)
{
    server.stopping = true;
    close(server.listeners[0]);
    close(server.listeners[1]);
    for (size_t fd = 0; fd < server.room; fd++) {
        struct client *client = server.clients[fd];
        if (client != NULL && client->phase == HANDSHAKE)
            drop(client);
        else if (client != NULL)
            dismiss(client, "system-shutdown");
    }
}

static void print_memory(void)
{
    size_t engine = 0;
    for (size_t fd = 0; fd < server.room; fd++)
        if (server.clients[fd] != NULL)
            engine += tercet_conn_memory(server.clients[fd]->conn);
    printf("connections %zu, bytes: tercet %zu, router %zu, openssl %zu, own %zu, heap %zu\n", server.count, engine,
           tercet_router_memory(server.router), openssl_memory(), server.count * sizeof(struct client), heap_memory());
}

/* ---- The program ---- */

static void run(int signals)
{
    while (!server.stopping || server.count > 0) {
        struct epoll_event ready[64];
        int count = epoll_wait(server.epoll, ready, 64, SWEEP_MS);
        for (int i = 0; i < count; i++) {
            int fd = ready[i].data.fd;
            if (fd == signals && next_signal(signals) == SIGUSR1)
                print_memory();
            else if (fd == signals && !server.stopping)
                stop();
            else if (fd == server.listeners[0] || fd == server.listeners[1])
                let_in(fd);
            else if (server.clients[fd] != NULL)
                on_ready(server.clients[fd], ready[i].events);
            drive_touched();
        }
        if (server.sweep <= now_ms())
            sweep(now_ms());
        drive_touched();
    }
}

static bool prepare(const char *domain, const char *cert, const char *key, bool plain)
{
    static const int32_t policies[] = {TERCET_TLS_REQUIRED, TERCET_TLS_DIRECT};
    /* PLAIN only if it must be: with it whoever sends a password has this loop derive keys, for milliseconds. */
    const tercet_str mechanisms[] = {tercet_str_from("SCRAM-SHA-256"), tercet_str_from("SCRAM-SHA-1"),
                                     tercet_str_from("PLAIN")};
    tercet_result result = tercet_router_new(tercet_str_from(domain), &server.router);
    for (int i = 0; i < 2 && result == TERCET_OK; i++) {
        result = tercet_server_config_new(tercet_str_from(domain), &server.configs[i]);
        if (result == TERCET_OK)
            result = tercet_server_config_set_tls(server.configs[i], policies[i]);
        if (result == TERCET_OK)
            result = tercet_server_config_set_mechanisms(server.configs[i], mechanisms, plain ? 3 : 2);
        if (result == TERCET_OK)
            result = tercet_server_config_allow_whitespace_after_starttls(server.configs[i], true);
    }
    if (result != TERCET_OK)
        fprintf(stderr, "%s: %s\n", domain, tercet_result_str(result));
    server.room = descriptors();
    server.clients = calloc(server.room, sizeof *server.clients);
    server.epoll = epoll_create1(EPOLL_CLOEXEC);
    server.tls = tls_context(cert, key);
    return result == TERCET_OK && server.room > 0 && server.clients != NULL && server.epoll >= 0 && server.tls != NULL;
}

static bool serve(const char *address, const char *port, const char *tls_port)
{
    int signals = catch_signals();
    bool ready = watch(server.epoll, EPOLL_CTL_ADD, signals, EPOLLIN);
    server.listeners[0] = listen_at(address, port, "STARTTLS at");
    server.listeners[1] = listen_at(address, tls_port, "TLS at");
    /* Told once of each that comes: those who could not be let in are no news until the next look at all clients. */
    for (int i = 0; i < 2; i++)
        ready = ready && watch(server.epoll, EPOLL_CTL_ADD, server.listeners[i], EPOLLIN | EPOLLET);
    if (ready)
        run(signals);
    close(signals);
    return ready;
}

enum { DOMAIN, DATABASE, CERT, KEY, ADDRESS, PORT, TLS_PORT, ADD_ACCOUNT, NO_BINDING, PLAIN, OPTION_COUNT };

static const char USAGE[] =
    "usage: server --domain D --database F --cert F --key F [--address A] [--port P] [--tls-port P]\n"
    "              [--no-channel-binding] [--plain]\n"
    "       server --domain D --database F --add-account NAME    (standard input: the password, a line)\n";

static const struct option OPTIONS[] = {
    {"domain", required_argument, NULL, DOMAIN},     {"database", required_argument, NULL, DATABASE},
    {"cert", required_argument, NULL, CERT},         {"key", required_argument, NULL, KEY},
    {"address", required_argument, NULL, ADDRESS},   {"port", required_argument, NULL, PORT},
    {"tls-port", required_argument, NULL, TLS_PORT}, {"add-account", required_argument, NULL, ADD_ACCOUNT},
    {"no-channel-binding", no_argument, NULL, NO_BINDING}, {"plain", no_argument, NULL, PLAIN}, {NULL, 0, NULL, 0},
};

int main(int argc, char **argv)
{
    const char *values[OPTION_COUNT] = {[ADDRESS] = "127.0.0.1", [PORT] = "5222", [TLS_PORT] = "5223"};
    if (!read_options(argc, argv, OPTIONS, values)
        || !are_given(OPTIONS, values, DOMAIN, values[ADD_ACCOUNT] != NULL ? DATABASE : KEY)
        || !are_ports(OPTIONS, values, PORT, TLS_PORT)) {
        fputs(USAGE, stderr);
        return 2;
    }
    if (values[NO_BINDING] != NULL)
        callbacks.channel_binding = NULL;
    setvbuf(stdout, NULL, _IOLBF, 0);
    count_openssl();
    bool adds = values[ADD_ACCOUNT] != NULL;
    bool well = tercet_version_check(TERCET_VERSION_NUM) == TERCET_OK && store_open(values[DATABASE], adds)
                && (adds ? store_add_account(values[ADD_ACCOUNT], values[DOMAIN])
                         : prepare(values[DOMAIN], values[CERT], values[KEY], values[PLAIN] != NULL)
                               && serve(values[ADDRESS], values[PORT], values[TLS_PORT]));
    tercet_router_free(server.router);
    for (int i = 0; i < 2; i++)
        tercet_server_config_free(server.configs[i]);
    SSL_CTX_free(server.tls);
    free(server.clients);
    store_close();
    return well ? EXIT_SUCCESS : EXIT_FAILURE;
}
