/*
 * strophe JID PASSWORD HOST PORT CA TO TEXT: logs in with libstrophe, says that it is there, waits for a message with a
 * body, answers it with TEXT to TO, and leaves in order. Prints `ready`, then the message. What it does is on standard
 * error. Exit code 0 where a message came and the server closed the stream.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strophe.h>

struct person {
    const char *to, *text;
    int received;
};

static int on_message(xmpp_conn_t *conn, xmpp_stanza_t *stanza, void *user)
{
    struct person *person = user;
    xmpp_ctx_t *context = xmpp_conn_get_context(conn);
    char *body = xmpp_message_get_body(stanza);
    if (body == NULL)
        return 1;
    printf("message from %s: %s\n", xmpp_stanza_get_from(stanza), body);
    fflush(stdout);
    xmpp_free(context, body);
    person->received = 1;
    xmpp_stanza_t *answer = xmpp_message_new(context, "chat", person->to, "answer");
    xmpp_message_set_body(answer, person->text);
    xmpp_send(conn, answer);
    xmpp_stanza_release(answer);
    xmpp_disconnect(conn);
    return 0;
}

static void on_connection(xmpp_conn_t *conn, xmpp_conn_event_t event, int error, xmpp_stream_error_t *stream_error,
                          void *user)
{
    xmpp_ctx_t *context = xmpp_conn_get_context(conn);
    if (event != XMPP_CONN_CONNECT) {
        fprintf(stderr, "the connection ended: %d, %s\n", error, stream_error != NULL ? "by an error" : "in order");
        xmpp_stop(context);
        return;
    }
    if (!xmpp_conn_is_secured(conn))
        abort();
    xmpp_handler_add(conn, on_message, NULL, "message", NULL, user);
    xmpp_stanza_t *presence = xmpp_presence_new(context);
    xmpp_send(conn, presence);
    xmpp_stanza_release(presence);
    puts("ready");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    if (argc != 8)
        return 2;
    struct person person = {.to = argv[6], .text = argv[7]};
    xmpp_initialize();
    xmpp_ctx_t *context = xmpp_ctx_new(NULL, xmpp_get_default_logger(XMPP_LEVEL_DEBUG));
    xmpp_conn_t *conn = xmpp_conn_new(context);
    xmpp_conn_set_jid(conn, argv[1]);
    xmpp_conn_set_pass(conn, argv[2]);
    xmpp_conn_set_cafile(conn, argv[5]);
    xmpp_conn_set_flags(conn, XMPP_CONN_FLAG_MANDATORY_TLS);
    int result = xmpp_connect_client(conn, argv[3], (unsigned short)atoi(argv[4]), on_connection, &person);
    if (result == XMPP_EOK)
        xmpp_run(context);
    xmpp_conn_release(conn);
    xmpp_ctx_free(context);
    xmpp_shutdown();
    return result == XMPP_EOK && person.received ? EXIT_SUCCESS : EXIT_FAILURE;
}
