/* The store of server.c in SQLite: see store.h. One call is one statement; SQLite's own cache does the rest. */
#define _POSIX_C_SOURCE 200809L

#include "store.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    GROUPS_MAX = 100,                /* of a contact: the router takes no more */
    OFFLINE_MAX = 1000,              /* messages that wait for a user */
    OFFLINE_BYTES_MAX = 1024 * 1024, /* their octets: all go to one session at once, with room to spare in OUTPUT_MAX */
};

/* Stands between the groups of a contact: a character that no stanza can hold. */
static const char SEPARATOR = '\x1f';

static const char TABLES[] =
    "PRAGMA foreign_keys = ON; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;"
    "CREATE TABLE IF NOT EXISTS account (user TEXT PRIMARY KEY, sha256 TEXT, sha1 TEXT) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS roster (user TEXT REFERENCES account ON DELETE CASCADE, contact TEXT, name TEXT,"
    " subscription INTEGER, flags INTEGER, groups TEXT, PRIMARY KEY (user, contact)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS pending (user TEXT REFERENCES account ON DELETE CASCADE, contact TEXT, stanza TEXT,"
    " PRIMARY KEY (user, contact)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS offline (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " user TEXT REFERENCES account ON DELETE CASCADE, stamp TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),"
    " stanza TEXT, octets INTEGER);"
    "CREATE INDEX IF NOT EXISTS offline_of ON offline (user, id, octets);";

static sqlite3 *db;

/* A statement with texts in place of ?1, ?2 ...: they are looked at until it is finished. */
static sqlite3_stmt *query(const char *sql, int count, const tercet_str *texts)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fprintf(stderr, "database: %s\n", sqlite3_errmsg(db));
    for (int i = 0; i < count && i < sqlite3_bind_parameter_count(statement); i++)
        sqlite3_bind_text(statement, i + 1, texts[i].ptr, (int)texts[i].len, SQLITE_STATIC);
    return statement;
}

static bool next(sqlite3_stmt *statement)
{
    return sqlite3_step(statement) == SQLITE_ROW;
}

/* Ends a statement; whether all of it went well. */
static bool finish(sqlite3_stmt *statement)
{
    bool well = statement != NULL && sqlite3_finalize(statement) == SQLITE_OK;
    if (!well)
        fprintf(stderr, "database: %s\n", sqlite3_errmsg(db));
    return well;
}

/* Runs a statement that gives nothing. */
static bool change(sqlite3_stmt *statement)
{
    next(statement);
    return finish(statement);
}

/* A column of the present row: borrowed until the next one. */
static tercet_str column(sqlite3_stmt *statement, int at)
{
    const char *text = (const char *)sqlite3_column_text(statement, at);
    return (tercet_str){text, (size_t)sqlite3_column_bytes(statement, at)};
}

static tercet_str copy(tercet_str text)
{
    char *copied = malloc(text.len + 1);
    if (copied == NULL)
        abort();
    memcpy(copied, text.ptr, text.len);
    return (tercet_str){copied, text.len};
}

bool store_open(const char *path, bool makes)
{
    int result = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | (makes ? SQLITE_OPEN_CREATE : 0), NULL);
    if (result == SQLITE_OK && !makes)
        result = sqlite3_exec(db, "SELECT user FROM account LIMIT 0", NULL, NULL, NULL);
    bool absent = !makes && (result == SQLITE_ERROR || (result != SQLITE_OK && access(path, F_OK) != 0));
    if (result == SQLITE_OK)
        result = sqlite3_exec(db, TABLES, NULL, NULL, NULL);
    if (result != SQLITE_OK)
        fprintf(stderr, "%s: %s\n", path, absent ? "no such database: make it with --add-account" : sqlite3_errmsg(db));
    return result == SQLITE_OK;
}

void store_close(void)
{
    sqlite3_close(db);
}

bool store_add_account(const char *name, const char *domain)
{
    static const char *const mechanisms[] = {"SCRAM-SHA-256", "SCRAM-SHA-1"};
    char password[1024], buffer[TERCET_JID_BYTES];
    char keys[2][TERCET_KEYS_BYTES];
    tercet_jid jid = {.bare = {NULL, 0}};
    const char *wrong = NULL;
    if (fgets(password, sizeof password, stdin) == NULL)
        wrong = "no password: it is read from standard input, the first line";
    else if (strlen(password) == sizeof password - 1)
        wrong = "the password is too long";
    else if (strcspn(password, "\r\n") == 0)
        wrong = "the password is empty";
    if (wrong != NULL) {
        fprintf(stderr, "%s@%s: %s\n", name, domain, wrong);
        return false;
    }
    password[strcspn(password, "\r\n")] = '\0';
    tercet_result result = tercet_jid_join(tercet_str_from(name), tercet_str_from(domain), tercet_str_from(NULL),
                                           buffer, sizeof buffer, &jid);
    tercet_str texts[3] = {jid.bare, {keys[0], 0}, {keys[1], 0}};
    for (int i = 0; i < 2 && result == TERCET_OK; i++)
        result = tercet_keys_derive(tercet_str_from(mechanisms[i]), tercet_str_from(password), keys[i], sizeof keys[i],
                                    &texts[i + 1].len);
    if (result == TERCET_OK
        && !change(query("INSERT INTO account VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING", 3, texts)))
        return false;
    bool made = result == TERCET_OK && sqlite3_changes(db) == 1;
    if (!made)
        fprintf(stderr, "%s@%s: %s\n", name, domain,
                result == TERCET_OK ? "there is such an account already" : tercet_result_str(result));
    return made;
}

tercet_result store_answer_keys(tercet_conn *conn, uint64_t token, tercet_str user)
{
    sqlite3_stmt *account = query("SELECT sha256, sha1 FROM account WHERE user = ?1", 1, &user);
    tercet_result result;
    if (next(account)) {
        tercet_str keys[] = {column(account, 0), column(account, 1)};
        result = tercet_conn_answer_keys(conn, token, keys, 2);
        finish(account);
    } else {
        bool well = finish(account);
        result = tercet_conn_answer(conn, token, well ? TERCET_ANSWER_NO_ACCOUNT : TERCET_ANSWER_UNAVAILABLE);
    }
    return result;
}

static bool fill_items(tercet_str user, tercet_roster *roster)
{
    sqlite3_stmt *items =
        query("SELECT contact, name, subscription, flags, groups FROM roster WHERE user = ?1", 1, &user);
    tercet_result result = TERCET_OK;
    while (result == TERCET_OK && next(items)) {
        tercet_str groups[GROUPS_MAX];
        tercet_roster_item item = {
            .contact = column(items, 0),
            .name = column(items, 1),
            .subscription = sqlite3_column_int(items, 2),
            .flags = (uint32_t)sqlite3_column_int(items, 3),
            .groups = groups,
        };
        tercet_str left = column(items, 4);
        while (left.len > 0 && item.group_count < GROUPS_MAX) {
            const char *end = memchr(left.ptr, SEPARATOR, left.len);
            size_t len = end != NULL ? (size_t)(end - left.ptr) : left.len;
            groups[item.group_count++] = (tercet_str){left.ptr, len};
            size_t skip = len < left.len ? len + 1 : len;
            left = (tercet_str){left.ptr + skip, left.len - skip};
        }
        result = tercet_roster_put(roster, &item);
    }
    return finish(items) && result == TERCET_OK;
}

bool store_fill_roster(tercet_str user, tercet_roster *roster)
{
    if (!fill_items(user, roster))
        return false;
    sqlite3_stmt *pending = query("SELECT contact, stanza FROM pending WHERE user = ?1", 1, &user);
    tercet_result result = TERCET_OK;
    while (result == TERCET_OK && next(pending))
        result = tercet_roster_put_pending(roster, column(pending, 0), column(pending, 1));
    return finish(pending) && result == TERCET_OK;
}

tercet_result store_save_item(void *user, tercet_router *router, const tercet_action *action)
{
    const tercet_roster_item *item = &action->item;
    char *groups = NULL;
    size_t len = 0;
    FILE *joined = open_memstream(&groups, &len);
    for (size_t i = 0; joined != NULL && i < item->group_count; i++)
        fprintf(joined, "%.*s%c", (int)item->groups[i].len, item->groups[i].ptr, SEPARATOR);
    if (joined == NULL || fclose(joined) != 0)
        return TERCET_ERR_NO_MEMORY;
    tercet_str texts[] = {action->user, item->contact, item->name, {groups, len}};
    sqlite3_stmt *saved = query("INSERT OR REPLACE INTO roster (user, contact, name, groups, subscription, flags)"
                                " VALUES (?1, ?2, ?3, ?4, ?5, ?6)", 4, texts);
    sqlite3_bind_int(saved, 5, item->subscription);
    sqlite3_bind_int(saved, 6, (int)item->flags);
    bool well = change(saved);
    free(groups);
    (void)user, (void)router;
    return well ? TERCET_OK : TERCET_ERR_FAILED;
}

tercet_result store_change(void *user, tercet_router *router, const tercet_action *action)
{
    static const char *const changes[] = {
        [TERCET_ACTION_REMOVE_ITEM] = "DELETE FROM roster WHERE user = ?1 AND contact = ?2",
        [TERCET_ACTION_SAVE_PENDING] = "INSERT OR REPLACE INTO pending (user, contact, stanza) VALUES (?1, ?2, ?3)",
        [TERCET_ACTION_REMOVE_PENDING] = "DELETE FROM pending WHERE user = ?1 AND contact = ?2",
    };
    tercet_str texts[] = {action->user, action->contact, action->stanza};
    (void)user, (void)router;
    return change(query(changes[action->kind], 3, texts)) ? TERCET_OK : TERCET_ERR_FAILED;
}

tercet_result store_load_roster(void *user, tercet_router *router, const tercet_action *action)
{
    (void)user;
    sqlite3_stmt *account = query("SELECT 1 FROM account WHERE user = ?1", 1, &action->user);
    bool exists = next(account);
    tercet_roster *roster;
    if (!finish(account) || !exists || tercet_roster_new(&roster) != TERCET_OK)
        return tercet_router_answer(router, action->token, TERCET_ANSWER_NO_ACCOUNT);
    tercet_result result = store_fill_roster(action->user, roster)
                               ? tercet_router_answer_roster(router, action->token, roster)
                               : tercet_router_answer(router, action->token, TERCET_ANSWER_NO_ACCOUNT);
    tercet_roster_free(roster);
    return result;
}

/* Stores nothing for somebody who has no account, or too much waiting already: then the sender is told. */
tercet_result store_store_message(void *user, tercet_router *router, const tercet_action *action)
{
    (void)user;
    tercet_str texts[] = {action->user, action->stanza};
    sqlite3_stmt *stored = query("INSERT INTO offline (user, stanza, octets) SELECT user, ?2, ?3 FROM account"
                                 " WHERE user = ?1 AND (SELECT count(*) < ?4 AND ifnull(sum(octets), 0) + ?3 <= ?5"
                                 " FROM offline WHERE user = ?1)", 2, texts);
    sqlite3_bind_int64(stored, 3, (sqlite3_int64)action->stanza.len);
    sqlite3_bind_int(stored, 4, OFFLINE_MAX);
    sqlite3_bind_int(stored, 5, OFFLINE_BYTES_MAX);
    bool kept = change(stored) && sqlite3_changes(db) == 1;
    return tercet_router_answer(router, action->token, kept ? TERCET_ANSWER_STORED : TERCET_ANSWER_REFUSED);
}

/* Forgets the messages of a user up to one of them. */
static void forget(tercet_str user, sqlite3_int64 last)
{
    sqlite3_stmt *forgotten = query("DELETE FROM offline WHERE user = ?1 AND id <= ?2", 1, &user);
    sqlite3_bind_int64(forgotten, 2, last);
    change(forgotten);
}

tercet_result store_load_messages(void *user, tercet_router *router, const tercet_action *action)
{
    (void)user;
    tercet_offline_message kept[OFFLINE_MAX];
    size_t count = 0;
    sqlite3_int64 last = 0;
    sqlite3_stmt *messages =
        query("SELECT stamp, stanza, id FROM offline WHERE user = ?1 ORDER BY id", 1, &action->user);
    for (; count < OFFLINE_MAX && next(messages); count++) {
        kept[count] = (tercet_offline_message){copy(column(messages, 0)), copy(column(messages, 1))};
        last = sqlite3_column_int64(messages, 2);
    }
    finish(messages);
    tercet_result result = tercet_router_answer_messages(router, action->token, kept, count);
    /* An answer that comes too late is refused: the session is gone, and the messages wait for the next one. */
    if (result == TERCET_OK && count > 0)
        forget(action->user, last);
    while (count-- > 0) {
        free((char *)kept[count].stamp.ptr);
        free((char *)kept[count].stanza.ptr);
    }
    return result == TERCET_ERR_STALE ? TERCET_OK : result;
}
