/*
 * What the server keeps, in an SQLite file: accounts, rosters, pending requests, messages for those who are away.
 *
 * Users are bare addresses as the library gives them, prepared. A failure of the database is said on standard error.
 */
#ifndef STORE_H
#define STORE_H

#include "tercet.h"

/* Opens the file; `makes` it where there is none. */
bool store_open(const char *path, bool makes);
void store_close(void);

/* Makes an account: its password is the next line of standard input. */
bool store_add_account(const char *name, const char *domain);

/* Answers a request for credentials, TERCET_EVENT_CREDENTIALS. */
tercet_result store_answer_keys(tercet_conn *conn, uint64_t token, tercet_str user);

/* Puts contacts and pending requests of a user into `roster`. */
bool store_fill_roster(tercet_str user, tercet_roster *roster);

/* What the router wants stored or looked up: for its tercet_store. */
tercet_result store_save_item(void *user, tercet_router *router, const tercet_action *action);
tercet_result store_load_roster(void *user, tercet_router *router, const tercet_action *action);
tercet_result store_store_message(void *user, tercet_router *router, const tercet_action *action);
tercet_result store_load_messages(void *user, tercet_router *router, const tercet_action *action);
/* Removes an item, saves or removes a request. */
tercet_result store_change(void *user, tercet_router *router, const tercet_action *action);

#endif
