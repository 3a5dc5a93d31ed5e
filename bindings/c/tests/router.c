/*
 * router: a server of one domain without a connection. Clients are texts that a parser reads, the database is a table
 * in memory, and between them is one tercet_router.
 *
 * The same day is played twice: with callbacks that answer from the database at once, and pulled, with a database that
 * answers later. What each client hears and what the database holds at the end must be the same.
 * Exit code 0 where all is well.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tercet.h"

#define OPENING "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"

/* Ends the program where something is not so. */
#define CHECK(condition) check((condition), #condition, __LINE__)

enum { ENTRIES = 4, SESSIONS = 4, ACCOUNTS = 2, OPEN = 8 };

/* One contact, as the database has it. */
struct contact {
    char *address;
    char *name;
    int32_t subscription;
    uint32_t flags;
    char *groups[ENTRIES];
    size_t group_count;
};

/* A stanza that waits: a request with who asked, a message with when it came. */
struct waiting {
    char *key;
    char *stanza;
};

struct account {
    const char *address;
    struct contact contacts[ENTRIES];
    struct waiting pending[ENTRIES];
    struct waiting kept[ENTRIES];
    size_t kept_count;
};

/* A request of the router's that the database has not answered. */
struct request {
    int32_t kind;
    uint64_t token;
    char *user;
    char *stanza;
};

struct server {
    tercet_router *router;
    struct account accounts[ACCOUNTS];
    char *heard[SESSIONS]; /* what each session was sent, by its number */
    struct request open[OPEN];
    size_t open_count;
    bool later;
};

static void check(bool so, const char *what, int line)
{
    if (!so) {
        fprintf(stderr, "line %d: not so: %s\n", line, what);
        exit(1);
    }
}

static void *must(void *memory)
{
    CHECK(memory != NULL);
    return memory;
}

/* A copy of a text, NULL of none. */
static char *copy(tercet_str text)
{
    if (text.ptr == NULL)
        return NULL;
    char *own = must(malloc(text.len + 1));
    memcpy(own, text.ptr, text.len);
    own[text.len] = '\0';
    return own;
}

static bool same(tercet_str text, const char *string)
{
    return string != NULL && strlen(string) == text.len && memcmp(string, text.ptr, text.len) == 0;
}

/* The database. */

static struct account *account(struct server *server, tercet_str user)
{
    for (size_t at = 0; at < ACCOUNTS; at++)
        if (same(user, server->accounts[at].address))
            return &server->accounts[at];
    return NULL;
}

static void forget_contact(struct contact *contact)
{
    free(contact->address);
    free(contact->name);
    for (size_t at = 0; at < contact->group_count; at++)
        free(contact->groups[at]);
    memset(contact, 0, sizeof *contact);
}

/* The place of `address`, or else a free one. */
static struct contact *place(struct account *account, tercet_str address)
{
    struct contact *found = NULL;
    for (size_t at = 0; at < ENTRIES; at++) {
        struct contact *contact = &account->contacts[at];
        if (same(address, contact->address))
            return contact;
        if (contact->address == NULL)
            found = contact;
    }
    CHECK(found != NULL);
    return found;
}

static struct waiting *request_of(struct account *account, tercet_str contact)
{
    for (size_t at = 0; at < ENTRIES; at++)
        if (same(contact, account->pending[at].key))
            return &account->pending[at];
    return NULL;
}

static void forget_waiting(struct waiting *waiting)
{
    free(waiting->key);
    free(waiting->stanza);
    memset(waiting, 0, sizeof *waiting);
}

static tercet_roster *roster_of(const struct account *account)
{
    tercet_roster *roster;
    CHECK(tercet_roster_new(&roster) == TERCET_OK);
    for (size_t at = 0; at < ENTRIES; at++) {
        const struct contact *contact = &account->contacts[at];
        if (contact->address != NULL) {
            tercet_str groups[ENTRIES];
            for (size_t group = 0; group < contact->group_count; group++)
                groups[group] = tercet_str_from(contact->groups[group]);
            tercet_roster_item item = {tercet_str_from(contact->address), tercet_str_from(contact->name),
                                       contact->subscription, contact->flags, groups, contact->group_count};
            CHECK(tercet_roster_put(roster, &item) == TERCET_OK);
        }
        const struct waiting *pending = &account->pending[at];
        if (pending->key != NULL)
            CHECK(tercet_roster_put_pending(roster, tercet_str_from(pending->key), tercet_str_from(pending->stanza))
                  == TERCET_OK);
    }
    return roster;
}

static tercet_result answer_roster(struct server *server, uint64_t token, tercet_str user)
{
    const struct account *owner = account(server, user);
    if (owner == NULL)
        return tercet_router_answer(server->router, token, TERCET_ANSWER_NO_ACCOUNT);
    tercet_roster *roster = roster_of(owner);
    tercet_result result = tercet_router_answer_roster(server->router, token, roster);
    tercet_roster_free(roster);
    return result;
}

static tercet_result answer_store(struct server *server, uint64_t token, tercet_str user, tercet_str stanza)
{
    struct account *owner = account(server, user);
    if (owner == NULL || owner->kept_count == ENTRIES)
        return tercet_router_answer(server->router, token, TERCET_ANSWER_REFUSED);
    struct waiting kept = {copy(tercet_str_from("2026-01-31T23:59:59Z")), copy(stanza)};
    owner->kept[owner->kept_count++] = kept;
    return tercet_router_answer(server->router, token, TERCET_ANSWER_STORED);
}

static tercet_result answer_messages(struct server *server, uint64_t token, tercet_str user)
{
    struct account *owner = account(server, user);
    CHECK(owner != NULL);
    tercet_offline_message kept[ENTRIES];
    for (size_t at = 0; at < owner->kept_count; at++) {
        kept[at].stamp = tercet_str_from(owner->kept[at].key);
        kept[at].stanza = tercet_str_from(owner->kept[at].stanza);
    }
    tercet_result result = tercet_router_answer_messages(server->router, token, kept, owner->kept_count);
    if (result == TERCET_OK) {
        for (size_t at = 0; at < owner->kept_count; at++)
            forget_waiting(&owner->kept[at]);
        owner->kept_count = 0;
    }
    return result;
}

static tercet_result answer(struct server *server, int32_t kind, uint64_t token, tercet_str user, tercet_str stanza)
{
    switch (kind) {
    case TERCET_ACTION_LOAD_ROSTER:
        return answer_roster(server, token, user);
    case TERCET_ACTION_STORE_OFFLINE:
        return answer_store(server, token, user, stanza);
    default:
        return answer_messages(server, token, user);
    }
}

/* What the router asks for. */

static tercet_result deliver(void *user, tercet_router *router, const tercet_action *action)
{
    struct server *server = user;
    (void)router;
    CHECK(action->session < SESSIONS);
    char **heard = &server->heard[action->session];
    size_t old = *heard == NULL ? 0 : strlen(*heard);
    *heard = must(realloc(*heard, old + action->stanza.len + 2));
    memcpy(*heard + old, action->stanza.ptr, action->stanza.len);
    memcpy(*heard + old + action->stanza.len, "\n", 2);
    return TERCET_OK;
}

static tercet_result save_item(void *user, tercet_router *router, const tercet_action *action)
{
    struct account *owner = account(user, action->user);
    (void)router;
    CHECK(owner != NULL);
    struct contact *contact = place(owner, action->contact);
    forget_contact(contact);
    contact->address = copy(action->item.contact);
    contact->name = copy(action->item.name);
    contact->subscription = action->item.subscription;
    contact->flags = action->item.flags;
    CHECK(action->item.group_count <= ENTRIES);
    for (; contact->group_count < action->item.group_count; contact->group_count++)
        contact->groups[contact->group_count] = copy(action->item.groups[contact->group_count]);
    return TERCET_OK;
}

static tercet_result remove_item(void *user, tercet_router *router, const tercet_action *action)
{
    struct account *owner = account(user, action->user);
    (void)router;
    CHECK(owner != NULL);
    forget_contact(place(owner, action->contact));
    return TERCET_OK;
}

static tercet_result save_pending(void *user, tercet_router *router, const tercet_action *action)
{
    struct account *owner = account(user, action->user);
    (void)router;
    CHECK(owner != NULL && request_of(owner, action->contact) == NULL);
    for (size_t at = 0; at < ENTRIES; at++) {
        if (owner->pending[at].key == NULL) {
            owner->pending[at].key = copy(action->contact);
            owner->pending[at].stanza = copy(action->stanza);
            return TERCET_OK;
        }
    }
    return TERCET_ERR_NO_MEMORY;
}

static tercet_result remove_pending(void *user, tercet_router *router, const tercet_action *action)
{
    struct account *owner = account(user, action->user);
    (void)router;
    CHECK(owner != NULL && request_of(owner, action->contact) != NULL);
    forget_waiting(request_of(owner, action->contact));
    return TERCET_OK;
}

/* A request: answered at once, or noted down. */
static tercet_result ask(void *user, tercet_router *router, const tercet_action *action)
{
    struct server *server = user;
    CHECK(router == server->router);
    if (!server->later)
        return answer(server, action->kind, action->token, action->user, action->stanza);
    CHECK(server->open_count < OPEN);
    struct request request = {action->kind, action->token, copy(action->user), copy(action->stanza)};
    server->open[server->open_count++] = request;
    return TERCET_OK;
}

static const tercet_store STORE = {
    .struct_size = sizeof(tercet_store),
    .deliver = deliver,
    .save_item = save_item,
    .remove_item = remove_item,
    .save_pending = save_pending,
    .remove_pending = remove_pending,
    .load_roster = ask,
    .store_offline = ask,
    .load_offline = ask,
};

/* The same without the loop of the library. */
static tercet_result pull(struct server *server)
{
    tercet_action action;
    tercet_result result;
    while ((result = tercet_router_poll(server->router, &action)) == TERCET_OK) {
        switch (action.kind) {
        case TERCET_ACTION_DELIVER:
            result = deliver(server, server->router, &action);
            break;
        case TERCET_ACTION_SAVE_ITEM:
            result = save_item(server, server->router, &action);
            break;
        case TERCET_ACTION_REMOVE_ITEM:
            result = remove_item(server, server->router, &action);
            break;
        case TERCET_ACTION_SAVE_PENDING:
            result = save_pending(server, server->router, &action);
            break;
        case TERCET_ACTION_REMOVE_PENDING:
            result = remove_pending(server, server->router, &action);
            break;
        default:
            result = ask(server, server->router, &action);
            break;
        }
        CHECK(result == TERCET_OK);
    }
    return result;
}

/* Carries everything out, and what comes of it. */
static void perform(struct server *server)
{
    if (!server->later) {
        CHECK(tercet_router_drive(server->router, &STORE, server) == TERCET_OK);
        return;
    }
    CHECK(pull(server) == TERCET_NEED_MORE);
    while (server->open_count > 0) {
        struct request request = server->open[0];
        server->open_count--;
        memmove(server->open, server->open + 1, server->open_count * sizeof request);
        CHECK(answer(server, request.kind, request.token, tercet_str_from(request.user),
                     tercet_str_from(request.stanza))
              == TERCET_OK);
        CHECK(tercet_router_answer(server->router, request.token, TERCET_ANSWER_STORED) == TERCET_ERR_STALE);
        free(request.user);
        free(request.stanza);
        CHECK(pull(server) == TERCET_NEED_MORE);
    }
}

/* What clients do. */

static void come(struct server *server, uint64_t session, const char *user, const char *full)
{
    tercet_roster *roster = NULL;
    if (!tercet_router_has_roster(server->router, tercet_str_from(user)))
        roster = roster_of(account(server, tercet_str_from(user)));
    CHECK(tercet_router_attach(server->router, session, tercet_str_from(full), roster) == TERCET_OK);
    tercet_roster_free(roster);
    uint64_t found;
    CHECK(tercet_router_find(server->router, tercet_str_from(full), &found) == TERCET_OK && found == session);
    perform(server);
}

static void leave(struct server *server, uint64_t session)
{
    CHECK(tercet_router_detach(server->router, session) == TERCET_OK);
    perform(server);
}

static void say(struct server *server, uint64_t session, const char *xml)
{
    tercet_parser *parser;
    tercet_stanza stanza;
    CHECK(tercet_parser_new(TERCET_LIMITS_SERVER, &parser) == TERCET_OK);
    CHECK(tercet_parser_recv(parser, (const uint8_t *)OPENING, strlen(OPENING)) == TERCET_OK);
    CHECK(tercet_parser_next(parser, &stanza) == TERCET_OK);
    CHECK(tercet_parser_recv(parser, (const uint8_t *)xml, strlen(xml)) == TERCET_OK);
    CHECK(tercet_parser_next(parser, &stanza) == TERCET_OK);
    CHECK(tercet_router_handle(server->router, session, stanza.root) == TERCET_OK);
    /* What is to be done does not need the stanza any more. */
    tercet_parser_free(parser);
    perform(server);
}

static size_t count(const char *text, const char *part)
{
    size_t found = 0;
    for (const char *at = text; at != NULL && (at = strstr(at, part)) != NULL; at += strlen(part))
        found++;
    return found;
}

static void day(struct server *server, bool later)
{
    memset(server, 0, sizeof *server);
    server->later = later;
    server->accounts[0].address = "romeo@example.net";
    server->accounts[1].address = "juliet@example.net";
    CHECK(tercet_router_new(tercet_str_from("example.net"), &server->router) == TERCET_OK);

    /* Juliet is away: her roster is asked for, the request and the message are kept. */
    come(server, 1, "romeo@example.net", "romeo@example.net/orchard");
    say(server, 1, "<iq type='get' id='1'><query xmlns='jabber:iq:roster'/></iq>");
    say(server, 1, "<presence/>");
    say(server, 1, "<presence to='juliet@example.net' type='subscribe'/>");
    say(server, 1, "<presence to='tybalt@example.net' type='subscribe'/>");
    say(server, 1, "<message to='juliet@example.net' type='chat'><body>O &lt;3</body></message>");
    say(server, 1, "<message to='tybalt@example.net' type='chat'><body>Peace</body></message>");
    CHECK(count(server->heard[1], "<message type='error'") == 1);
    CHECK(server->accounts[1].kept_count == 1);
    CHECK(request_of(&server->accounts[1], tercet_str_from("romeo@example.net")) != NULL);

    /* She comes, hears of both, and lets him see her. */
    come(server, 2, "juliet@example.net", "juliet@example.net/balcony");
    say(server, 2, "<iq type='get' id='1'><query xmlns='jabber:iq:roster'/></iq>");
    say(server, 2, "<presence/>");
    CHECK(count(server->heard[2], "type='subscribe'") == 1);
    CHECK(count(server->heard[2], "<body>O &lt;3</body><delay xmlns='urn:xmpp:delay'") == 1);
    CHECK(server->accounts[1].kept_count == 0);
    say(server, 2, "<presence to='romeo@example.net' type='subscribed'/>");
    CHECK(request_of(&server->accounts[1], tercet_str_from("romeo@example.net")) == NULL);
    say(server, 2, "<presence to='romeo@example.net' type='subscribe'/>");
    say(server, 1, "<presence to='juliet@example.net' type='subscribed'/>");
    say(server, 2, "<iq type='set' id='2'><query xmlns='jabber:iq:roster'><item jid='romeo@example.net' name='R &amp; J'>"
                   "<group>Montague</group><group>Verona</group></item></query></iq>");
    CHECK(count(server->heard[2], "<presence to='juliet@example.net' from='romeo@example.net/orchard'/>") == 1);

    /* Both have a second device each; one breaks off, and both come anew. */
    come(server, 3, "juliet@example.net", "juliet@example.net/chamber");
    say(server, 3, "<presence><priority>5</priority></presence>");
    uint64_t sessions[2];
    size_t sessions_count;
    CHECK(tercet_router_sessions(server->router, tercet_str_from("juliet@example.net"), sessions, 2, &sessions_count)
          == TERCET_OK);
    CHECK(sessions_count == 2 && sessions[0] == 2 && sessions[1] == 3);
    say(server, 1, "<message to='juliet@example.net' type='chat'><body>Good night</body></message>");
    CHECK(count(server->heard[3], "Good night") == 1 && count(server->heard[2], "Good night") == 0);
    leave(server, 1);
    CHECK(count(server->heard[2], "type='unavailable'") == 1 && count(server->heard[3], "type='unavailable'") == 1);
    leave(server, 2);
    leave(server, 3);
    CHECK(!tercet_router_has_roster(server->router, tercet_str_from("juliet@example.net")));
    come(server, 1, "juliet@example.net", "juliet@example.net/balcony");
    say(server, 1, "<iq type='get' id='3'><query xmlns='jabber:iq:roster'/></iq>");
    CHECK(count(server->heard[1], "<item jid='romeo@example.net' name='R &amp; J' subscription='both'>"
                                  "<group>Montague</group><group>Verona</group></item>") == 1);

    /* She takes him off: his roster is asked for once more. */
    say(server, 1, "<iq type='set' id='4'><query xmlns='jabber:iq:roster'><item jid='romeo@example.net'"
                   " subscription='remove'/></query></iq>");
    CHECK(account(server, tercet_str_from("juliet@example.net"))->contacts[ENTRIES - 1].address == NULL);
    struct contact *romeos = place(&server->accounts[0], tercet_str_from("juliet@example.net"));
    CHECK(romeos->address != NULL && romeos->subscription == TERCET_SUBSCRIPTION_NONE);
    CHECK(tercet_router_free(server->router) == TERCET_OK);
}

static void over(struct server *server)
{
    for (size_t at = 0; at < SESSIONS; at++)
        free(server->heard[at]);
    for (size_t at = 0; at < ACCOUNTS * ENTRIES; at++) {
        forget_contact(&server->accounts[at / ENTRIES].contacts[at % ENTRIES]);
        forget_waiting(&server->accounts[at / ENTRIES].pending[at % ENTRIES]);
        forget_waiting(&server->accounts[at / ENTRIES].kept[at % ENTRIES]);
    }
}

int main(void)
{
    struct server prompt, slow;
    day(&prompt, false);
    day(&slow, true);
    for (size_t at = 1; at < SESSIONS; at++)
        CHECK(prompt.heard[at] != NULL && strcmp(prompt.heard[at], slow.heard[at]) == 0);
    over(&prompt);
    over(&slow);
    return EXIT_SUCCESS;
}
