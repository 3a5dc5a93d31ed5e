/* SPDX-License-Identifier: MIT OR Apache-2.0 */

/**
 * @mainpage tercet: an XMPP engine
 *
 * The library has no socket, clock, thread or database. You hand it octets and the time, it hands you events and octets
 * to send.
 *
 *     parser alone: tercet_parser_recv -> tercet_parser_next, until TERCET_NEED_MORE
 *     connection:   tercet_conn_recv   -> tercet_conn_poll, until TERCET_NEED_MORE -> tercet_conn_output -> your socket
 *     the same, with callbacks: tercet_conn_drive
 *     between sessions: tercet_router_handle -> tercet_router_poll, or with callbacks tercet_router_drive
 *
 * Results. A function answers TERCET_OK (0), an outcome that is no error (above 0), or an error (below 0). Results are
 * put where an out-pointer says, on TERCET_OK alone. An error from TERCET_ERR_SYNTAX down is the end of its stream: no
 * more is read from it or sent on it, and _next and _poll give the error again, but for TERCET_ERR_TRUNCATED, which
 * tercet_parser_eof alone answers. After other errors nothing was done, with few exceptions.
 * See tercet_result for both.
 *
 * Texts are tercet_str: address and length, UTF-8, no NUL inside or after.
 *
 * Whose memory. Each pointer is one of
 *
 *     owned           you free it, with the function named there;
 *     borrowed until  it stays the library's, and is good until the moment named there;
 *     copied          it stays yours, and is not looked at after the call.
 *
 * Texts that a handle lent may be arguments of calls on it, but for _recv and _drive. What tercet_conn_output lent is
 * for the transport alone.
 *
 * Views of a stanza point into memory of the handle, never into yours: what you handed to _recv may be reused at once.
 * A stanza is always whole, however its octets came. To keep one for longer, see tercet_stanza_detach; to send it on as
 * it came, tercet_conn_forward; to put it or a part of it into another, tercet_writer_copy.
 *
 * Names. Namespaces and names that XMPP knows are numbers too, TERCET_NS_... and TERCET_NAME_...: switch on ns_id and
 * name_id of a tercet_stanza, look for children with tercet_element_child_id. See TERCET_ID_OTHER.
 *
 * Threads. A handle may move between threads, and is used by one at a time. Handles share nothing that can be seen;
 * there is no global state.
 *
 * Mistakes. NULL, a call in the wrong order, a view that is out of date, a call from inside a callback that may not
 * come from there: each is an error with a number, not a crash. What cannot be noticed is a handle used after it was
 * freed, or by two threads at once, and a length that is not true. Freeing NULL is fine.
 *
 * Should the library itself go wrong, the call answers TERCET_ERR_PANIC, the handle answers TERCET_ERR_POISONED from
 * then on, and the rest of your process is unharmed.
 */


#ifndef TERCET_H
#define TERCET_H

/* Generated from src/ffi by `cargo run -p tercet-header`: changes belong there. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * The C API. What holds for all of it stands on the page in front.
 */

/** The release that this header belongs to: see `tercet_version_check`. */
#define TERCET_VERSION_NUM ((TERCET_VERSION_MAJOR << 16) | (TERCET_VERSION_MINOR << 8) | TERCET_VERSION_PATCH)

/* Define TERCET_SHARED where the shared library is linked on Windows. */
#ifndef TERCET_API
#  if defined(_WIN32) && defined(TERCET_SHARED)
#    define TERCET_API __declspec(dllimport)
#  elif defined(__GNUC__)
#    define TERCET_API __attribute__((visibility("default")))
#  else
#    define TERCET_API
#  endif
#endif

#ifndef TERCET_MUST_USE
#  if defined(__GNUC__)
#    define TERCET_MUST_USE __attribute__((warn_unused_result))
#  else
#    define TERCET_MUST_USE
#  endif
#endif


/**
 * The release that this header belongs to: first number.
 */
#define TERCET_VERSION_MAJOR 0

/**
 * The release that this header belongs to: second number.
 */
#define TERCET_VERSION_MINOR 1

/**
 * The release that this header belongs to: third number.
 */
#define TERCET_VERSION_PATCH 0

/**
 * Octets that suffice for any address: three parts of 1023 and two separators (RFC 7622 section 3.1).
 */
#define TERCET_JID_BYTES 3071

/**
 * A server's limits on a client that has not logged in: 10000 octets of a stanza, 64 elements in it.
 */
#define TERCET_LIMITS_PRE_LOGIN 1

/**
 * A server's limits on a client that has logged in: 262144 octets of a stanza, 10000 elements in it.
 */
#define TERCET_LIMITS_SERVER 2

/**
 * A client's limits on its server: 1048576 octets of a stanza, 100000 elements in it.
 */
#define TERCET_LIMITS_CLIENT 3

/**
 * No limits: for files, never for a peer.
 */
#define TERCET_LIMITS_NONE 4

/**
 * Octets of a stanza, from its first `<` to its last `>`.
 */
#define TERCET_LIMIT_STANZA_BYTES 1

/**
 * Elements in a stanza, its root counted.
 */
#define TERCET_LIMIT_ELEMENTS 2

/**
 * Elements open at a time, the stanza's root counted as 1.
 */
#define TERCET_LIMIT_DEPTH 3

/**
 * Attributes in a start tag, namespace declarations included.
 */
#define TERCET_LIMIT_ATTRIBUTES 4

/**
 * Namespace declarations in a start tag.
 */
#define TERCET_LIMIT_DECLARATIONS 5

/**
 * Namespace bindings in scope at a time.
 */
#define TERCET_LIMIT_BINDINGS 6

/**
 * Octets of a name, prefix and colon included.
 */
#define TERCET_LIMIT_NAME_BYTES 7

/**
 * Octets of a namespace name.
 */
#define TERCET_LIMIT_NAMESPACE_BYTES 8

/**
 * A namespace or a name that has no number: two of those may well differ.
 *
 * Namespaces and names that XMPP knows have numbers, `TERCET_NS_...` and `TERCET_NAME_...`, which stand at the end of
 * this header. A number keeps its meaning in all releases that share a soname; a younger release may number more.
 */
#define TERCET_ID_OTHER 0

/**
 * No unit.
 */
#define TERCET_UNIT_NONE 0

/**
 * The start tag of a stream.
 */
#define TERCET_UNIT_HEADER 1

/**
 * A message.
 */
#define TERCET_UNIT_MESSAGE 2

/**
 * A presence.
 */
#define TERCET_UNIT_PRESENCE 3

/**
 * An iq.
 */
#define TERCET_UNIT_IQ 4

/**
 * Another first-level element; of a document, its root.
 */
#define TERCET_UNIT_OTHER 5

/**
 * Text between first-level elements; it is checked and thrown away.
 */
#define TERCET_UNIT_TEXT 6

/**
 * The end tag of a stream.
 */
#define TERCET_UNIT_CLOSE 7

/**
 * The peer's stream header was accepted: `stanza` shows it. Once at first, and again after TLS and after login.
 */
#define TERCET_EVENT_OPENED 1

/**
 * Both sides agreed on TLS: send the output, run the handshake, then call `tercet_conn_secured` or
 * `tercet_conn_tls_failed`.
 */
#define TERCET_EVENT_START_TLS 2

/**
 * Server: the keys of the account `jid` are wanted, now or later, under `token`. Input waits meanwhile.
 */
#define TERCET_EVENT_CREDENTIALS 3

/**
 * Login is done: by the account `jid`.
 */
#define TERCET_EVENT_AUTHENTICATED 4

/**
 * Server: may the full address `jid` be bound? To be answered, now or later, under `token`. Input waits meanwhile.
 * `flags` has `TERCET_FLAG_CHOSEN` where the resource is the client's wish.
 */
#define TERCET_EVENT_RESOURCE 5

/**
 * The session begins, under the full address `jid`.
 */
#define TERCET_EVENT_BOUND 6

/**
 * A stanza. Client: a request (an iq of type get or set) that is neither answered by `tercet_conn_reply_result` or
 * `_error` nor left for later by `tercet_conn_defer` before the next event is answered with `service-unavailable`.
 */
#define TERCET_EVENT_STANZA 7

/**
 * Client: `stanza` is the answer to the request that `tercet_conn_request` numbered `token`, from whom it may come.
 */
#define TERCET_EVENT_RESPONSE 8

/**
 * Client: `stanza` is a change of the roster by the server: checked, and already confirmed.
 */
#define TERCET_EVENT_ROSTER_PUSH 9

/**
 * The peer ended the stream with the error `condition`, perhaps with `text`. `TERCET_EVENT_CLOSED` follows.
 */
#define TERCET_EVENT_STREAM_ERROR 10

/**
 * The stream is over, in order: send the output, then close the transport. `flags` has `TERCET_FLAG_BY_PEER` where the
 * peer was first.
 */
#define TERCET_EVENT_CLOSED 11

/**
 * Server: an attempt to log in failed, for the reason `condition` (RFC 6120 section 6.5), and the client was told and
 * may try again. It has three attempts for each connection: where the third fails, or one that was bound by
 * `tls-exporter` (RFC 9266 section 4.1), there is no such event, and the stream ends with `TERCET_ERR_PROTOCOL`.
 */
#define TERCET_EVENT_REFUSED 12

/**
 * In `tercet_event.flags`: the resource is the client's wish.
 */
#define TERCET_FLAG_CHOSEN 1

/**
 * In `tercet_event.flags`: the peer sent its closing tag first.
 */
#define TERCET_FLAG_BY_PEER 2

/**
 * A child element.
 */
#define TERCET_NODE_ELEMENT 1

/**
 * A maximal run of character data, never empty.
 */
#define TERCET_NODE_TEXT 2

/**
 * Nothing before TLS. The default.
 */
#define TERCET_TLS_REQUIRED 1

/**
 * TLS where the peer wants it, otherwise SCRAM in clear, PLAIN never.
 */
#define TERCET_TLS_OPTIONAL 2

/**
 * No TLS: SCRAM in clear, PLAIN never. For trials on a loopback: everything that is said can be read on the way.
 */
#define TERCET_TLS_DISABLED 3

/**
 * The transport is TLS from its first octet (XEP-0368): the caller vouches for it, and with it for the certificate.
 */
#define TERCET_TLS_DIRECT 4

/**
 * No deadline: what `tercet_conn_deadline` gives where there is none.
 */
#define TERCET_NEVER UINT64_MAX

/**
 * A request that asks for something.
 */
#define TERCET_REQUEST_GET 1

/**
 * A request that changes something.
 */
#define TERCET_REQUEST_SET 2

/**
 * `tls-exporter` (RFC 9266): 32 octets that TLS exports under the label `EXPORTER-Channel-Binding` with an empty
 * context (`use_context` 1 and no octets, for `SSL_export_keying_material` of OpenSSL). Not where the handshake was
 * one of TLS 1.2 without the extended master secret, or where the connection may be renegotiated.
 */
#define TERCET_BINDING_TLS_EXPORTER 1

/**
 * `tls-server-end-point` (RFC 5929 section 4): the hash of the server's certificate in DER, by the hash function of
 * the certificate's signature, by SHA-256 where that is MD5 or SHA-1.
 */
#define TERCET_BINDING_TLS_SERVER_END_POINT 2

/**
 * `tls-unique` (RFC 5929 section 3): the first `Finished` message of the handshake. Up to TLS 1.2 alone, and there
 * only with the extended master secret.
 */
#define TERCET_BINDING_TLS_UNIQUE 3

/**
 * The most octets that a binding can have.
 */
#define TERCET_BINDING_BYTES 64

/**
 * To credentials: there is no such account. The client is led through the same dialogue and refused at its end.
 * To a router that wants a roster: there is no such account, or its roster cannot be read.
 */
#define TERCET_ANSWER_NO_ACCOUNT 1

/**
 * To credentials: the account may not log in at present.
 */
#define TERCET_ANSWER_DISABLED 2

/**
 * To credentials: the database does not answer.
 */
#define TERCET_ANSWER_UNAVAILABLE 3

/**
 * To a resource: the proposed one.
 */
#define TERCET_ANSWER_ACCEPT 4

/**
 * Octets that suffice for SCRAM keys in their stored form, as `tercet_keys_derive` makes them.
 */
#define TERCET_KEYS_BYTES 256

/**
 * Of use to whoever looks for a fault: each stanza, each question.
 */
#define TERCET_LOG_DEBUG 1

/**
 * The course of a connection: opened, secured, logged in, bound, closed.
 */
#define TERCET_LOG_INFO 2

/**
 * What went wrong: a login refused, a stream that ended with an error.
 */
#define TERCET_LOG_WARNING 3

/**
 * Neither sees the other (RFC 6121 section 2.1.2.5).
 */
#define TERCET_SUBSCRIPTION_NONE 0

/**
 * The user sees the contact.
 */
#define TERCET_SUBSCRIPTION_TO 1

/**
 * The contact sees the user.
 */
#define TERCET_SUBSCRIPTION_FROM 2

/**
 * Each sees the other.
 */
#define TERCET_SUBSCRIPTION_BOTH 3

/**
 * In `tercet_roster_item.flags`: the user asked to see the contact and awaits an answer.
 */
#define TERCET_ITEM_ASK 1

/**
 * In `tercet_roster_item.flags`: the user approved a request that has not come yet (RFC 6121 section 3.4).
 */
#define TERCET_ITEM_APPROVED 2

/**
 * Send `stanza` to `session`: complete octets for a stream whose content namespace is `jabber:client`, as
 * `tercet_conn_deliver` takes them. The session may have been detached meanwhile: drop the stanza then, or keep it for
 * the user's next session if it is a message.
 */
#define TERCET_ACTION_DELIVER 1

/**
 * Store `item` in the roster of `user`, in place of the one with the same contact if there is one.
 */
#define TERCET_ACTION_SAVE_ITEM 2

/**
 * Delete `contact` from the roster of `user`.
 */
#define TERCET_ACTION_REMOVE_ITEM 3

/**
 * Store `stanza`, the request of `contact` for the presence of `user`, until it is answered (RFC 6121 section 3.1.3);
 * to be given back by `tercet_roster_put_pending`.
 */
#define TERCET_ACTION_SAVE_PENDING 4

/**
 * Delete the request of `contact` for the presence of `user`.
 */
#define TERCET_ACTION_REMOVE_PENDING 5

/**
 * The roster of `user`, who has no session, is wanted under `token`: answer with `tercet_router_answer_roster`, or
 * with `TERCET_ANSWER_NO_ACCOUNT` where there is no such account or its roster cannot be read.
 */
#define TERCET_ACTION_LOAD_ROSTER 6

/**
 * Keep the message `stanza` for `user`, who cannot be reached, and answer `token` with `TERCET_ANSWER_STORED` or
 * `TERCET_ANSWER_REFUSED`. There need be no such account.
 */
#define TERCET_ACTION_STORE_OFFLINE 7

/**
 * The messages kept for `user` are wanted under `token`: answer with `tercet_router_answer_messages`. Delete them once
 * it took them, and keep them where it answers `TERCET_ERR_STALE`: then the session is gone.
 */
#define TERCET_ACTION_LOAD_OFFLINE 8

/**
 * Most stanzas that wait for the database. Beyond it senders are told to try later. Default: 10000.
 */
#define TERCET_ROUTER_LIMIT_PARKED 1

/**
 * Most addresses outside the roster to which one session has sent presence (RFC 6121 section 4.6). Default: 1000.
 */
#define TERCET_ROUTER_LIMIT_DIRECTED 2

/**
 * Most contacts in a roster. Default: 5000.
 */
#define TERCET_ROUTER_LIMIT_ITEMS 3

/**
 * Most octets of a roster as it is written, about. Default: 786432.
 */
#define TERCET_ROUTER_LIMIT_ROSTER_BYTES 4

/**
 * Most octets of presence that is kept to be shown to whoever comes. Default: 16384.
 */
#define TERCET_ROUTER_LIMIT_PRESENCE_BYTES 5

/**
 * Most open requests for one user's presence; further ones are dropped. Default: 200.
 */
#define TERCET_ROUTER_LIMIT_PENDING 6

/**
 * Most octets of an open request; of a longer one only who asks is kept. Default: 4096.
 */
#define TERCET_ROUTER_LIMIT_PENDING_BYTES 7

/**
 * Most octets of the stanzas that wait for the database, with what is kept to answer their senders. Beyond it senders
 * are told to try later. Default: 16777216.
 */
#define TERCET_ROUTER_LIMIT_PARKED_BYTES 8

/**
 * To a message to be kept: it is.
 */
#define TERCET_ANSWER_STORED 5

/**
 * To a message to be kept: no such account, no room, or not wanted. The sender is told; who does not want strangers to
 * find out which accounts exist answers `TERCET_ANSWER_STORED` instead.
 */
#define TERCET_ANSWER_REFUSED 6

/**
 * How a client logs in. Opaque. It may be used for many connections; a setter called later changes only those that are
 * made after it.
 */
typedef struct tercet_client_config tercet_client_config;

/**
 * One end of a stream, a client's or a server's. Opaque.
 */
typedef struct tercet_conn tercet_conn;

/**
 * A stanza that is kept, for a queue, a store, another thread. Opaque.
 */
typedef struct tercet_owned tercet_owned;

/**
 * An incremental parser of XMPP streams. Opaque. It reads one stream: behind STARTTLS and SASL a new one begins, and
 * without `tercet_parser_restart` there the header of that is taken for a part of the old one, or for an error.
 */
typedef struct tercet_parser tercet_parser;

/**
 * What the caller's database says of one user: contacts, and requests that await the user's answer. Opaque. To be
 * filled, then handed to `tercet_router_attach` or `tercet_router_answer_roster`, which take out what is in it.
 */
typedef struct tercet_roster tercet_roster;

/**
 * The sessions of one domain, and what passes between them: presence, rosters, subscriptions, messages, requests (RFC
 * 6121). Opaque. It knows no connection: a session is a number of the caller's.
 *
 * Sessions come with `tercet_router_attach` and go with `_detach`; `_handle` takes in what a session's client sent.
 * What comes of these calls is a list of actions, to be carried out in order: pulled one by one with
 * `tercet_router_poll`, or handed to callbacks by `tercet_router_drive`. Some ask for something from the caller's
 * database, and are answered under their token, at once or later, in any order; what comes of an answer is done after
 * what waits already. Actions wait in memory until they are carried out, so it is best done after each call.
 */
typedef struct tercet_router tercet_router;

/**
 * How a server serves one domain. Opaque. It may be used for many connections; a setter called later changes only
 * those that are made after it.
 */
typedef struct tercet_server_config tercet_server_config;

/**
 * What a handle reads from. Opaque: views carry its address.
 */
typedef struct tercet_unit tercet_unit;

/**
 * A draft of one or more stanzas, or of a part of one. Opaque.
 *
 * The calls that fill it answer nothing: the first error, also a NULL or a text that is not UTF-8, is kept, and given
 * by whatever uses the draft; nothing is written then. What is written is always well-formed, whatever the texts are.
 */
typedef struct tercet_writer tercet_writer;

/**
 * What a call came to: 0 for done, above 0 for an outcome that is no error, below 0 for an error.
 *
 * From `TERCET_ERR_SYNTAX` down an error is the end of its stream. `_next` and `_poll` give it again at every later
 * call, `_eof` and `tercet_conn_close` too; sending, and `tercet_conn_recv`, answer `TERCET_ERR_CLOSED`.
 * `TERCET_ERR_TRUNCATED` alone is given by nothing but `tercet_parser_eof`.
 *
 * After the others nothing was done, with these exceptions. After `TERCET_ERR_NO_MEMORY` of `_next`, `_poll` or
 * `_drive` what was to be lent is lost. With `TERCET_ERR_CALLBACK` a `_drive` has worked on all up to what the
 * callback was called for, and goes on after that. After `TERCET_ERR_PANIC` the handle can only be freed. A draft
 * keeps its first error, until it is cleared.
 */
typedef int32_t tercet_result;

/**
 * A text by address and length, passed by value. Not NUL-terminated.
 *
 * From the library: valid UTF-8 without NUL, `ptr` not NULL even where it is empty; `ptr` is NULL where there is no
 * such text at all. How long it is there is said by the function that gives it. To the library: UTF-8, read during the
 * call and not kept; `{NULL, 0}` stands for "none".
 */
typedef struct {
    /**
     * The first octet.
     */
    const char *ptr;
    /**
     * The number of octets.
     */
    size_t len;
} tercet_str;

/**
 * An address in prepared form and its parts. They all lie in the buffer that was handed over, one after the other, and
 * are good for as long as that is. Two addresses are the same exactly if their octets are.
 */
typedef struct {
    /**
     * The whole address.
     */
    tercet_str full;
    /**
     * The address without its resource.
     */
    tercet_str bare;
    /**
     * The part before the `@`; none where there is none.
     */
    tercet_str local;
    /**
     * The domain, which is always there.
     */
    tercet_str domain;
    /**
     * The part after the `/`; none where there is none.
     */
    tercet_str resource;
} tercet_jid;

/**
 * An element of the unit that a handle lends. Small, copied freely, and borrowed as the `tercet_stanza` it comes from:
 * when the handle has read on, what is asked of it is answered by `TERCET_ERR_STALE` or none. `unit` is NULL where
 * there is no element.
 */
typedef struct {
    /**
     * Whose element it is.
     */
    const tercet_unit *unit;
    /**
     * For the library.
     */
    uint32_t place;
    /**
     * For the library.
     */
    uint32_t serial;
} tercet_element;

/**
 * A way along the children or attributes of an element. It holds nothing that is to be freed.
 */
typedef struct {
    /**
     * The element.
     */
    tercet_element element;
    /**
     * For the library.
     */
    uint64_t next;
} tercet_iter;

/**
 * A child of an element. Borrowed as the element.
 */
typedef struct {
    /**
     * `TERCET_NODE_ELEMENT` or `TERCET_NODE_TEXT`.
     */
    int32_t kind;
    /**
     * Always 0.
     */
    uint32_t flags;
    /**
     * The element, if it is one.
     */
    tercet_element element;
    /**
     * The text, references replaced, if it is one; copied as by `tercet_element_text`.
     */
    tercet_str text;
    /**
     * The octets as received: of a text with references and CDATA sections as they stand, of an element as by
     * `tercet_element_raw`.
     */
    tercet_str raw;
} tercet_node;

/**
 * An attribute of an element. Borrowed as the element.
 */
typedef struct {
    /**
     * The local name.
     */
    tercet_str name;
    /**
     * The namespace; empty for none.
     */
    tercet_str ns;
    /**
     * The value, references replaced; copied as by `tercet_element_text`.
     */
    tercet_str value;
    /**
     * The value as received, without its quotes, references as they stand.
     */
    tercet_str raw;
} tercet_attr;

/**
 * A stanza or another unit of a stream, with what a router asks for filled in.
 *
 * All texts and `root` are borrowed until the handle that gave it reads on: until its next call of `_next`, `_poll`,
 * `_drive`, `_recv`, `_recv_buffer`, `_shrink` or `_free`, of `tercet_parser_restart` or `tercet_conn_secured`. They
 * point into memory of the handle, never into the caller's. To keep the stanza for longer, see `tercet_stanza_detach`.
 */
typedef struct {
    /**
     * One of `TERCET_UNIT_...`.
     */
    int32_t kind;
    /**
     * Always 0.
     */
    uint32_t flags;
    /**
     * The number of the namespace, one of `TERCET_NS_...`, or `TERCET_ID_OTHER`.
     */
    uint32_t ns_id;
    /**
     * The number of the local name, one of `TERCET_NAME_...`, or `TERCET_ID_OTHER`.
     */
    uint32_t name_id;
    /**
     * The local name.
     */
    tercet_str name;
    /**
     * The namespace; empty for none.
     */
    tercet_str ns;
    /**
     * The value of `to`, references replaced; none where it is absent. So the next four.
     */
    tercet_str to;
    /**
     * The value of `from`.
     */
    tercet_str from;
    /**
     * The value of `id`.
     */
    tercet_str id;
    /**
     * The value of `type`.
     */
    tercet_str type;
    /**
     * The value of `xml:lang`.
     */
    tercet_str lang;
    /**
     * The octets as received, from the first `<` to the last `>`: for a log, but not to be sent on: they may lack
     * prefixes that the stream header declared, and hold the `from` that the peer wrote. See `tercet_conn_forward`.
     */
    tercet_str raw;
    /**
     * The way to what is inside.
     */
    tercet_element root;
    /**
     * Always 0.
     */
    uint64_t reserved[2];
} tercet_stanza;

/**
 * What is known of the error that ended a stream.
 */
typedef struct {
    /**
     * The number; `TERCET_OK` where nothing is wrong.
     */
    tercet_result result;
    /**
     * Always 0.
     */
    uint32_t flags;
    /**
     * Octets from the first that the handle took in to the faulty one, those of streams before the last restart
     * (STARTTLS, SASL, `tercet_parser_restart`) included; `UINT64_MAX` where the error is not about an octet.
     */
    uint64_t offset;
    /**
     * The stream error condition (RFC 6120 section 4.9.3) that the peer is told, or told us. Static; none where there
     * is none.
     */
    tercet_str condition;
    /**
     * What is wrong: an English sentence. Borrowed until the next call on the handle.
     */
    tercet_str message;
    /**
     * Always 0.
     */
    uint64_t reserved[2];
} tercet_error;

/**
 * Something that happened on a connection. What an event does not speak of is none, or 0. Numbers above those of this
 * header may come from a younger library: let them pass.
 *
 * All texts are borrowed until the connection reads on, as those of `tercet_stanza`.
 */
typedef struct {
    /**
     * One of `TERCET_EVENT_...`.
     */
    int32_t kind;
    /**
     * Some of `TERCET_FLAG_...`.
     */
    uint32_t flags;
    /**
     * The number under which a request is answered, or was made.
     */
    uint64_t token;
    /**
     * An address.
     */
    tercet_str jid;
    /**
     * The name of a condition: of a stream error, or of a failed login. Static.
     */
    tercet_str condition;
    /**
     * A human-readable text.
     */
    tercet_str text;
    /**
     * A unit of the stream.
     */
    tercet_stanza stanza;
    /**
     * Always 0.
     */
    uint64_t reserved[4];
} tercet_event;

/**
 * The callback for output: takes some of `len` octets at `data`, borrowed for the call, and answers how many it took.
 * The rest is offered again, in this call of `tercet_conn_drive` or the next.
 */
typedef size_t (*tercet_on_write)(void *user, tercet_conn *conn, const uint8_t *data, size_t len);

/**
 * A callback for an event. `user` is what was handed to `tercet_conn_drive`; `conn` is the connection, borrowed for
 * the call; `event` and its texts are borrowed for the call.
 *
 * To be answered with `TERCET_OK`, or with `TERCET_PAUSE` to return from `tercet_conn_drive` (what has come is kept,
 * and worked on by the next call); anything else makes it return `TERCET_ERR_CALLBACK`.
 */
typedef tercet_result (*tercet_on_event)(void *user, tercet_conn *conn, const tercet_event *event);

/**
 * The callback for a log: `message` is one line, an English sentence without a line feed, borrowed for the call;
 * `level` is one of `TERCET_LOG_...`. Never a password, key or content of a stanza; addresses are named.
 */
typedef void (*tercet_on_log)(void *user, tercet_conn *conn, int32_t level, tercet_str message);

/**
 * The callback for channel binding: puts what the TLS connection under `conn` gives for the kind `kind`,
 * `TERCET_BINDING_...`, into `data`, where there is room for `capacity` octets, and their number into `len`. As
 * `tercet_conn_set_binding`, which it may be used instead of.
 *
 * To be answered with `TERCET_OK`, or with `TERCET_NONE` for a kind that there is none of, be it for this connection
 * or because the function does not know it; anything else makes `tercet_conn_drive` return `TERCET_ERR_CALLBACK`, as
 * does a number of octets that the kind cannot have.
 */
typedef tercet_result (*tercet_on_binding)(void *user, tercet_conn *conn, int32_t kind, uint8_t *data, size_t capacity, size_t *len);

/**
 * Functions of the caller's, to be called from inside `tercet_conn_drive`. Set all to zero, then `struct_size` to
 * `sizeof(tercet_callbacks)`, then those that are wanted: the table may grow at its end. NULL lets an event pass,
 * except where it says otherwise.
 *
 * From inside a callback, `tercet_conn_answer` and its kin, `_send`, `_deliver`, `_forward`, `_request`,
 * `_reply_result`, `_reply_error`, `_defer`, `_close`, `_close_with`, `_set_binding`, `_secured`, `_tls_failed`,
 * `_jid`, `_deadline`, `_is_over`, `_wants_poll`, `_last_error`, `_memory` may be called on the same connection, and
 * everything on views and on other handles. All else answers `TERCET_ERR_BUSY`, `tercet_conn_free` too. A callback
 * must return: no longjmp, no C++ exception.
 */
typedef struct {
    /**
     * `sizeof(tercet_callbacks)` as the caller was compiled.
     */
    size_t struct_size;
    /**
     * Takes output for the transport. NULL leaves it to `tercet_conn_output`.
     */
    tercet_on_write write;
    /**
     * `TERCET_EVENT_START_TLS`, once the output was offered to `write`. NULL fails the login with `TERCET_ERR_TLS`.
     */
    tercet_on_event start_tls;
    /**
     * `TERCET_EVENT_OPENED`.
     */
    tercet_on_event opened;
    /**
     * `TERCET_EVENT_CREDENTIALS`. NULL answers that there is no such account.
     */
    tercet_on_event credentials;
    /**
     * `TERCET_EVENT_REFUSED`.
     */
    tercet_on_event refused;
    /**
     * `TERCET_EVENT_AUTHENTICATED`.
     */
    tercet_on_event authenticated;
    /**
     * `TERCET_EVENT_RESOURCE`. NULL accepts.
     */
    tercet_on_event resource;
    /**
     * `TERCET_EVENT_BOUND`.
     */
    tercet_on_event bound;
    /**
     * `TERCET_EVENT_STANZA`.
     */
    tercet_on_event stanza;
    /**
     * `TERCET_EVENT_RESPONSE`.
     */
    tercet_on_event response;
    /**
     * `TERCET_EVENT_ROSTER_PUSH`.
     */
    tercet_on_event roster_push;
    /**
     * `TERCET_EVENT_STREAM_ERROR`.
     */
    tercet_on_event stream_error;
    /**
     * `TERCET_EVENT_CLOSED`, once the output was offered to `write`.
     */
    tercet_on_event closed;
    /**
     * One line for each event, before its callback is called, and for the error that ended the stream, once, when the
     * output was offered to `write`.
     */
    tercet_on_log log;
    /**
     * Asked once for each kind when the transport has become TLS: after `tercet_conn_secured`, or at the first call
     * under `TERCET_TLS_DIRECT`. Where it fails, the next call asks again for all of them. NULL leaves it to
     * `tercet_conn_set_binding`; without either nothing is bound.
     */
    tercet_on_binding channel_binding;
} tercet_callbacks;

/**
 * One contact in a roster (RFC 6121 section 2.1.2).
 */
typedef struct {
    /**
     * The contact's bare address.
     */
    tercet_str contact;
    /**
     * What the user calls the contact; none where it has no name.
     */
    tercet_str name;
    /**
     * Who sees whom: one of `TERCET_SUBSCRIPTION_...`.
     */
    int32_t subscription;
    /**
     * Some of `TERCET_ITEM_...`.
     */
    uint32_t flags;
    /**
     * The groups that the user put the contact in: `group_count` texts. NULL where there are none.
     */
    const tercet_str *groups;
    /**
     * How many groups there are.
     */
    size_t group_count;
} tercet_roster_item;

/**
 * One thing to do. The order of actions is part of their meaning. What an action does not speak of is none, or 0.
 * Numbers above those of this header may come from a younger library: let them pass.
 *
 * All texts, and the groups of `item`, are borrowed until the next call of `tercet_router_poll`, `_drive` or `_free`
 * on the router; other calls leave them where they are.
 */
typedef struct {
    /**
     * One of `TERCET_ACTION_...`.
     */
    int32_t kind;
    /**
     * Always 0.
     */
    uint32_t flags;
    /**
     * To which session.
     */
    uint64_t session;
    /**
     * The number under which a request is answered.
     */
    uint64_t token;
    /**
     * Whose roster, requests or messages: a bare address.
     */
    tercet_str user;
    /**
     * The other side: a bare address.
     */
    tercet_str contact;
    /**
     * The octets of a stanza.
     */
    tercet_str stanza;
    /**
     * A contact in the roster of `user`.
     */
    tercet_roster_item item;
    /**
     * Always 0.
     */
    uint64_t reserved[4];
} tercet_action;

/**
 * A callback for an action. `user` is what was handed to `tercet_router_drive`; `router` is the router, borrowed for
 * the call; `action` and its texts are borrowed for the call.
 *
 * To be answered with `TERCET_OK`, also where a request is to be answered later, or with `TERCET_PAUSE` for the same
 * and to return from `tercet_router_drive`; anything else makes it return `TERCET_ERR_CALLBACK`. The action counts as
 * carried out whatever the callback answers, and the next call goes on with the one after it: what could not be
 * carried out is the caller's to repeat. A request whose callback failed is answered as if there were no callback,
 * unless it was answered.
 */
typedef tercet_result (*tercet_on_action)(void *user, tercet_router *router, const tercet_action *action);

/**
 * Functions of the caller's, to be called from inside `tercet_router_drive`. Set all to zero, then `struct_size` to
 * `sizeof(tercet_store)`, then those that are wanted: the table may grow at its end. NULL lets an action pass, except
 * where it says otherwise.
 *
 * From inside a callback, answers, `tercet_router_find`, `_sessions`, `_has_roster`, `_memory`, `_handle`, `_detach`,
 * `_set_lang` and `_set_limit` may be called on the same router, and everything on views and on other handles. What
 * such a call leaves to be done is done by the `tercet_router_drive` that called the callback, after what waits
 * already. All else answers `TERCET_ERR_BUSY`: `_drive`, `_poll` and `_free`, which would forget the action, and
 * `_attach`, which wants a roster that no waiting action changes. A callback must return: no longjmp, no C++
 * exception.
 */
typedef struct {
    /**
     * `sizeof(tercet_store)` as the caller was compiled.
     */
    size_t struct_size;
    /**
     * `TERCET_ACTION_DELIVER`. NULL drops the stanza.
     */
    tercet_on_action deliver;
    /**
     * `TERCET_ACTION_SAVE_ITEM`.
     */
    tercet_on_action save_item;
    /**
     * `TERCET_ACTION_REMOVE_ITEM`.
     */
    tercet_on_action remove_item;
    /**
     * `TERCET_ACTION_SAVE_PENDING`.
     */
    tercet_on_action save_pending;
    /**
     * `TERCET_ACTION_REMOVE_PENDING`.
     */
    tercet_on_action remove_pending;
    /**
     * `TERCET_ACTION_LOAD_ROSTER`. NULL answers that there is no such account.
     */
    tercet_on_action load_roster;
    /**
     * `TERCET_ACTION_STORE_OFFLINE`. NULL refuses.
     */
    tercet_on_action store_offline;
    /**
     * `TERCET_ACTION_LOAD_OFFLINE`. NULL answers that there are none.
     */
    tercet_on_action load_offline;
} tercet_store;

/**
 * A message that waited for its receiver.
 */
typedef struct {
    /**
     * When it was stored, as XEP-0082 writes a time: `2026-01-31T23:59:59Z`.
     */
    tercet_str stamp;
    /**
     * The message as `TERCET_ACTION_STORE_OFFLINE` gave it.
     */
    tercet_str stanza;
} tercet_offline_message;

/**
 * Done.
 */
#define TERCET_OK 0

/**
 * There is nothing to lend at present: more input is needed first, or an answer, or TLS, or room in the output.
 */
#define TERCET_NEED_MORE 1

/**
 * An iteration is at its end, or what was looked for is not there.
 */
#define TERCET_NONE 2

/**
 * From a callback: return to the caller of `_drive` now; from there: a callback asked for it.
 */
#define TERCET_PAUSE 3

/**
 * A pointer that must not be NULL was.
 */
#define TERCET_ERR_NULL -1

/**
 * A text handed over is not UTF-8.
 */
#define TERCET_ERR_UTF8 -2

/**
 * A number or a word handed over is not one of those that the function knows, or a text is none that it can take.
 */
#define TERCET_ERR_ARGUMENT -3

/**
 * The function must not be called from inside a callback of the same handle.
 */
#define TERCET_ERR_BUSY -4

/**
 * A fault of the library's own was caught in this call: please report it. The handle can only be freed.
 */
#define TERCET_ERR_PANIC -5

/**
 * A fault was caught in an earlier call on this handle, which can only be freed.
 */
#define TERCET_ERR_POISONED -6

/**
 * A view whose unit is gone, or an answer to a request that is not open.
 */
#define TERCET_ERR_STALE -7

/**
 * Memory is out.
 */
#define TERCET_ERR_NO_MEMORY -8

/**
 * Not for this kind of handle, or not in this build.
 */
#define TERCET_ERR_UNSUPPORTED -9

/**
 * A callback answered something else than `TERCET_OK` or `TERCET_PAUSE`.
 */
#define TERCET_ERR_CALLBACK -10

/**
 * A stanza was to be sent before a resource is bound.
 */
#define TERCET_ERR_NOT_BOUND -11

/**
 * The stream is closed on our side, or over.
 */
#define TERCET_ERR_CLOSED -12

/**
 * TLS was reported where none was asked for.
 */
#define TERCET_ERR_NOT_AWAITING_TLS -13

/**
 * More requests are open than a connection keeps track of.
 */
#define TERCET_ERR_TOO_MANY_REQUESTS -14

/**
 * The random source of the system failed.
 */
#define TERCET_ERR_RANDOM -15

/**
 * A text handed over is not an address (RFC 7622), or not one of the kind that is wanted.
 */
#define TERCET_ERR_JID -16

/**
 * A password that RFC 8265 does not allow, as is one that is empty.
 */
#define TERCET_ERR_PASSWORD -17

/**
 * A text handed over is not SCRAM keys in their stored form.
 */
#define TERCET_ERR_KEYS -18

/**
 * What was to be written is not what XML allows: a name, a namespace, a character, or tags that do not match.
 */
#define TERCET_ERR_WRITE -19

/**
 * The caller's buffer is too small.
 */
#define TERCET_ERR_SPACE -20

/**
 * The address is bound by another session, or the number is that of another session.
 */
#define TERCET_ERR_IN_USE -21

/**
 * The peer's bytes are not the XML that XMPP allows. `tercet_conn_last_error` and its like say where.
 */
#define TERCET_ERR_SYNTAX -100

/**
 * The peer's bytes cross a limit.
 */
#define TERCET_ERR_LIMIT -101

/**
 * The bytes ended before the stream did.
 */
#define TERCET_ERR_TRUNCATED -102

/**
 * The peer broke the protocol.
 */
#define TERCET_ERR_PROTOCOL -103

/**
 * The peer keeps to the protocol, and yet there is no common ground.
 */
#define TERCET_ERR_INCOMPATIBLE -104

/**
 * The server refused the login.
 */
#define TERCET_ERR_LOGIN -105

/**
 * TLS is required and the server has none, or the handshake failed.
 */
#define TERCET_ERR_TLS -106

/**
 * A deadline has passed.
 */
#define TERCET_ERR_TIMEOUT -107

/**
 * The transport ended in the middle of the stream.
 */
#define TERCET_ERR_DISCONNECTED -108

/**
 * The peer ended the stream with an error.
 */
#define TERCET_ERR_PEER -109

/**
 * A failure on our side that the stream could not outlive.
 */
#define TERCET_ERR_FAILED -110

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The release of the library that is linked, as `0xMMmmpp`: to be compared with `TERCET_VERSION_NUM`.
 */
TERCET_API uint32_t tercet_version_num(void);

/**
 * The release of the library that is linked, as text. Static, never NULL.
 */
TERCET_API const char *tercet_version(void);

/**
 * Whether the library that is linked can stand in for release `num`: call it with `TERCET_VERSION_NUM` at the start.
 *
 * Before 1.0 the second number must be equal, after it the first; the library may be younger, never older.
 *
 * Errors: `TERCET_ERR_UNSUPPORTED` where it cannot.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_version_check(uint32_t num);

/**
 * What a result means: a short English sentence. Static, never NULL, for any number.
 */
TERCET_API const char *tercet_result_str(tercet_result result);

/**
 * Whether a result is the end of its stream, or of its handle: from `TERCET_ERR_SYNTAX` down, and `TERCET_ERR_PANIC`
 * and `TERCET_ERR_POISONED`.
 */
TERCET_API bool tercet_result_is_fatal(tercet_result result);

/**
 * The text of a NUL-terminated string: borrowed, for as long as the string is there. NULL gives "none".
 */
TERCET_API tercet_str tercet_str_from(const char *string);

/**
 * Checks `text` by the rules of RFC 7622, prepares it (case, width, normal form), and puts the outcome into `buffer`,
 * not NUL-terminated, and its parts into `jid`. `TERCET_JID_BYTES` of `capacity` always suffice. `text` may lie in
 * `buffer`.
 *
 * Errors, here and below: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`; `TERCET_ERR_JID` where it is not an address, or not
 * ASCII in a build without the cargo feature `idna`; `TERCET_ERR_SPACE` where `capacity` is too small. Nothing is
 * written then.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_jid_parse(tercet_str text, char *buffer, size_t capacity, tercet_jid *jid);

/**
 * As `tercet_jid_parse`, from parts, each of which is prepared. `local` and `resource` may be none; one that is empty
 * is an error, as is a separator inside `local` or `domain`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_jid_join(tercet_str local, tercet_str domain, tercet_str resource, char *buffer, size_t capacity, tercet_jid *jid);

/**
 * Prepares two addresses and puts into `order` how they compare, octet by octet: -1, 0 where they are the same
 * address, or 1.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`, `TERCET_ERR_JID`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_jid_compare(tercet_str a, tercet_str b, int32_t *order);

/**
 * The number of a namespace, one of `TERCET_NS_...`; `TERCET_ID_OTHER` where it has none, or `ns` is not a text.
 */
TERCET_API uint32_t tercet_ns_id(tercet_str ns);

/**
 * The number of a local name of an element or attribute, one of `TERCET_NAME_...`; `TERCET_ID_OTHER` where it has
 * none, or `name` is not a text.
 */
TERCET_API uint32_t tercet_name_id(tercet_str name);

/**
 * The local name; none where the view is stale. Borrowed as the element.
 */
TERCET_API tercet_str tercet_element_name(tercet_element element);

/**
 * The namespace, empty for none; none where the view is stale. Borrowed as the element.
 */
TERCET_API tercet_str tercet_element_ns(tercet_element element);

/**
 * The prefix as written; none where there is none, or the view is stale. Borrowed as the element.
 */
TERCET_API tercet_str tercet_element_prefix(tercet_element element);

/**
 * The octets as received, from the element's first `<` to its last `>`; none where the view is stale. Borrowed as the
 * element.
 */
TERCET_API tercet_str tercet_element_raw(tercet_element element);

/**
 * The number of the namespace, one of `TERCET_NS_...`; `TERCET_ID_OTHER` where it has none, or the view is stale.
 */
TERCET_API uint32_t tercet_element_ns_id(tercet_element element);

/**
 * The number of the local name, one of `TERCET_NAME_...`; `TERCET_ID_OTHER` where it has none, or the view is stale.
 */
TERCET_API uint32_t tercet_element_name_id(tercet_element element);

/**
 * Whether the element is `name` in the namespace `ns`. False where the view is stale or an argument is not a text.
 */
TERCET_API bool tercet_element_is(tercet_element element, tercet_str ns, tercet_str name);

/**
 * Puts the element's own text into `text`, references replaced, that of child elements left out; empty where it has
 * none. Borrowed as the element. Text that reads as written is not copied; other text is decoded into memory of the
 * handle, anew at each call.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_STALE`, `TERCET_ERR_NO_MEMORY`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_element_text(tercet_element element, tercet_str *text);

/**
 * Puts the value of the attribute `name` without a namespace into `value`, references replaced. Borrowed as the
 * element; copied as by `tercet_element_text`.
 *
 * `TERCET_NONE` where there is no such attribute. Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`, `TERCET_ERR_STALE`,
 * `TERCET_ERR_NO_MEMORY`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_element_attr(tercet_element element, tercet_str name, tercet_str *value);

/**
 * As `tercet_element_attr`, for an attribute in the namespace `ns`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_element_attr_ns(tercet_element element, tercet_str ns, tercet_str name, tercet_str *value);

/**
 * As `tercet_element_attr`, for an attribute of which the name is known by number, one of `TERCET_NAME_...`.
 *
 * `TERCET_NONE` where there is no such attribute. Errors: `TERCET_ERR_NULL`, `TERCET_ERR_STALE`,
 * `TERCET_ERR_NO_MEMORY`; `TERCET_ERR_ARGUMENT` where `name` is not a number of this library, `TERCET_ID_OTHER` among
 * them.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_element_attr_id(tercet_element element, uint32_t name, tercet_str *value);

/**
 * Puts the first child element `name` in the namespace `ns` into `child`. Borrowed as the element.
 *
 * `TERCET_NONE` where there is no such child. Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`, `TERCET_ERR_STALE`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_element_child(tercet_element element, tercet_str ns, tercet_str name, tercet_element *child);

/**
 * As `tercet_element_child`, for a child of which namespace and name are known by number, one of `TERCET_NS_...` and
 * one of `TERCET_NAME_...`.
 *
 * `TERCET_NONE` where there is no such child. Errors: `TERCET_ERR_NULL`, `TERCET_ERR_STALE`; `TERCET_ERR_ARGUMENT`
 * where one of the two is not a number of this library, `TERCET_ID_OTHER` among them.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_element_child_id(tercet_element element, uint32_t ns, uint32_t name, tercet_element *child);

/**
 * The beginning of the way along what is in `element`: for `tercet_children_next`, or for `tercet_attrs_next`.
 */
TERCET_API tercet_iter tercet_iterate(tercet_element element);

/**
 * Puts the next child, element or text, into `node`, in document order.
 *
 * `TERCET_NONE` at the end. Errors: `TERCET_ERR_NULL`, `TERCET_ERR_STALE`, `TERCET_ERR_NO_MEMORY`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_children_next(tercet_iter *iter, tercet_node *node);

/**
 * Puts the next attribute into `attr`, in document order, namespace declarations left out.
 *
 * `TERCET_NONE` at the end. Errors: `TERCET_ERR_NULL`, `TERCET_ERR_STALE`, `TERCET_ERR_NO_MEMORY`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_attrs_next(tercet_iter *iter, tercet_attr *attr);

/**
 * Puts a copy of the stanza of which `stanza` is the root into `owned`: to be freed with `tercet_owned_free`. It is
 * not parsed again, and lives on its own: the handle that lent the stanza may read on, or be freed.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_STALE`; `TERCET_ERR_ARGUMENT` where `stanza` is not the root of a stanza.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_stanza_detach(tercet_element stanza, tercet_owned **owned);

/**
 * Shows a stanza that is kept, as it was lent. Everything in `stanza` is borrowed until `tercet_owned_free`. Texts
 * that are asked for later, as by `tercet_element_text`, and do not read as written, take memory until then at each
 * call.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_NO_MEMORY`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_owned_stanza(tercet_owned *owned, tercet_stanza *stanza);

/**
 * Octets of memory in use, the handle included; what the allocator adds is not counted. 0 for NULL.
 */
TERCET_API size_t tercet_owned_memory(tercet_owned *owned);

/**
 * Frees a stanza that is kept, and ends the life of all its views. NULL is fine.
 */
TERCET_API void tercet_owned_free(tercet_owned *owned);

/**
 * Puts a new parser of a stream into `parser`: owned, to be freed with `tercet_parser_free`. `limits` is one of
 * `TERCET_LIMITS_...`.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_ARGUMENT`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_parser_new(int32_t limits, tercet_parser **parser);

/**
 * As `tercet_parser_new`, for one document, such as a file: its root is its only unit, of the kind that its name says.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_parser_new_document(int32_t limits, tercet_parser **parser);

/**
 * Frees a parser, and ends the life of all its views. NULL is fine.
 */
TERCET_API void tercet_parser_free(tercet_parser *parser);

/**
 * Sets one limit, `TERCET_LIMIT_...`, from the next octet on.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_ARGUMENT`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_parser_set_limit(tercet_parser *parser, int32_t limit, uint32_t value);

/**
 * Takes in `len` octets as received: copied, all of them. Ends the life of views.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_NO_MEMORY`; `TERCET_ERR_ARGUMENT` for octets in memory of the parser, such as
 * a text that it lent; nothing was taken then.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_parser_recv(tercet_parser *parser, const uint8_t *data, size_t len);

/**
 * Puts room for at least `want` octets into `buffer` and `capacity`: to read into without a copy, then to be confirmed
 * by `tercet_parser_commit`. Borrowed until the next call on the parser. Ends the life of views.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_NO_MEMORY`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_parser_recv_buffer(tercet_parser *parser, size_t want, uint8_t **buffer, size_t *capacity);

/**
 * Takes the first `len` octets of the room lent last as received, at most what it holds, and once: nothing where
 * another call came in between.
 *
 * Errors: `TERCET_ERR_NULL`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_parser_commit(tercet_parser *parser, size_t len);

/**
 * Puts the next unit of the stream into `stanza`, and forgets the one before it. A unit is whole: it comes with the
 * call that follows its last octet, never in pieces.
 *
 * `TERCET_NEED_MORE` where there is none yet. Errors: `TERCET_ERR_NULL`; `TERCET_ERR_NO_MEMORY`, with which a unit may
 * be lost, or the stream be at its end: then it comes again; `TERCET_ERR_SYNTAX` and `TERCET_ERR_LIMIT`, from then on
 * at every call.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_parser_next(tercet_parser *parser, tercet_stanza *stanza);

/**
 * Begins a new stream, as after STARTTLS and SASL (RFC 6120 section 4.3.3): nothing of the old one is left, an error
 * that ended it included. Octets taken in and not read yet belong to the new stream; limits stay. Ends the life of
 * views.
 *
 * Errors: `TERCET_ERR_NULL`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_parser_restart(tercet_parser *parser);

/**
 * Gives back the memory that only work needs: for a stream that has had nothing to say for a while, and may have
 * nothing to say for long. Does nothing where a unit is in progress. Ends the life of views.
 *
 * The next unit takes a dozen allocations more than others, and the memory is back in use until
 * the next call. White space between units does not.
 *
 * Errors: `TERCET_ERR_NULL`.
 */
TERCET_API tercet_result tercet_parser_shrink(tercet_parser *parser);

/**
 * Octets of memory in use, the handle included; what the allocator adds is not counted. 0 for NULL.
 */
TERCET_API size_t tercet_parser_memory(tercet_parser *parser);

/**
 * Tells the parser that no more octets will come: to be called when `_next` answered `TERCET_NEED_MORE`, for what it
 * has not given yet counts as missing. Views live on.
 *
 * Errors: `TERCET_ERR_NULL`; `TERCET_ERR_TRUNCATED`, which no other call gives, where the stream's end tag has not
 * been seen; the error that ended the stream, where one did.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_parser_eof(tercet_parser *parser);

/**
 * Puts into `error` why the parser is at its end; `error->result` is `TERCET_OK` where it is not.
 *
 * Errors: `TERCET_ERR_NULL`.
 */
TERCET_API tercet_result tercet_parser_last_error(tercet_parser *parser, tercet_error *error);

/**
 * Puts a new, empty draft into `writer`: owned, to be freed with `tercet_writer_free`.
 *
 * Errors: `TERCET_ERR_NULL`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_writer_new(tercet_writer **writer);

/**
 * Frees a draft. NULL is fine.
 */
TERCET_API void tercet_writer_free(tercet_writer *writer);

/**
 * Octets of memory in use, the handle included; what the allocator adds is not counted. 0 for NULL.
 */
TERCET_API size_t tercet_writer_memory(tercet_writer *writer);

/**
 * Forgets what was drafted, an error included.
 */
TERCET_API void tercet_writer_clear(tercet_writer *writer);

/**
 * Opens the element `name` in the namespace `ns`: `jabber:client` where `ns` is `{NULL, 0}`, no namespace where it is
 * empty. Texts are copied, here and below.
 */
TERCET_API void tercet_writer_open(tercet_writer *writer, tercet_str ns, tercet_str name);

/**
 * Adds the attribute `name` without a namespace to the element just opened. Where `value` is `{NULL, 0}`, as an absent
 * attribute reads, the draft keeps the error `TERCET_ERR_NULL`: look at its `ptr` before.
 */
TERCET_API void tercet_writer_attr(tercet_writer *writer, tercet_str name, tercet_str value);

/**
 * Adds the attribute `name` in the namespace `ns` to the element just opened, with a prefix that is declared for it.
 */
TERCET_API void tercet_writer_attr_ns(tercet_writer *writer, tercet_str ns, tercet_str name, tercet_str value);

/**
 * Adds `xml:lang` to the element just opened.
 */
TERCET_API void tercet_writer_lang(tercet_writer *writer, tercet_str tag);

/**
 * Adds text to the innermost open element.
 */
TERCET_API void tercet_writer_text(tercet_writer *writer, tercet_str text);

/**
 * Adds a copy of an element that was received and of all it holds, to the innermost open element or to the draft
 * itself. The copy means what the original does, with prefixes chosen anew. The draft keeps `TERCET_ERR_STALE` where
 * `element` is out of date, `TERCET_ERR_NULL` where it is none.
 */
TERCET_API void tercet_writer_copy(tercet_writer *writer, tercet_element element);

/**
 * Closes the innermost open element.
 */
TERCET_API void tercet_writer_close(tercet_writer *writer);

/**
 * Puts the draft, written as for a client's stream, into `text`, and keeps it. Borrowed until the next call on the
 * writer.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_WRITE`, `TERCET_ERR_NO_MEMORY`, and those that the draft keeps.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_writer_written(tercet_writer *writer, tercet_str *text);

/**
 * Puts a new configuration into `config`: to log in as `jid` (a resource in it is proposed to the server) with
 * `password`. Owned, to be freed with `tercet_client_config_free`. Both texts are copied; the copy of the password is
 * wiped when the last user of the configuration is freed.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`, `TERCET_ERR_JID`, `TERCET_ERR_PASSWORD`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_client_config_new(tercet_str jid, tercet_str password, tercet_client_config **config);

/**
 * Frees a configuration; connections that were made with it live on. NULL is fine.
 */
TERCET_API void tercet_client_config_free(tercet_client_config *config);

/**
 * Sets what may happen before TLS: `TERCET_TLS_...`.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_ARGUMENT`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_client_config_set_tls(tercet_client_config *config, int32_t policy);

/**
 * Allows PLAIN, and then only under TLS. It gives the password to whoever answers as the server; SCRAM never does.
 * Default: not allowed.
 *
 * Errors: `TERCET_ERR_NULL`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_client_config_allow_plain(tercet_client_config *config, bool allow);

/**
 * Allows SCRAM-SHA-1, which every server must offer (RFC 6120 section 13.8). Default: allowed.
 *
 * Errors: `TERCET_ERR_NULL`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_client_config_allow_scram_sha1(tercet_client_config *config, bool allow);

/**
 * Sets the language of the stream, a tag of BCP 47: that of stanzas which name none. Copied. Default: `en`.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`; `TERCET_ERR_WRITE` for what XML cannot hold.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_client_config_set_lang(tercet_client_config *config, tercet_str lang);

/**
 * Sets how many milliseconds a login may take in all, and how many the server has to answer a closing tag.
 * Default: 60000 and 5000.
 *
 * Errors: `TERCET_ERR_NULL`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_client_config_set_timing(tercet_client_config *config, uint64_t login_ms, uint64_t close_ms);

/**
 * Sets one limit, `TERCET_LIMIT_...`, on stanzas after login. Default: those of `TERCET_LIMITS_CLIENT`.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_ARGUMENT`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_client_config_set_limit(tercet_client_config *config, int32_t limit, uint32_t value);

/**
 * Puts a new configuration into `config`: to serve `domain`. Owned, to be freed with `tercet_server_config_free`.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`, `TERCET_ERR_JID`, `TERCET_ERR_RANDOM`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_server_config_new(tercet_str domain, tercet_server_config **config);

/**
 * Frees a configuration; connections that were made with it live on. NULL is fine.
 */
TERCET_API void tercet_server_config_free(tercet_server_config *config);

/**
 * Sets what may happen before TLS: `TERCET_TLS_...`.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_ARGUMENT`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_server_config_set_tls(tercet_server_config *config, int32_t policy);

/**
 * Sets the SASL mechanisms on offer, in that order: `count` names, of `SCRAM-SHA-512`, `SCRAM-SHA-256`, `SCRAM-SHA-1`,
 * `PLAIN`. Default: the last three. Accounts need stored keys for the hash of each SCRAM mechanism on offer; PLAIN is
 * offered under TLS alone. The names are copied.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`; `TERCET_ERR_ARGUMENT` where a name is another, or there is none.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_server_config_set_mechanisms(tercet_server_config *config, const tercet_str *names, size_t count);

/**
 * Passes over white space that a client sends in clear after `<starttls/>`, as some do although RFC 6120 section 5.3.3
 * forbids it. Default: it is an error. What it costs: whoever can write to the connection may do so there unnoticed,
 * though white space alone says nothing to the stream that follows.
 *
 * Errors: `TERCET_ERR_NULL`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_server_config_allow_whitespace_after_starttls(tercet_server_config *config, bool allow);

/**
 * Sets how many milliseconds a login may take in all, and how many the client has to answer a closing tag.
 * Default: 60000 and 5000.
 *
 * Errors: `TERCET_ERR_NULL`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_server_config_set_timing(tercet_server_config *config, uint64_t login_ms, uint64_t close_ms);

/**
 * Sets one limit, `TERCET_LIMIT_...`, on stanzas after login. Default: those of `TERCET_LIMITS_SERVER`.
 *
 * Errors: `TERCET_ERR_NULL`; `TERCET_ERR_ARGUMENT`, also for a `TERCET_LIMIT_STANZA_BYTES` of less than 10000, which
 * every client may send (RFC 6120 section 13.12).
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_server_config_set_limit(tercet_server_config *config, int32_t limit, uint32_t value);

/**
 * Puts a new client's connection into `conn`: owned, to be freed with `tercet_conn_free`. It speaks first: call
 * `tercet_conn_poll` or `_drive` at once. `config` is not kept and may be freed.
 *
 * Errors: `TERCET_ERR_NULL`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_client_new(tercet_client_config *config, tercet_conn **conn);

/**
 * Puts a new server's connection into `conn`, one for each client: owned, to be freed with `tercet_conn_free`.
 * `config` is not kept and may be freed.
 *
 * Errors: `TERCET_ERR_NULL`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_server_new(tercet_server_config *config, tercet_conn **conn);

/**
 * Frees a connection, and ends the life of all its views. Nothing is written: close the stream first. NULL is fine.
 *
 * Errors: `TERCET_ERR_BUSY` from inside a callback of this connection, which lives on.
 */
TERCET_API tercet_result tercet_conn_free(tercet_conn *conn);

/**
 * Takes in `len` octets as received: copied, all of them. Ends the life of views.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_BUSY`, `TERCET_ERR_NO_MEMORY`; `TERCET_ERR_CLOSED` where the connection is
 * over; `TERCET_ERR_ARGUMENT` for octets in memory of the connection, such as a text that it lent. Nothing was taken
 * then.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_conn_recv(tercet_conn *conn, const uint8_t *data, size_t len);

/**
 * Puts room for at least `want` octets into `buffer` and `capacity`: to read into without a copy, then to be confirmed
 * by `tercet_conn_commit`. Borrowed until the next call on the connection. Ends the life of views.
 *
 * Errors: as `tercet_conn_recv`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_conn_recv_buffer(tercet_conn *conn, size_t want, uint8_t **buffer, size_t *capacity);

/**
 * Takes the first `len` octets of the room lent last as received, at most what it holds, and once: nothing where
 * another call that reads came in between.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_BUSY`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_conn_commit(tercet_conn *conn, size_t len);

/**
 * Works on what has come, up to the next event, and puts that into `event`; the one before it is forgotten. To be
 * called until it answers `TERCET_NEED_MORE`: at the start, whenever octets have come, after an answer was given, and
 * when the deadline has passed. `now_ms` is a clock in milliseconds that never goes back, from whatever beginning.
 *
 * While more than 1 MiB of output waits, nothing is read: it answers `TERCET_NEED_MORE` although input waits. When the
 * transport has taken some of it, ask `tercet_conn_wants_poll`, or what has come is not worked on before more comes.
 *
 * `TERCET_NEED_MORE` where there is no event for now. Errors: `TERCET_ERR_NULL`, `TERCET_ERR_BUSY`;
 * `TERCET_ERR_NO_MEMORY` where there was an event and no memory to tell it: it is lost; an error that ends the stream,
 * from then on at every call: what the peer is to be told is in the output.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_conn_poll(tercet_conn *conn, uint64_t now_ms, tercet_event *event);

/**
 * Puts the octets that wait for the transport into `data` and `len`. Borrowed until the next call on the connection.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_BUSY`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_conn_output(tercet_conn *conn, const uint8_t **data, size_t *len);

/**
 * Forgets the oldest `len` octets of the output: the transport has taken them.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_BUSY`.
 */
TERCET_API tercet_result tercet_conn_output_consume(tercet_conn *conn, size_t len);

/**
 * When `tercet_conn_poll` or `_drive` is to be called although no octet has come, by the clock that is handed to them;
 * `TERCET_NEVER` where nothing is due.
 */
TERCET_API uint64_t tercet_conn_deadline(tercet_conn *conn);

/**
 * Whether `tercet_conn_poll` or `_drive` has something to do although no octet has come: at the start; after an
 * answer; after an event, where what came after it can be read, or a request is still to be refused; and where a full
 * output stopped the reading, once some of it was taken.
 */
TERCET_API bool tercet_conn_wants_poll(tercet_conn *conn);

/**
 * Whether the connection is over: closed on both sides, failed, or not usable any more. True for NULL.
 */
TERCET_API bool tercet_conn_is_over(tercet_conn *conn);

/**
 * Gives back the memory that only work needs: for a connection on which nothing has happened for a while, found by a
 * timer of yours. A bound session of a server takes some 600 octets then, at most 1,024, the handle and what the
 * allocator adds included, and more only where its address is long or its client's stream header declares more than
 * the usual two namespaces. Nothing is lost: a stanza in progress stays as it is, and so does output that waits. Ends
 * the life of views.
 *
 * The rest is the allocator's again. Whether the system gets it is the allocator's matter: after a time when most
 * connections were busy at once, glibc wants to be told by `malloc_trim`.
 *
 * The next stanza takes a dozen allocations, some 2 microseconds, more than others, and the memory is back in use
 * until the next call. White space between stanzas, which keeps connections alive, does not.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_BUSY`.
 */
TERCET_API tercet_result tercet_conn_shrink(tercet_conn *conn);

/**
 * Octets of memory in use, the handle included, its configuration, which others may share, not; neither are texts of a
 * login under way, and what the allocator adds. 0 for NULL.
 */
TERCET_API size_t tercet_conn_memory(tercet_conn *conn);

/**
 * The full address of the session; none before it is bound. Borrowed until the next call on the connection.
 */
TERCET_API tercet_str tercet_conn_jid(tercet_conn *conn);

/**
 * Says that the transport is TLS now, and for a client that the certificate was checked against the domain: starts the
 * stream anew. To be followed by `tercet_conn_poll` or `_drive`. Ends the life of views, of which none is lent then.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_NOT_AWAITING_TLS` where no `TERCET_EVENT_START_TLS` is open.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_conn_secured(tercet_conn *conn);

/**
 * Says that the TLS handshake failed, or the certificate did not fit: the connection is over, and nothing more is
 * said.
 *
 * Errors: `TERCET_ERR_NULL`.
 */
TERCET_API tercet_result tercet_conn_tls_failed(tercet_conn *conn);

/**
 * Says that the transport has ended.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_BUSY`; `TERCET_ERR_DISCONNECTED` where the stream had not ended, the error
 * that ended it where one did.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_conn_eof(tercet_conn *conn);

/**
 * Says goodbye: writes the closing tag. `TERCET_EVENT_CLOSED` comes when the peer has answered.
 *
 * Errors: `TERCET_ERR_NULL`; the error that ended the stream, where one did.
 */
TERCET_API tercet_result tercet_conn_close(tercet_conn *conn);

/**
 * Ends the stream with an error; `condition` is the name of a stream error condition, such as `system-shutdown`
 * (RFC 6120 section 4.9.3).
 *
 * Errors: as `tercet_conn_close`; `TERCET_ERR_UTF8`; `TERCET_ERR_NULL` also where `condition` is none;
 * `TERCET_ERR_ARGUMENT` for a name that the RFC does not know. The stream goes on then.
 */
TERCET_API tercet_result tercet_conn_close_with(tercet_conn *conn, tercet_str condition);

/**
 * Sends what is drafted in `stanza`, and empties the draft.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_NOT_BOUND`, `TERCET_ERR_CLOSED`, `TERCET_ERR_WRITE`, `TERCET_ERR_NO_MEMORY`,
 * and those that the draft keeps. Nothing is sent then, and the draft is as it was: `tercet_writer_clear` empties it.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_conn_send(tercet_conn *conn, tercet_writer *stanza);

/**
 * Sends `stanzas`: whole ones as they go on the wire, made by `tercet_writer_written` or by a `tercet_router`. They
 * are copied and not looked at: what is not well-formed, or not UTF-8, breaks the stream.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_NOT_BOUND`, `TERCET_ERR_CLOSED`, `TERCET_ERR_NO_MEMORY`;
 * `TERCET_ERR_ARGUMENT` for octets in the output of this connection. Nothing is sent then.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_conn_deliver(tercet_conn *conn, tercet_str stanzas);

/**
 * Sends on a stanza that was received on this connection or another, or that is kept: its own octets, with `from` and
 * `to` in place of its addresses, each of which stays as it is where that is none. `lang` is the language of the
 * stream on which it came, `event.stanza.lang` of its `TERCET_EVENT_OPENED`, and is put on a stanza that names none
 * (RFC 6120 section 8.1.5); none leaves it out. Prefixes that the header of its stream declared are declared on the
 * stanza (RFC 6120 section 4.8.5), and one of the namespace `jabber:server` is written anew in `jabber:client`.
 * `stanza` is the root of a stanza, such as `event.stanza.root`. A server must always name the sender: it cannot trust
 * the one that a client wrote (RFC 6120 section 8.1.2.1).
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`, `TERCET_ERR_STALE`, `TERCET_ERR_NOT_BOUND`, `TERCET_ERR_CLOSED`,
 * `TERCET_ERR_NO_MEMORY`; `TERCET_ERR_ARGUMENT` where `stanza` is not the root of a stanza, or a text lies in the
 * output of this connection; `TERCET_ERR_WRITE` where its name has a prefix, or an address or the language holds what
 * XML does not allow. Nothing is sent then.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_conn_forward(tercet_conn *conn, tercet_element stanza, tercet_str from, tercet_str to, tercet_str lang);

/**
 * Client: sends a request (an iq of type get or set) with what is drafted in `payload` to the address `to`, or to the
 * own account where `to` is none, and empties the draft. Puts the number under which the answer comes, as
 * `TERCET_EVENT_RESPONSE`, into `token`.
 *
 * Errors: as `tercet_conn_send`; `TERCET_ERR_ARGUMENT`, `TERCET_ERR_JID`, `TERCET_ERR_TOO_MANY_REQUESTS`;
 * `TERCET_ERR_UNSUPPORTED` for a server.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_conn_request(tercet_conn *conn, int32_t kind, tercet_str to, tercet_writer *payload, uint64_t *token);

/**
 * Answers the stanza that the event lent last showed, a request, with a result that holds what is drafted in
 * `payload`, and empties the draft; with an empty result where `payload` is NULL.
 *
 * Errors: as `tercet_conn_send`; `TERCET_ERR_STALE` where no stanza is lent, or the one that is was answered already;
 * `TERCET_ERR_ARGUMENT` where it is not an iq of type get or set.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_conn_reply_result(tercet_conn *conn, tercet_writer *payload);

/**
 * Answers the stanza that the event lent last showed with an error: `condition` is the name of a stanza error
 * condition (RFC 6120 section 8.3.3), `text` an English sentence or none. Does nothing where the stanza is itself an
 * answer.
 *
 * Errors: as `tercet_conn_send`; `TERCET_ERR_UTF8`; `TERCET_ERR_ARGUMENT` for a condition that the RFC does not know,
 * or a text in the output of this connection; `TERCET_ERR_STALE` where no stanza is lent, or the one that is was
 * answered already.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_conn_reply_error(tercet_conn *conn, tercet_str condition, tercet_str text);

/**
 * Client: leaves the request that the event lent last showed to a later answer of the caller's own.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_STALE` where no stanza is lent.
 */
TERCET_API tercet_result tercet_conn_defer(tercet_conn *conn);

/**
 * Puts into `error` why the connection is over; `error->result` is `TERCET_OK` where it is not, or ended in order.
 *
 * Errors: `TERCET_ERR_NULL`.
 */
TERCET_API tercet_result tercet_conn_last_error(tercet_conn *conn, tercet_error *error);

/**
 * Tells what both ends know of the TLS connection under the stream: `len` octets at `data` of the kind `kind`,
 * `TERCET_BINDING_...`. Copied; the copy is wiped before the session is bound. A client then logs in with a -PLUS
 * mechanism where the server offers one and knows that kind; a server offers one for each of its SCRAM mechanisms (RFC
 * 5802 section 6, XEP-0440).
 *
 * To be called when the handshake is done and before `tercet_conn_secured`, or before the first `tercet_conn_poll` or
 * `_drive` under `TERCET_TLS_DIRECT`. One call tells of one kind; where a kind is told twice, the later call counts.
 *
 * What `tls-exporter` gives binds one login and no second (RFC 9266 section 4.1): to a server that was told it, a
 * login bound to it is the only one on its connection, and the stream ends where that one fails.
 *
 * Errors: `TERCET_ERR_NULL`; `TERCET_ERR_ARGUMENT` for another kind, or a number of octets that it cannot have: 32 for
 * `TERCET_BINDING_TLS_EXPORTER`, 1 to `TERCET_BINDING_BYTES` for the others; `TERCET_ERR_NOT_AWAITING_TLS` before TLS
 * was agreed on, and once the features of the secured stream were sent or read.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_conn_set_binding(tercet_conn *conn, int32_t kind, const uint8_t *data, size_t len);

/**
 * Answers a request with one of `TERCET_ANSWER_...`. The next `_poll` or `_drive` acts on it, here and below.
 *
 * Errors, here and below: `TERCET_ERR_NULL`; `TERCET_ERR_STALE` where `token` is not that of the open request;
 * `TERCET_ERR_ARGUMENT` where the answer is unknown, or not one to a request of that kind, which stays open.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_conn_answer(tercet_conn *conn, uint64_t token, int32_t answer);

/**
 * Answers a request for credentials with what was stored of the account: `count` texts in the form that
 * `tercet_keys_derive` makes, one for each hash.
 *
 * Errors: also `TERCET_ERR_KEYS`, `TERCET_ERR_UTF8`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_conn_answer_keys(tercet_conn *conn, uint64_t token, const tercet_str *keys, size_t count);

/**
 * Answers a request for credentials with the password itself. For trials: keys are derived from it at each login,
 * which takes milliseconds of work, and a server should not know passwords.
 *
 * Errors: also `TERCET_ERR_UTF8`, `TERCET_ERR_PASSWORD`, `TERCET_ERR_RANDOM`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_conn_answer_password(tercet_conn *conn, uint64_t token, tercet_str password);

/**
 * Answers a request for a resource with another one.
 *
 * Errors: also `TERCET_ERR_UTF8`; `TERCET_ERR_JID` where `resource` cannot be the resource of an address (RFC 7622
 * section 3.4): the request stays open.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_conn_answer_resource(tercet_conn *conn, uint64_t token, tercet_str resource);

/**
 * Refuses a resource; `condition` is the name of a stanza error condition, such as `conflict` (RFC 6120 sections 7.6.2
 * and 7.7.2).
 *
 * Errors: also `TERCET_ERR_UTF8`; `TERCET_ERR_ARGUMENT` also for a name that the RFC does not know.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_conn_answer_refuse(tercet_conn *conn, uint64_t token, tercet_str condition);

/**
 * Puts what a server stores instead of `password` into `buffer`: SCRAM keys for `mechanism`, such as `SCRAM-SHA-256`,
 * with a fresh salt, not NUL-terminated; and into `written` how many octets it is. `TERCET_KEYS_BYTES` of `capacity`
 * suffice. It takes milliseconds of work.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`, `TERCET_ERR_ARGUMENT` for an unknown mechanism, `TERCET_ERR_PASSWORD`,
 * `TERCET_ERR_RANDOM`; `TERCET_ERR_SPACE` where `capacity` is too small.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_keys_derive(tercet_str mechanism, tercet_str password, char *buffer, size_t capacity, size_t *written);

/**
 * Takes in `len` octets as received (none is fine: `data` may be NULL then), works on them, and calls `callbacks` for
 * each event, with `user` handed through, then for the output. `callbacks` is read during the call and not kept. To be
 * called when `tercet_conn_poll` would be; `now_ms` as there.
 *
 * `TERCET_PAUSE` where a callback asked for it: call again with no octets to go on. Errors: `TERCET_ERR_NULL`,
 * `TERCET_ERR_ARGUMENT` for a `struct_size` that is too small, or not a multiple of a pointer's size,
 * `TERCET_ERR_BUSY`, `TERCET_ERR_CALLBACK`, and those of `tercet_conn_recv` and `tercet_conn_poll`. What the peer is
 * to be told has been offered to `write`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_conn_drive(tercet_conn *conn, const tercet_callbacks *callbacks, void *user, const uint8_t *data, size_t len, uint64_t now_ms);

/**
 * Puts a new and empty roster into `roster`: owned, to be freed with `tercet_roster_free`.
 *
 * Errors: `TERCET_ERR_NULL`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_roster_new(tercet_roster **roster);

/**
 * Frees a roster. NULL is fine.
 */
TERCET_API void tercet_roster_free(tercet_roster *roster);

/**
 * Adds a contact, or replaces the one with the same address. All that `item` points to is copied; an empty name counts
 * as none.
 *
 * Errors: `TERCET_ERR_NULL`, also for a group that is none; `TERCET_ERR_UTF8`; `TERCET_ERR_JID` for a contact that is
 * not a bare address; `TERCET_ERR_ARGUMENT` for a number that this header does not know; `TERCET_ERR_WRITE` for a name
 * or group that XML cannot hold. The roster is as it was then.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_roster_put(tercet_roster *roster, const tercet_roster_item *item);

/**
 * Adds a request for the user's presence that awaits the user's answer: who asked, and the stanza as
 * `TERCET_ACTION_SAVE_PENDING` gave it. Copied. The first request of a contact is kept.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`, `TERCET_ERR_JID`; `TERCET_ERR_WRITE` for a stanza that is not one
 * whole element. The roster is as it was then.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_roster_put_pending(tercet_roster *roster, tercet_str contact, tercet_str stanza);

/**
 * Calls `store` for each action that waits, and for those that come of the answers, with `user` handed through.
 * `store` is read during the call and not kept.
 *
 * `TERCET_PAUSE` where a callback asked for it: call again to go on. Errors: `TERCET_ERR_NULL`, `TERCET_ERR_ARGUMENT`
 * for a `struct_size` that is too small, or not a multiple of a pointer's size, `TERCET_ERR_BUSY`,
 * `TERCET_ERR_CALLBACK`: call again to go on.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_router_drive(tercet_router *router, const tercet_store *store, void *user);

/**
 * Puts a new router for the users of `domain` into `router`: owned, to be freed with `tercet_router_free`.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`, `TERCET_ERR_JID`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_router_new(tercet_str domain, tercet_router **router);

/**
 * Frees a router, with all actions that were not carried out. NULL is fine.
 *
 * Errors: `TERCET_ERR_BUSY` from inside a callback of this router, which lives on.
 */
TERCET_API tercet_result tercet_router_free(tercet_router *router);

/**
 * About how many octets of memory are in use, the handle included: sessions, rosters, presence, what waits for answers
 * or to be carried out. What the allocator adds is not counted, and octets that stanzas share are counted for each of
 * them. A walk over all of it: to be asked now and then. 0 for NULL.
 */
TERCET_API size_t tercet_router_memory(tercet_router *router);

/**
 * Sets one limit, `TERCET_ROUTER_LIMIT_...`, on what peers can make the router remember from now on. What is beyond it
 * already stays.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_ARGUMENT`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_router_set_limit(tercet_router *router, int32_t limit, size_t value);

/**
 * Adds the session `session`, a number of the caller's that is not used again, which has bound the full address
 * `full`. On `TERCET_OK` what is in `roster` was moved out, and it is empty; NULL is as good as an empty one. The
 * roster counts only for the user's first session: ask `tercet_router_has_roster` before looking it up, and carry out
 * all actions before that.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_BUSY`, `TERCET_ERR_UTF8`; `TERCET_ERR_JID` for an address that is not a full
 * one of a user on the router's domain; `TERCET_ERR_IN_USE` where the number is that of a session, or the address is
 * bound: detach that session first, or refuse the new one.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_router_attach(tercet_router *router, uint64_t session, tercet_str full, tercet_roster *roster);

/**
 * Whether the roster of `user`, a bare address, is here: then it is current, and the database need not be asked.
 */
TERCET_API bool tercet_router_has_roster(tercet_router *router, tercet_str user);

/**
 * Notes the language of a session's stream, `xml:lang` of its header: stanzas that name none are in this one (RFC 6120
 * section 8.1.5). The empty one says that there is none, which is so from the beginning.
 *
 * `TERCET_NONE` where there is no such session. Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`; `TERCET_ERR_ARGUMENT`
 * for what is longer than 64 octets, or of other characters than letters, digits and hyphens of ASCII: a client's
 * header may hold anything, so this is no reason to end its stream. The session is as it was.
 */
TERCET_API tercet_result tercet_router_set_lang(tercet_router *router, uint64_t session, tercet_str lang);

/**
 * Takes in a stanza that the client of `session` sent: `stanza` is the root of a stanza lent by any handle, such as
 * `event.stanza.root`. It is looked at during the call and not kept. Its `from` counts for nothing: it goes on with
 * the session's own address. What is neither message, presence nor iq is dropped.
 *
 * `TERCET_NONE` where there is no such session; the stanza is dropped then. Errors: `TERCET_ERR_NULL`,
 * `TERCET_ERR_STALE`; `TERCET_ERR_ARGUMENT` where `stanza` is not the root of a stanza.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_router_handle(tercet_router *router, uint64_t session, tercet_element stanza);

/**
 * Removes a session, which can no longer be sent to. Whoever was told that it is there is told that it is gone.
 *
 * `TERCET_NONE` where there is no such session. Errors: `TERCET_ERR_NULL`.
 */
TERCET_API tercet_result tercet_router_detach(tercet_router *router, uint64_t session);

/**
 * Puts the session that bound the full address `full` into `session`.
 *
 * `TERCET_NONE` where there is none. Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`, `TERCET_ERR_JID`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_router_find(tercet_router *router, tercet_str full, uint64_t *session);

/**
 * Puts the sessions of `user`, a bare address, into `sessions`, at most `capacity` of them, in the order in which they
 * came; and into `count` how many there are, which may be more. `sessions` may be NULL where `capacity` is 0.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`, `TERCET_ERR_JID`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_router_sessions(tercet_router *router, tercet_str user, uint64_t *sessions, size_t capacity, size_t *count);

/**
 * Puts the next thing to do into `action`; the one before it is forgotten, and counts as carried out. To be called
 * until it answers `TERCET_NEED_MORE`, after each call that may leave something to do: `_attach`, `_handle`,
 * `_detach`, and answers. Borrowed until the next call of `tercet_router_poll`, `_drive` or `_free`.
 *
 * `TERCET_NEED_MORE` where nothing is to be done. Errors: `TERCET_ERR_NULL`, `TERCET_ERR_BUSY`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_router_poll(tercet_router *router, tercet_action *action);

/**
 * Answers a request of the router's with one of `TERCET_ANSWER_NO_ACCOUNT`, `_STORED` and `_REFUSED`. What comes of it
 * is given by `tercet_router_poll` and `_drive`, here and below.
 *
 * Errors, here and below: `TERCET_ERR_NULL`; `TERCET_ERR_STALE` where `token` was answered, or what was asked for is
 * no longer wanted; `TERCET_ERR_ARGUMENT` where the answer does not fit the request, which stays open.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_router_answer(tercet_router *router, uint64_t token, int32_t answer);

/**
 * Answers `TERCET_ACTION_LOAD_ROSTER`. On `TERCET_OK` what is in `roster` was moved out, and it is empty; NULL is as
 * good as an empty one.
 *
 * Errors: as `tercet_router_answer`; the roster is as it was then.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_router_answer_roster(tercet_router *router, uint64_t token, tercet_roster *roster);

/**
 * Answers `TERCET_ACTION_LOAD_OFFLINE` with `count` messages, the oldest first: copied. `messages` may be NULL where
 * `count` is 0.
 *
 * Errors: also `TERCET_ERR_UTF8`, and `TERCET_ERR_WRITE` where one of them is not one whole element, or has a stamp
 * that XML cannot hold: none is delivered then.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_router_answer_messages(tercet_router *router, uint64_t token, const tercet_offline_message *messages, size_t count);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

/* Well-known namespaces and names as numbers: see TERCET_ID_OTHER. */
#define TERCET_NS_NONE 1 /**< `` */
#define TERCET_NS_CLIENT 2 /**< `jabber:client` */
#define TERCET_NS_SERVER 3 /**< `jabber:server` */
#define TERCET_NS_STREAM 4 /**< `http://etherx.jabber.org/streams` */
#define TERCET_NS_STREAM_ERRORS 5 /**< `urn:ietf:params:xml:ns:xmpp-streams` */
#define TERCET_NS_STANZA_ERRORS 6 /**< `urn:ietf:params:xml:ns:xmpp-stanzas` */
#define TERCET_NS_TLS 7 /**< `urn:ietf:params:xml:ns:xmpp-tls` */
#define TERCET_NS_SASL 8 /**< `urn:ietf:params:xml:ns:xmpp-sasl` */
#define TERCET_NS_BIND 9 /**< `urn:ietf:params:xml:ns:xmpp-bind` */
#define TERCET_NS_SESSION 10 /**< `urn:ietf:params:xml:ns:xmpp-session` */
#define TERCET_NS_ROSTER 11 /**< `jabber:iq:roster` */
#define TERCET_NS_ROSTER_VERSIONING 12 /**< `urn:xmpp:features:rosterver` */
#define TERCET_NS_PRE_APPROVAL 13 /**< `urn:xmpp:features:pre-approval` */
#define TERCET_NS_PING 14 /**< `urn:xmpp:ping` */
#define TERCET_NS_DISCO_INFO 15 /**< `http://jabber.org/protocol/disco#info` */
#define TERCET_NS_DISCO_ITEMS 16 /**< `http://jabber.org/protocol/disco#items` */
#define TERCET_NS_DELAY 17 /**< `urn:xmpp:delay` */
#define TERCET_NS_CAPS 18 /**< `http://jabber.org/protocol/caps` */
#define TERCET_NS_CHAT_STATES 19 /**< `http://jabber.org/protocol/chatstates` */
#define TERCET_NS_RECEIPTS 20 /**< `urn:xmpp:receipts` */
#define TERCET_NS_CHAT_MARKERS 21 /**< `urn:xmpp:chat-markers:0` */
#define TERCET_NS_CARBONS 22 /**< `urn:xmpp:carbons:2` */
#define TERCET_NS_FORWARD 23 /**< `urn:xmpp:forward:0` */
#define TERCET_NS_MAM 24 /**< `urn:xmpp:mam:2` */
#define TERCET_NS_STANZA_ID 25 /**< `urn:xmpp:sid:0` */
#define TERCET_NS_HINTS 26 /**< `urn:xmpp:hints` */
#define TERCET_NS_OMEMO 27 /**< `eu.siacs.conversations.axolotl` */
#define TERCET_NS_SM 28 /**< `urn:xmpp:sm:3` */
#define TERCET_NS_CSI 29 /**< `urn:xmpp:csi:0` */
#define TERCET_NS_VCARD 30 /**< `vcard-temp` */
#define TERCET_NS_VCARD_UPDATE 31 /**< `vcard-temp:x:update` */
#define TERCET_NS_DATA_FORMS 32 /**< `jabber:x:data` */
#define TERCET_NS_MUC 33 /**< `http://jabber.org/protocol/muc` */
#define TERCET_NS_MUC_USER 34 /**< `http://jabber.org/protocol/muc#user` */
#define TERCET_NS_PUBSUB 35 /**< `http://jabber.org/protocol/pubsub` */
#define TERCET_NS_PUBSUB_EVENT 36 /**< `http://jabber.org/protocol/pubsub#event` */
#define TERCET_NS_STREAM_LIMITS 37 /**< `urn:xmpp:stream-limits:0` */
#define TERCET_NS_VERSION 38 /**< `jabber:iq:version` */
#define TERCET_NS_IDLE 39 /**< `urn:xmpp:idle:1` */
#define TERCET_NS_EME 40 /**< `urn:xmpp:eme:0` */
#define TERCET_NS_OMEMO_2 41 /**< `urn:xmpp:omemo:2` */
#define TERCET_NS_RSM 42 /**< `http://jabber.org/protocol/rsm` */
#define TERCET_NS_COMMANDS 43 /**< `http://jabber.org/protocol/commands` */
#define TERCET_NS_PUBSUB_OWNER 44 /**< `http://jabber.org/protocol/pubsub#owner` */
#define TERCET_NS_PUBSUB_ERRORS 45 /**< `http://jabber.org/protocol/pubsub#errors` */
#define TERCET_NS_PUBSUB_OPTIONS 46 /**< `http://jabber.org/protocol/pubsub#publish-options` */
#define TERCET_NS_MUC_ADMIN 47 /**< `http://jabber.org/protocol/muc#admin` */
#define TERCET_NS_MUC_OWNER 48 /**< `http://jabber.org/protocol/muc#owner` */
#define TERCET_NS_JINGLE 49 /**< `urn:xmpp:jingle:1` */
#define TERCET_NS_JINGLE_RTP 50 /**< `urn:xmpp:jingle:apps:rtp:1` */
#define TERCET_NS_JINGLE_ICE_UDP 51 /**< `urn:xmpp:jingle:transports:ice-udp:1` */
#define TERCET_NS_JINGLE_MESSAGE 52 /**< `urn:xmpp:jingle-message:0` */
#define TERCET_NS_PRIVACY 53 /**< `jabber:iq:privacy` */
#define TERCET_NS_PRIVATE 54 /**< `jabber:iq:private` */
#define TERCET_NS_REGISTER 55 /**< `jabber:iq:register` */
#define TERCET_NS_SEARCH 56 /**< `jabber:iq:search` */
#define TERCET_NS_LAST 57 /**< `jabber:iq:last` */
#define TERCET_NS_OOB 58 /**< `jabber:x:oob` */
#define TERCET_NS_CONFERENCE 59 /**< `jabber:x:conference` */
#define TERCET_NS_SHIM 60 /**< `http://jabber.org/protocol/shim` */
#define TERCET_NS_ADDRESS 61 /**< `http://jabber.org/protocol/address` */
#define TERCET_NS_FEATURE_NEG 62 /**< `http://jabber.org/protocol/feature-neg` */
#define TERCET_NS_HASHES 63 /**< `urn:xmpp:hashes:2` */
#define TERCET_NS_HTTP_UPLOAD 64 /**< `urn:xmpp:http:upload:0` */
#define TERCET_NS_CORRECT 65 /**< `urn:xmpp:message-correct:0` */
#define TERCET_NS_REACTIONS 66 /**< `urn:xmpp:reactions:0` */
#define TERCET_NS_REPLY 67 /**< `urn:xmpp:reply:0` */
#define TERCET_NS_FALLBACK 68 /**< `urn:xmpp:fallback:0` */
#define TERCET_NS_REFERENCE 69 /**< `urn:xmpp:reference:0` */
#define TERCET_NS_SIMS 70 /**< `urn:xmpp:sims:1` */
#define TERCET_NS_SFS 71 /**< `urn:xmpp:sfs:0` */
#define TERCET_NS_RETRACT 72 /**< `urn:xmpp:message-retract:1` */
#define TERCET_NS_OCCUPANT_ID 73 /**< `urn:xmpp:occupant-id:0` */
#define TERCET_NS_BLOCKING 74 /**< `urn:xmpp:blocking` */
#define TERCET_NS_BOOKMARKS 75 /**< `urn:xmpp:bookmarks:1` */
#define TERCET_NS_AVATAR_DATA 76 /**< `urn:xmpp:avatar:data` */
#define TERCET_NS_AVATAR_METADATA 77 /**< `urn:xmpp:avatar:metadata` */
#define TERCET_NS_NICK 78 /**< `http://jabber.org/protocol/nick` */
#define TERCET_NS_MOOD 79 /**< `http://jabber.org/protocol/mood` */
#define TERCET_NS_TUNE 80 /**< `http://jabber.org/protocol/tune` */
#define TERCET_NS_ATTENTION 81 /**< `urn:xmpp:attention:0` */
#define TERCET_NS_PUSH 82 /**< `urn:xmpp:push:0` */
#define TERCET_NS_BOB 83 /**< `urn:xmpp:bob` */
#define TERCET_NS_XHTML_IM 84 /**< `http://jabber.org/protocol/xhtml-im` */
#define TERCET_NS_XHTML 85 /**< `http://www.w3.org/1999/xhtml` */
#define TERCET_NS_ATOM 86 /**< `http://www.w3.org/2005/Atom` */
#define TERCET_NS_MIX 87 /**< `urn:xmpp:mix:core:1` */
#define TERCET_NS_SASL2 88 /**< `urn:xmpp:sasl:2` */
#define TERCET_NS_BIND2 89 /**< `urn:xmpp:bind:0` */
#define TERCET_NS_SPOILER 90 /**< `urn:xmpp:spoiler:0` */
#define TERCET_NS_EXTDISCO 91 /**< `urn:xmpp:extdisco:2` */
#define TERCET_NS_TIME 92 /**< `urn:xmpp:time` */
#define TERCET_NS_COMPRESS_FEATURE 93 /**< `http://jabber.org/features/compress` */
#define TERCET_NS_COMPONENT 94 /**< `jabber:component:accept` */
#define TERCET_NS_DIALBACK 95 /**< `jabber:server:dialback` */
#define TERCET_NS_XDATA_VALIDATE 96 /**< `http://jabber.org/protocol/xdata-validate` */
#define TERCET_NS_XDATA_LAYOUT 97 /**< `http://jabber.org/protocol/xdata-layout` */
#define TERCET_NS_CAPS2 98 /**< `urn:xmpp:caps` */
#define TERCET_NS_XML 99 /**< `http://www.w3.org/XML/1998/namespace` */
#define TERCET_NS_XMLNS 100 /**< `http://www.w3.org/2000/xmlns/` */
#define TERCET_NS_SASL_CB 101 /**< `urn:xmpp:sasl-cb:0` */
#define TERCET_NAME_TO 1 /**< `to` */
#define TERCET_NAME_FROM 2 /**< `from` */
#define TERCET_NAME_ID 3 /**< `id` */
#define TERCET_NAME_TYPE 4 /**< `type` */
#define TERCET_NAME_VERSION 5 /**< `version` */
#define TERCET_NAME_LANG 6 /**< `lang` */
#define TERCET_NAME_XMLNS 7 /**< `xmlns` */
#define TERCET_NAME_NAME 8 /**< `name` */
#define TERCET_NAME_JID 9 /**< `jid` */
#define TERCET_NAME_NODE 10 /**< `node` */
#define TERCET_NAME_VAR 11 /**< `var` */
#define TERCET_NAME_STAMP 12 /**< `stamp` */
#define TERCET_NAME_BY 13 /**< `by` */
#define TERCET_NAME_VALUE 14 /**< `value` */
#define TERCET_NAME_LABEL 15 /**< `label` */
#define TERCET_NAME_CATEGORY 16 /**< `category` */
#define TERCET_NAME_SUBSCRIPTION 17 /**< `subscription` */
#define TERCET_NAME_AFFILIATION 18 /**< `affiliation` */
#define TERCET_NAME_ROLE 19 /**< `role` */
#define TERCET_NAME_HASH 20 /**< `hash` */
#define TERCET_NAME_VER 21 /**< `ver` */
#define TERCET_NAME_RID 22 /**< `rid` */
#define TERCET_NAME_PREKEY 23 /**< `prekey` */
#define TERCET_NAME_QUERYID 24 /**< `queryid` */
#define TERCET_NAME_NICK 25 /**< `nick` */
#define TERCET_NAME_CODE 26 /**< `code` */
#define TERCET_NAME_NAMESPACE 27 /**< `namespace` */
#define TERCET_NAME_ACTION 28 /**< `action` */
#define TERCET_NAME_SINCE 29 /**< `since` */
#define TERCET_NAME_FIELD 30 /**< `field` */
#define TERCET_NAME_STATUS 31 /**< `status` */
#define TERCET_NAME_SID 32 /**< `sid` */
#define TERCET_NAME_HOST 33 /**< `host` */
#define TERCET_NAME_PORT 34 /**< `port` */
#define TERCET_NAME_URL 35 /**< `url` */
#define TERCET_NAME_BYTES 36 /**< `bytes` */
#define TERCET_NAME_DESC 37 /**< `desc` */
#define TERCET_NAME_FEATURE 38 /**< `feature` */
#define TERCET_NAME_ASK 39 /**< `ask` */
#define TERCET_NAME_APPROVED 40 /**< `approved` */
#define TERCET_NAME_MEDIA_TYPE 41 /**< `media-type` */
#define TERCET_NAME_SIZE 42 /**< `size` */
#define TERCET_NAME_THREAD 43 /**< `thread` */
#define TERCET_NAME_PARENT 44 /**< `parent` */
#define TERCET_NAME_INDEX 45 /**< `index` */
#define TERCET_NAME_SECONDS 46 /**< `seconds` */
#define TERCET_NAME_REASON 47 /**< `reason` */
#define TERCET_NAME_PRIORITY 48 /**< `priority` */
#define TERCET_NAME_DATE 49 /**< `date` */
#define TERCET_NAME_ALGO 50 /**< `algo` */
#define TERCET_NAME_METHOD 51 /**< `method` */
#define TERCET_NAME_URI 52 /**< `uri` */
#define TERCET_NAME_HREF 53 /**< `href` */
#define TERCET_NAME_REL 54 /**< `rel` */
#define TERCET_NAME_MESSAGE 55 /**< `message` */
#define TERCET_NAME_PRESENCE 56 /**< `presence` */
#define TERCET_NAME_IQ 57 /**< `iq` */
#define TERCET_NAME_STREAM 58 /**< `stream` */
#define TERCET_NAME_ERROR 59 /**< `error` */
#define TERCET_NAME_FEATURES 60 /**< `features` */
#define TERCET_NAME_STARTTLS 61 /**< `starttls` */
#define TERCET_NAME_PROCEED 62 /**< `proceed` */
#define TERCET_NAME_FAILURE 63 /**< `failure` */
#define TERCET_NAME_REQUIRED 64 /**< `required` */
#define TERCET_NAME_MECHANISMS 65 /**< `mechanisms` */
#define TERCET_NAME_MECHANISM 66 /**< `mechanism` */
#define TERCET_NAME_AUTH 67 /**< `auth` */
#define TERCET_NAME_CHALLENGE 68 /**< `challenge` */
#define TERCET_NAME_RESPONSE 69 /**< `response` */
#define TERCET_NAME_SUCCESS 70 /**< `success` */
#define TERCET_NAME_ABORT 71 /**< `abort` */
#define TERCET_NAME_BIND 72 /**< `bind` */
#define TERCET_NAME_RESOURCE 73 /**< `resource` */
#define TERCET_NAME_SESSION 74 /**< `session` */
#define TERCET_NAME_QUERY 75 /**< `query` */
#define TERCET_NAME_ITEM 76 /**< `item` */
#define TERCET_NAME_GROUP 77 /**< `group` */
#define TERCET_NAME_BODY 78 /**< `body` */
#define TERCET_NAME_SUBJECT 79 /**< `subject` */
#define TERCET_NAME_SHOW 80 /**< `show` */
#define TERCET_NAME_TEXT 81 /**< `text` */
#define TERCET_NAME_PING 82 /**< `ping` */
#define TERCET_NAME_IDENTITY 83 /**< `identity` */
#define TERCET_NAME_DELAY 84 /**< `delay` */
#define TERCET_NAME_C 85 /**< `c` */
#define TERCET_NAME_X 86 /**< `x` */
#define TERCET_NAME_A 87 /**< `a` */
#define TERCET_NAME_R 88 /**< `r` */
#define TERCET_NAME_ENABLE 89 /**< `enable` */
#define TERCET_NAME_ENABLED 90 /**< `enabled` */
#define TERCET_NAME_RESUME 91 /**< `resume` */
#define TERCET_NAME_RESUMED 92 /**< `resumed` */
#define TERCET_NAME_FAILED 93 /**< `failed` */
#define TERCET_NAME_FORWARDED 94 /**< `forwarded` */
#define TERCET_NAME_SENT 95 /**< `sent` */
#define TERCET_NAME_RECEIVED 96 /**< `received` */
#define TERCET_NAME_PRIVATE 97 /**< `private` */
#define TERCET_NAME_RESULT 98 /**< `result` */
#define TERCET_NAME_FIN 99 /**< `fin` */
#define TERCET_NAME_SET 100 /**< `set` */
#define TERCET_NAME_EVENT 101 /**< `event` */
#define TERCET_NAME_ITEMS 102 /**< `items` */
#define TERCET_NAME_LIST 103 /**< `list` */
#define TERCET_NAME_KEY 104 /**< `key` */
#define TERCET_NAME_HEADER 105 /**< `header` */
#define TERCET_NAME_PAYLOAD 106 /**< `payload` */
#define TERCET_NAME_ENCRYPTED 107 /**< `encrypted` */
#define TERCET_NAME_IV 108 /**< `iv` */
#define TERCET_NAME_DATA 109 /**< `data` */
#define TERCET_NAME_PHOTO 110 /**< `photo` */
#define TERCET_NAME_OPTIONAL 111 /**< `optional` */
#define TERCET_NAME_SUB 112 /**< `sub` */
#define TERCET_NAME_MARKABLE 113 /**< `markable` */
#define TERCET_NAME_DISPLAYED 114 /**< `displayed` */
#define TERCET_NAME_REQUEST 115 /**< `request` */
#define TERCET_NAME_ACTIVE 116 /**< `active` */
#define TERCET_NAME_INACTIVE 117 /**< `inactive` */
#define TERCET_NAME_COMPOSING 118 /**< `composing` */
#define TERCET_NAME_PAUSED 119 /**< `paused` */
#define TERCET_NAME_GONE 120 /**< `gone` */
#define TERCET_NAME_STANZA_ID 121 /**< `stanza-id` */
#define TERCET_NAME_ORIGIN_ID 122 /**< `origin-id` */
#define TERCET_NAME_NO_STORE 123 /**< `no-store` */
#define TERCET_NAME_STORE 124 /**< `store` */
#define TERCET_NAME_USER 125 /**< `user` */
#define TERCET_NAME_BAD_FORMAT 126 /**< `bad-format` */
#define TERCET_NAME_BAD_NAMESPACE_PREFIX 127 /**< `bad-namespace-prefix` */
#define TERCET_NAME_CONFLICT 128 /**< `conflict` */
#define TERCET_NAME_CONNECTION_TIMEOUT 129 /**< `connection-timeout` */
#define TERCET_NAME_HOST_GONE 130 /**< `host-gone` */
#define TERCET_NAME_HOST_UNKNOWN 131 /**< `host-unknown` */
#define TERCET_NAME_IMPROPER_ADDRESSING 132 /**< `improper-addressing` */
#define TERCET_NAME_INTERNAL_SERVER_ERROR 133 /**< `internal-server-error` */
#define TERCET_NAME_INVALID_FROM 134 /**< `invalid-from` */
#define TERCET_NAME_INVALID_ID 135 /**< `invalid-id` */
#define TERCET_NAME_INVALID_NAMESPACE 136 /**< `invalid-namespace` */
#define TERCET_NAME_INVALID_XML 137 /**< `invalid-xml` */
#define TERCET_NAME_NOT_AUTHORIZED 138 /**< `not-authorized` */
#define TERCET_NAME_NOT_WELL_FORMED 139 /**< `not-well-formed` */
#define TERCET_NAME_POLICY_VIOLATION 140 /**< `policy-violation` */
#define TERCET_NAME_REMOTE_CONNECTION_FAILED 141 /**< `remote-connection-failed` */
#define TERCET_NAME_RESET 142 /**< `reset` */
#define TERCET_NAME_RESOURCE_CONSTRAINT 143 /**< `resource-constraint` */
#define TERCET_NAME_RESTRICTED_XML 144 /**< `restricted-xml` */
#define TERCET_NAME_SEE_OTHER_HOST 145 /**< `see-other-host` */
#define TERCET_NAME_SYSTEM_SHUTDOWN 146 /**< `system-shutdown` */
#define TERCET_NAME_UNDEFINED_CONDITION 147 /**< `undefined-condition` */
#define TERCET_NAME_UNSUPPORTED_ENCODING 148 /**< `unsupported-encoding` */
#define TERCET_NAME_UNSUPPORTED_FEATURE 149 /**< `unsupported-feature` */
#define TERCET_NAME_UNSUPPORTED_STANZA_TYPE 150 /**< `unsupported-stanza-type` */
#define TERCET_NAME_UNSUPPORTED_VERSION 151 /**< `unsupported-version` */
#define TERCET_NAME_BAD_REQUEST 152 /**< `bad-request` */
#define TERCET_NAME_FEATURE_NOT_IMPLEMENTED 153 /**< `feature-not-implemented` */
#define TERCET_NAME_FORBIDDEN 154 /**< `forbidden` */
#define TERCET_NAME_ITEM_NOT_FOUND 155 /**< `item-not-found` */
#define TERCET_NAME_JID_MALFORMED 156 /**< `jid-malformed` */
#define TERCET_NAME_NOT_ACCEPTABLE 157 /**< `not-acceptable` */
#define TERCET_NAME_NOT_ALLOWED 158 /**< `not-allowed` */
#define TERCET_NAME_PAYMENT_REQUIRED 159 /**< `payment-required` */
#define TERCET_NAME_RECIPIENT_UNAVAILABLE 160 /**< `recipient-unavailable` */
#define TERCET_NAME_REDIRECT 161 /**< `redirect` */
#define TERCET_NAME_REGISTRATION_REQUIRED 162 /**< `registration-required` */
#define TERCET_NAME_REMOTE_SERVER_NOT_FOUND 163 /**< `remote-server-not-found` */
#define TERCET_NAME_REMOTE_SERVER_TIMEOUT 164 /**< `remote-server-timeout` */
#define TERCET_NAME_SERVICE_UNAVAILABLE 165 /**< `service-unavailable` */
#define TERCET_NAME_SUBSCRIPTION_REQUIRED 166 /**< `subscription-required` */
#define TERCET_NAME_UNEXPECTED_REQUEST 167 /**< `unexpected-request` */
#define TERCET_NAME_ABORTED 168 /**< `aborted` */
#define TERCET_NAME_ACCOUNT_DISABLED 169 /**< `account-disabled` */
#define TERCET_NAME_CREDENTIALS_EXPIRED 170 /**< `credentials-expired` */
#define TERCET_NAME_ENCRYPTION_REQUIRED 171 /**< `encryption-required` */
#define TERCET_NAME_INCORRECT_ENCODING 172 /**< `incorrect-encoding` */
#define TERCET_NAME_INVALID_AUTHZID 173 /**< `invalid-authzid` */
#define TERCET_NAME_INVALID_MECHANISM 174 /**< `invalid-mechanism` */
#define TERCET_NAME_MALFORMED_REQUEST 175 /**< `malformed-request` */
#define TERCET_NAME_MECHANISM_TOO_WEAK 176 /**< `mechanism-too-weak` */
#define TERCET_NAME_TEMPORARY_AUTH_FAILURE 177 /**< `temporary-auth-failure` */
#define TERCET_NAME_PUBSUB 178 /**< `pubsub` */
#define TERCET_NAME_OPTION 179 /**< `option` */
#define TERCET_NAME_PAYLOAD_TYPE 180 /**< `payload-type` */
#define TERCET_NAME_JINGLE 181 /**< `jingle` */
#define TERCET_NAME_CONTENT 182 /**< `content` */
#define TERCET_NAME_TITLE 183 /**< `title` */
#define TERCET_NAME_PUBLISH 184 /**< `publish` */
#define TERCET_NAME_CLOCKRATE 185 /**< `clockrate` */
#define TERCET_NAME_DESCRIPTION 186 /**< `description` */
#define TERCET_NAME_CREATOR 187 /**< `creator` */
#define TERCET_NAME_ADDRESS 188 /**< `address` */
#define TERCET_NAME_TRANSPORT 189 /**< `transport` */
#define TERCET_NAME_CANDIDATE 190 /**< `candidate` */
#define TERCET_NAME_PARAMETER 191 /**< `parameter` */
#define TERCET_NAME_DELIVERED 192 /**< `delivered` */
#define TERCET_NAME_ENTRY 193 /**< `entry` */
#define TERCET_NAME_COMMAND 194 /**< `command` */
#define TERCET_NAME_SUBSCRIBE 195 /**< `subscribe` */
#define TERCET_NAME_IP 196 /**< `ip` */
#define TERCET_NAME_MD5_HASH 197 /**< `md5Hash` */
#define TERCET_NAME_SCHEMA 198 /**< `schema` */
#define TERCET_NAME_FILE 199 /**< `file` */
#define TERCET_NAME_LINK 200 /**< `link` */
#define TERCET_NAME_HEADERS 201 /**< `headers` */
#define TERCET_NAME_START 202 /**< `start` */
#define TERCET_NAME_PUBLISHED 203 /**< `published` */
#define TERCET_NAME_COMPONENT 204 /**< `component` */
#define TERCET_NAME_UPDATED 205 /**< `updated` */
#define TERCET_NAME_MEDIA 206 /**< `media` */
#define TERCET_NAME_NETWORK 207 /**< `network` */
#define TERCET_NAME_SEQNR 208 /**< `seqnr` */
#define TERCET_NAME_MAX 209 /**< `max` */
#define TERCET_NAME_SAVE 210 /**< `save` */
#define TERCET_NAME_SESSIONID 211 /**< `sessionid` */
#define TERCET_NAME_INSTRUCTIONS 212 /**< `instructions` */
#define TERCET_NAME_TIMESTAMP 213 /**< `timestamp` */
#define TERCET_NAME_WITH 214 /**< `with` */
#define TERCET_NAME_LAST 215 /**< `last` */
#define TERCET_NAME_CID 216 /**< `cid` */
#define TERCET_NAME_FIRST 217 /**< `first` */
#define TERCET_NAME_P 218 /**< `p` */
#define TERCET_NAME_PWD 219 /**< `pwd` */
#define TERCET_NAME_UFRAG 220 /**< `ufrag` */
#define TERCET_NAME_MOMENTARY 221 /**< `momentary` */
#define TERCET_NAME_SOURCE 222 /**< `source` */
#define TERCET_NAME_END 223 /**< `end` */
#define TERCET_NAME_JOIN 224 /**< `join` */
#define TERCET_NAME_ADDRESSES 225 /**< `addresses` */
#define TERCET_NAME_PROFILE 226 /**< `profile` */
#define TERCET_NAME_V_CARD 227 /**< `vCard` */
#define TERCET_NAME_WIDTH 228 /**< `width` */
#define TERCET_NAME_HEIGHT 229 /**< `height` */
#define TERCET_NAME_CONTENT_TYPE 230 /**< `content-type` */
#define TERCET_NAME_COUNT 231 /**< `count` */
#define TERCET_NAME_OPTIONS 232 /**< `options` */
#define TERCET_NAME_PASSWORD 233 /**< `password` */
#define TERCET_NAME_USERNAME 234 /**< `username` */
#define TERCET_NAME_TIME 235 /**< `time` */
#define TERCET_NAME_VALIDATE 236 /**< `validate` */
#define TERCET_NAME_UNIT 237 /**< `unit` */
#define TERCET_NAME_RETRACT 238 /**< `retract` */
#define TERCET_NAME_N 239 /**< `n` */
#define TERCET_NAME_REMOVE 240 /**< `remove` */
#define TERCET_NAME_PREF 241 /**< `pref` */
#define TERCET_NAME_ALGORITHM 242 /**< `algorithm` */
#define TERCET_NAME_PUBLISHER 243 /**< `publisher` */
#define TERCET_NAME_INFO 244 /**< `info` */
#define TERCET_NAME_TUNE 245 /**< `tune` */
#define TERCET_NAME_SOURCES 246 /**< `sources` */
#define TERCET_NAME_CONFERENCE 247 /**< `conference` */
#define TERCET_NAME_REFERENCE 248 /**< `reference` */
#define TERCET_NAME_SERVICE 249 /**< `service` */
#define TERCET_NAME_CHANNELS 250 /**< `channels` */
#define TERCET_NAME_ENCRYPTION 251 /**< `encryption` */
#define TERCET_NAME_MODE 252 /**< `mode` */
#define TERCET_NAME_ENCODING 253 /**< `encoding` */
#define TERCET_NAME_RANGE 254 /**< `range` */
#define TERCET_NAME_RULE 255 /**< `rule` */
#define TERCET_NAME_LENGTH 256 /**< `length` */
#define TERCET_NAME_H 257 /**< `h` */
#define TERCET_NAME_OFFER 258 /**< `offer` */
#define TERCET_NAME_ENVELOPE 259 /**< `envelope` */
#define TERCET_NAME_PEER 260 /**< `peer` */
#define TERCET_NAME_AUTOJOIN 261 /**< `autojoin` */
#define TERCET_NAME_TEL 262 /**< `TEL` */
#define TERCET_NAME_NUMBER 263 /**< `NUMBER` */
#define TERCET_NAME_CONFIGURE 264 /**< `configure` */
#define TERCET_NAME_ENC 265 /**< `enc` */
#define TERCET_NAME_ADDR 266 /**< `addr` */
#define TERCET_NAME_OUTPUT 267 /**< `output` */
#define TERCET_NAME_REACTION 268 /**< `reaction` */
#define TERCET_NAME_REACTIONS 269 /**< `reactions` */
#define TERCET_NAME_SUBSCRIPTIONS 270 /**< `subscriptions` */
#define TERCET_NAME_AFFILIATIONS 271 /**< `affiliations` */
#define TERCET_NAME_CREATE 272 /**< `create` */
#define TERCET_NAME_ATTRIBUTE 273 /**< `attribute` */
#define TERCET_NAME_TAG 274 /**< `tag` */
#define TERCET_NAME_FOR 275 /**< `for` */
#define TERCET_NAME_DOCUMENT 276 /**< `document` */
#define TERCET_NAME_CONDITION 277 /**< `condition` */
#define TERCET_NAME_HTML 278 /**< `html` */
#define TERCET_NAME_CLASS 279 /**< `class` */
#define TERCET_NAME_METADATA 280 /**< `metadata` */
#define TERCET_NAME_ACCEPTED 281 /**< `accepted` */
#define TERCET_NAME_STOP 282 /**< `stop` */
#define TERCET_NAME_LOG 283 /**< `log` */
#define TERCET_NAME_EMAIL 284 /**< `email` */
#define TERCET_NAME_EXPIRE 285 /**< `expire` */
#define TERCET_NAME_FILENAME 286 /**< `filename` */
#define TERCET_NAME_STORAGE 287 /**< `storage` */
#define TERCET_NAME_LI 288 /**< `li` */
#define TERCET_NAME_STATE 289 /**< `state` */
#define TERCET_NAME_CHANNEL 290 /**< `channel` */
#define TERCET_NAME_OFFLINE 291 /**< `offline` */
#define TERCET_NAME_SENDER 292 /**< `sender` */
#define TERCET_NAME_COMPLETE 293 /**< `complete` */
#define TERCET_NAME_MIME_TYPE 294 /**< `mime-type` */
#define TERCET_NAME_WORK 295 /**< `WORK` */
#define TERCET_NAME_HOME 296 /**< `HOME` */
#define TERCET_NAME_DELETE 297 /**< `delete` */
#define TERCET_NAME_MOOD 298 /**< `mood` */
#define TERCET_NAME_ACTIVITY 299 /**< `activity` */
#define TERCET_NAME_SCOPE 300 /**< `scope` */
#define TERCET_NAME_T 301 /**< `t` */
#define TERCET_NAME_U 302 /**< `u` */
#define TERCET_NAME_IDLE 303 /**< `idle` */
#define TERCET_NAME_HINT 304 /**< `hint` */
#define TERCET_NAME_NO_COPY 305 /**< `no-copy` */
#define TERCET_NAME_NO_PERMANENT_STORE 306 /**< `no-permanent-store` */
#define TERCET_NAME_ACKNOWLEDGED 307 /**< `acknowledged` */
#define TERCET_NAME_ARCHIVE 308 /**< `archive` */
#define TERCET_NAME_BEFORE 309 /**< `before` */
#define TERCET_NAME_AFTER 310 /**< `after` */
#define TERCET_NAME_RSM 311 /**< `rsm` */
#define TERCET_NAME_PUBSUB_OWNER 312 /**< `pubsub-owner` */
#define TERCET_NAME_NOTIFY 313 /**< `notify` */
#define TERCET_NAME_HISTORY 314 /**< `history` */
#define TERCET_NAME_MAXSTANZAS 315 /**< `maxstanzas` */
#define TERCET_NAME_DESTROY 316 /**< `destroy` */
#define TERCET_NAME_DECLINE 317 /**< `decline` */
#define TERCET_NAME_INVITE 318 /**< `invite` */
#define TERCET_NAME_KICK 319 /**< `kick` */
#define TERCET_NAME_BAN 320 /**< `ban` */
#define TERCET_NAME_ACTOR 321 /**< `actor` */
#define TERCET_NAME_CONTINUE 322 /**< `continue` */
#define TERCET_NAME_STREAM_ERROR 323 /**< `stream-error` */
#define TERCET_NAME_BOB 324 /**< `bob` */
#define TERCET_NAME_THUMBNAIL 325 /**< `thumbnail` */
#define TERCET_NAME_BUNDLE 326 /**< `bundle` */
#define TERCET_NAME_PREKEYS 327 /**< `prekeys` */
#define TERCET_NAME_PRE_KEY_PUBLIC 328 /**< `preKeyPublic` */
#define TERCET_NAME_SIGNED_PRE_KEY_PUBLIC 329 /**< `signedPreKeyPublic` */
#define TERCET_NAME_SIGNED_PRE_KEY_SIGNATURE 330 /**< `signedPreKeySignature` */
#define TERCET_NAME_IDENTITY_KEY 331 /**< `identityKey` */
#define TERCET_NAME_PRE_KEY_ID 332 /**< `preKeyId` */
#define TERCET_NAME_SIGNED_PRE_KEY_ID 333 /**< `signedPreKeyId` */
#define TERCET_NAME_DEVICES 334 /**< `devices` */
#define TERCET_NAME_DEVICE 335 /**< `device` */
#define TERCET_NAME_REPLACE 336 /**< `replace` */
#define TERCET_NAME_OPENPGP 337 /**< `openpgp` */
#define TERCET_NAME_EME 338 /**< `eme` */
#define TERCET_NAME_FALLBACK 339 /**< `fallback` */
#define TERCET_NAME_SPOILER 340 /**< `spoiler` */
#define TERCET_NAME_OOB 341 /**< `oob` */
#define TERCET_NAME_GET 342 /**< `get` */
#define TERCET_NAME_PUT 343 /**< `put` */
#define TERCET_NAME_SLOT 344 /**< `slot` */
#define TERCET_NAME_INPUTEVT 345 /**< `inputevt` */
#define TERCET_NAME_FN 346 /**< `FN` */
#define TERCET_NAME_VCARD_N 347 /**< `N` */
#define TERCET_NAME_VCARD_NICKNAME 348 /**< `NICKNAME` */
#define TERCET_NAME_VCARD_PHOTO 349 /**< `PHOTO` */
#define TERCET_NAME_BINVAL 350 /**< `BINVAL` */
#define TERCET_NAME_VCARD_TYPE 351 /**< `TYPE` */
#define TERCET_NAME_BDAY 352 /**< `BDAY` */
#define TERCET_NAME_ORGNAME 353 /**< `ORGNAME` */
#define TERCET_NAME_ORG 354 /**< `ORG` */
#define TERCET_NAME_VCARD_UNIT 355 /**< `UNIT` */
#define TERCET_NAME_VCARD_TITLE 356 /**< `TITLE` */
#define TERCET_NAME_VCARD_ROLE 357 /**< `ROLE` */
#define TERCET_NAME_VCARD_DESC 358 /**< `DESC` */
#define TERCET_NAME_VCARD_EMAIL 359 /**< `EMAIL` */
#define TERCET_NAME_USERID 360 /**< `USERID` */
#define TERCET_NAME_VCARD_URL 361 /**< `URL` */
#define TERCET_NAME_JABBERID 362 /**< `JABBERID` */
#define TERCET_NAME_ADR 363 /**< `ADR` */
#define TERCET_NAME_FAMILY 364 /**< `FAMILY` */
#define TERCET_NAME_GIVEN 365 /**< `GIVEN` */
#define TERCET_NAME_MIDDLE 366 /**< `MIDDLE` */
#define TERCET_NAME_VOICE 367 /**< `VOICE` */
#define TERCET_NAME_CELL 368 /**< `CELL` */
#define TERCET_NAME_REPORTED 369 /**< `reported` */
#define TERCET_NAME_OS 370 /**< `os` */
#define TERCET_NAME_UTC 371 /**< `utc` */
#define TERCET_NAME_TZO 372 /**< `tzo` */
#define TERCET_NAME_ITEM_ID 373 /**< `item-id` */
#define TERCET_NAME_DMUC 374 /**< `dmuc` */
#define TERCET_NAME_PARTICIPANT 375 /**< `participant` */
#define TERCET_NAME_NICKNAME 376 /**< `nickname` */
#define TERCET_NAME_OCCUPANT_ID 377 /**< `occupant-id` */
#define TERCET_NAME_HATS 378 /**< `hats` */
#define TERCET_NAME_HAT 379 /**< `hat` */
#define TERCET_NAME_UID 380 /**< `uid` */
#define TERCET_NAME_COLOR 381 /**< `color` */
#define TERCET_NAME_EXT 382 /**< `ext` */
#define TERCET_NAME_PURPOSE 383 /**< `purpose` */
#define TERCET_NAME_RESTRICTED 384 /**< `restricted` */
#define TERCET_NAME_TO_DATE 385 /**< `to-date` */
#define TERCET_NAME_FROM_DATE 386 /**< `from-date` */
#define TERCET_NAME_HASH_FUNCTION 387 /**< `hash-function` */
#define TERCET_NAME_URI_FALLBACK 388 /**< `uri-fallback` */
#define TERCET_NAME_AFFILIATE 389 /**< `affiliate` */
#define TERCET_NAME_DEFAULT 390 /**< `default` */
#define TERCET_NAME_NEVER 391 /**< `never` */
#define TERCET_NAME_ALWAYS 392 /**< `always` */
#define TERCET_NAME_ROSTER 393 /**< `roster` */
#define TERCET_NAME_BOTH 394 /**< `both` */
#define TERCET_NAME_NONE 395 /**< `none` */
#define TERCET_NAME_TEXT_SINGLE 396 /**< `text-single` */
#define TERCET_NAME_NS 397 /**< `ns` */
#define TERCET_NAME_MAX_BYTES 398 /**< `max-bytes` */
#define TERCET_NAME_IDLE_SECONDS 399 /**< `idle-seconds` */
#define TERCET_NAME_LIMITS 400 /**< `limits` */
#define TERCET_NAME_INLINE 401 /**< `inline` */
#define TERCET_NAME_AUTHENTICATE 402 /**< `authenticate` */
#define TERCET_NAME_INITIAL_RESPONSE 403 /**< `initial-response` */
#define TERCET_NAME_ADDITIONAL_DATA 404 /**< `additional-data` */
#define TERCET_NAME_USER_AGENT 405 /**< `user-agent` */
#define TERCET_NAME_SOFTWARE 406 /**< `software` */
#define TERCET_NAME_UPGRADE 407 /**< `upgrade` */
#define TERCET_NAME_TASK 408 /**< `task` */
#define TERCET_NAME_BOUND 409 /**< `bound` */
#define TERCET_NAME_CHALLENGE_DATA 410 /**< `challenge-data` */
#define TERCET_NAME_DISPLAY 411 /**< `display` */
#define TERCET_NAME_COMPRESS 412 /**< `compress` */
#define TERCET_NAME_COMPRESSION 413 /**< `compression` */
#define TERCET_NAME_ZLIB 414 /**< `zlib` */
#define TERCET_NAME_SESSION_ID 415 /**< `session-id` */
#define TERCET_NAME_CREATION 416 /**< `creation` */
#define TERCET_NAME_LOCATION 417 /**< `location` */
#define TERCET_NAME_PREVID 418 /**< `previd` */
#define TERCET_NAME_CSI_ACTIVE 419 /**< `csi-active` */
#define TERCET_NAME_SASL_CHANNEL_BINDING 420 /**< `sasl-channel-binding` */
#define TERCET_NAME_CHANNEL_BINDING 421 /**< `channel-binding` */

#endif  /* TERCET_H */
