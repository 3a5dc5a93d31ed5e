/*
 * tercet: an XMPP engine. SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The library has no socket, clock, thread or database. You hand it octets and the time, it hands you events and octets
 * to send.
 *
 *   parser alone:  tercet_parser_recv  -> tercet_parser_next, until TERCET_NEED_MORE
 *   connection:    tercet_conn_recv    -> tercet_conn_poll, until TERCET_NEED_MORE -> tercet_conn_output -> your transport
 *   the same, with callbacks: tercet_conn_drive
 *
 * Results. A function answers TERCET_OK (0), an outcome that is no error (above 0), or an error (below 0). Results are
 * put where an out-pointer says, on TERCET_OK alone. An error from TERCET_ERR_SYNTAX down is the end of its stream and
 * comes back at every later call that works on it.
 *
 * Texts are tercet_str: address and length, UTF-8, no NUL inside or behind.
 *
 * Whose memory. Each pointer is one of
 *   owned           you free it, with the function named there;
 *   borrowed until  it stays the library's, and is good until the moment named there;
 *   copied          it stays yours, and is not looked at after the call.
 * Views of a stanza point into memory of the handle, never into yours: what you handed to _recv may be reused at once. A
 * stanza is always whole, however its octets came.
 *
 * Threads. A handle may move between threads, and is used by one at a time. Handles share nothing that can be seen; there
 * is no global state.
 *
 * Mistakes. NULL, a call in the wrong order, a view that is out of date, a call from inside a callback that may not come
 * from there: each is an error with a number, not a crash. What cannot be noticed is a handle used after it was freed,
 * or by two threads at once, and a length that is not true. Freeing NULL is fine.
 * Should the library itself go wrong, the call answers TERCET_ERR_PANIC, the handle answers TERCET_ERR_POISONED from then
 * on, and the rest of your process is unharmed.
 */


#ifndef TERCET_H
#define TERCET_H

/* Generated from src/ffi by `cargo run -p tercet-header`: changes belong there. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The release that this header belongs to: see tercet_version_check. */
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
 * A server's limits on a client that has not logged in.
 */
#define TERCET_LIMITS_PRE_LOGIN 1

/**
 * A server's limits on a client that has logged in.
 */
#define TERCET_LIMITS_SERVER 2

/**
 * A client's limits on its server.
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
 * Server: an attempt to log in failed, for the reason `condition` (RFC 6120 section 6.5), and the client was told. After
 * the last attempt allowed there is an error instead.
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
 * To credentials: there is no such account. The client is led through the same dialogue and refused at its end.
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
 * How a client logs in. Opaque. It may be used for many connections; a setter called later changes only those that are
 * made after it.
 */
typedef struct tercet_client_config tercet_client_config;

/**
 * One end of a stream, a client's or a server's. Opaque.
 */
typedef struct tercet_conn tercet_conn;

/**
 * An incremental parser of XMPP streams. Opaque.
 */
typedef struct tercet_parser tercet_parser;

/**
 * How a server serves one domain. Opaque. It may be used for many connections; a setter called later changes only those
 * that are made after it.
 */
typedef struct tercet_server_config tercet_server_config;

/**
 * What a handle reads from. Opaque: views carry its address.
 */
typedef struct tercet_unit tercet_unit;

/**
 * A draft of one or more stanzas, or of a part of one. Opaque.
 *
 * The calls that fill it answer nothing: the first error, also a NULL or a text that is not UTF-8, is kept, and given by
 * whatever uses the draft; nothing is written then. What is written is always well-formed, whatever the texts are.
 */
typedef struct tercet_writer tercet_writer;

/**
 * What a call came to: 0 for done, above 0 for an outcome that is no error, below 0 for an error.
 *
 * From `TERCET_ERR_SYNTAX` down an error is the end of its stream: every later call that works on the stream gives it
 * again. After the others the handle is as it was before the call.
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
 * An element of the unit that a handle lends. Small, copied freely, and borrowed as the `tercet_stanza` it comes from:
 * when the handle has read on, what is asked of it is answered by `TERCET_ERR_STALE` or none. `unit` is NULL where there
 * is no element.
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
} tercet_attr;

/**
 * A stanza or another unit of a stream, with what a router asks for filled in.
 *
 * All texts and `root` are borrowed until the handle that gave it reads on: until its next call of `_next`, `_poll`,
 * `_drive`, `_recv`, `_recv_buffer` or `_free`. They point into memory of the handle, never into the caller's.
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
     * The octets as received, from the first `<` to the last `>`.
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
     * Octets from the stream's first to the faulty one; `UINT64_MAX` where the error is not about an octet.
     */
    uint64_t offset;
    /**
     * The stream error condition (RFC 6120 section 4.9.3) that the peer is told, or told us. Static; none where there is
     * none.
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
 * The rest is offered again at the next call of `tercet_conn_drive`.
 */
typedef size_t (*tercet_on_write)(void *user, tercet_conn *conn, const uint8_t *data, size_t len);

/**
 * A callback for an event. `user` is what was handed to `tercet_conn_drive`; `conn` is the connection, borrowed for the
 * call; `event` and its texts are borrowed for the call.
 *
 * To be answered with `TERCET_OK`, or with `TERCET_PAUSE` to return from `tercet_conn_drive` (what has come is kept, and
 * worked on by the next call); anything else makes it return `TERCET_ERR_CALLBACK`.
 */
typedef tercet_result (*tercet_on_event)(void *user, tercet_conn *conn, const tercet_event *event);

/**
 * Functions of the caller's, to be called from inside `tercet_conn_drive`. Set all to zero, then `struct_size` to
 * `sizeof(tercet_callbacks)`, then those that are wanted: the table may grow at its end. NULL lets an event pass, except
 * where it says otherwise.
 *
 * From inside a callback, `tercet_conn_answer` and its kin, `_send`, `_request`, `_reply_result`, `_reply_error`,
 * `_defer`, `_close`, `_close_with`, `_secured`, `_tls_failed`, `_jid`, `_deadline`, `_is_over`,
 * `_wants_poll`, `_last_error` may be called on the same connection, and everything on views and on other handles. All
 * else answers `TERCET_ERR_BUSY`, `tercet_conn_free` too. A callback must return: no longjmp, no C++ exception.
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
} tercet_callbacks;

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
 * From a callback: return to the caller of `tercet_conn_drive` now; from there: a callback asked for it.
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
 * A number or a word handed over is not one of those that the function knows.
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
 * A password that RFC 8265 does not allow.
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
 * Whether a result is the end of its stream.
 */
TERCET_API bool tercet_result_is_fatal(tercet_result result);

/**
 * The text of a NUL-terminated string: borrowed, for as long as the string is there. NULL gives "none".
 */
TERCET_API tercet_str tercet_str_from(const char *string);

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
 * Puts the first child element `name` in the namespace `ns` into `child`. Borrowed as the element.
 *
 * `TERCET_NONE` where there is no such child. Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`, `TERCET_ERR_STALE`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_element_child(tercet_element element, tercet_str ns, tercet_str name, tercet_element *child);

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
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_NO_MEMORY`; nothing was taken then.
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
 * Takes the first `len` octets of the room lent last as received, at most what it holds.
 *
 * Errors: `TERCET_ERR_NULL`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_parser_commit(tercet_parser *parser, size_t len);

/**
 * Puts the next unit of the stream into `stanza`, and forgets the one before it. A unit is whole: it comes with the call
 * that follows its last octet, never in pieces.
 *
 * `TERCET_NEED_MORE` where there is none yet. Errors: `TERCET_ERR_NULL`, `TERCET_ERR_NO_MEMORY`; `TERCET_ERR_SYNTAX` and
 * `TERCET_ERR_LIMIT`, from then on at every call.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_parser_next(tercet_parser *parser, tercet_stanza *stanza);

/**
 * Begins a new stream, as after STARTTLS and SASL (RFC 6120 section 4.3.3): nothing of the old one is left, an error
 * that ended it included. Octets taken in and not read yet belong to the new stream; limits stay. Ends the life of views.
 *
 * Errors: `TERCET_ERR_NULL`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_parser_restart(tercet_parser *parser);

/**
 * Tells the parser that no more octets will come.
 *
 * Errors: `TERCET_ERR_NULL`; `TERCET_ERR_TRUNCATED` where the stream's end tag has not been seen; the
 * error that ended the stream, where one did.
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
 * Forgets what was drafted, an error included.
 */
TERCET_API void tercet_writer_clear(tercet_writer *writer);

/**
 * Opens the element `name` in the namespace `ns`: `jabber:client` where `ns` is `{NULL, 0}`, no namespace where it is
 * empty. Texts are copied, here and below.
 */
TERCET_API void tercet_writer_open(tercet_writer *writer, tercet_str ns, tercet_str name);

/**
 * Adds the attribute `name` without a namespace to the element just opened.
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
 * Closes the innermost open element.
 */
TERCET_API void tercet_writer_close(tercet_writer *writer);

/**
 * Puts the draft, written as for a client's stream, into `text`, and keeps it. Borrowed until the next call on the
 * writer.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_WRITE`, and those that the draft keeps.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_writer_written(tercet_writer *writer, tercet_str *text);

/**
 * Puts a new configuration into `config`: to log in as `jid` (a resource in it is proposed to the server) with
 * `password`. Owned, to be freed with `tercet_client_config_free`. Both texts are copied; the copy of the password is
 * wiped when the last user of the configuration is freed.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`, `TERCET_ERR_JID`.
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
 * Not allowed otherwise.
 *
 * Errors: `TERCET_ERR_NULL`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_client_config_allow_plain(tercet_client_config *config, bool allow);

/**
 * Sets how many milliseconds a login may take in all, and how many the server has to answer a closing tag: 60000 and
 * 5000 otherwise.
 *
 * Errors: `TERCET_ERR_NULL`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_client_config_set_timing(tercet_client_config *config, uint64_t login_ms, uint64_t close_ms);

/**
 * Sets one limit, `TERCET_LIMIT_...`, on stanzas after login; those of `TERCET_LIMITS_CLIENT` hold otherwise.
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
 * Sets how many milliseconds a login may take in all, and how many the client has to answer a closing tag: 60000 and
 * 5000 otherwise.
 *
 * Errors: `TERCET_ERR_NULL`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_server_config_set_timing(tercet_server_config *config, uint64_t login_ms, uint64_t close_ms);

/**
 * Sets one limit, `TERCET_LIMIT_...`, on stanzas after login; those of `TERCET_LIMITS_SERVER` hold otherwise.
 *
 * Errors: `TERCET_ERR_NULL`; `TERCET_ERR_ARGUMENT`, also for less than the 10000 octets that every client may send.
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
 * Puts a new server's connection into `conn`, one for each client: owned, to be freed with `tercet_conn_free`. `config`
 * is not kept and may be freed.
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
 * over. Nothing was taken then.
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
 * Takes the first `len` octets of the room lent last as received, at most what it holds.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_BUSY`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_conn_commit(tercet_conn *conn, size_t len);

/**
 * Works on what has come, up to the next event, and puts that into `event`; the one before it is forgotten. To be called
 * until it answers `TERCET_NEED_MORE`: at the start, whenever octets have come, after an answer was given, and when the
 * deadline has passed. `now_ms` is a clock in milliseconds that never goes back, from whatever beginning.
 *
 * `TERCET_NEED_MORE` where there is no event for now. Errors: `TERCET_ERR_NULL`, `TERCET_ERR_BUSY`, `TERCET_ERR_NO_MEMORY`;
 * an error that ends the stream, from then on at every call: what the peer is to be told is in the output.
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
 * Whether `tercet_conn_poll` or `_drive` has something to do although no octet has come: at the start, and after an
 * answer.
 */
TERCET_API bool tercet_conn_wants_poll(tercet_conn *conn);

/**
 * Whether the connection is over: closed on both sides, failed, or not usable any more. True for NULL.
 */
TERCET_API bool tercet_conn_is_over(tercet_conn *conn);

/**
 * The full address of the session; none before it is bound. Borrowed until the next call on the connection.
 */
TERCET_API tercet_str tercet_conn_jid(tercet_conn *conn);

/**
 * Says that the transport is TLS now, and for a client that the certificate was checked against the domain: starts the
 * stream anew. To be followed by `tercet_conn_poll` or `_drive`.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_NOT_AWAITING_TLS` where no `TERCET_EVENT_START_TLS` is open.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_conn_secured(tercet_conn *conn);

/**
 * Says that the TLS handshake failed, or the certificate did not fit: the connection is over, and nothing more is said.
 *
 * Errors: `TERCET_ERR_NULL`.
 */
TERCET_API tercet_result tercet_conn_tls_failed(tercet_conn *conn);

/**
 * Says that the transport has ended.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_BUSY`; `TERCET_ERR_DISCONNECTED` where the stream had not ended, the error that
 * ended it where one did.
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
 * Errors: as `tercet_conn_close`; `TERCET_ERR_UTF8`.
 */
TERCET_API tercet_result tercet_conn_close_with(tercet_conn *conn, tercet_str condition);

/**
 * Sends what is drafted in `stanza`, and empties the draft.
 *
 * Errors: `TERCET_ERR_NULL`, `TERCET_ERR_NOT_BOUND`, `TERCET_ERR_CLOSED`, `TERCET_ERR_WRITE`, `TERCET_ERR_NO_MEMORY`, and
 * those that the draft keeps. Nothing is sent then.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_conn_send(tercet_conn *conn, tercet_writer *stanza);

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
 * Answers the stanza that the event lent last showed, a request, with a result that holds what is drafted in `payload`,
 * and empties the draft; with an empty result where `payload` is NULL.
 *
 * Errors: as `tercet_conn_send`; `TERCET_ERR_STALE` where no stanza is lent.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_conn_reply_result(tercet_conn *conn, tercet_writer *payload);

/**
 * Answers the stanza that the event lent last showed with an error: `condition` is the name of a stanza error condition
 * (RFC 6120 section 8.3.3), `text` an English sentence or none. Does nothing where the stanza is itself an answer.
 *
 * Errors: as `tercet_conn_send`; `TERCET_ERR_UTF8`, `TERCET_ERR_ARGUMENT`; `TERCET_ERR_STALE` where no stanza is lent.
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
 * Answers a request with one of `TERCET_ANSWER_...`. The next `_poll` or `_drive` acts on it, here and below.
 *
 * Errors, here and below: `TERCET_ERR_NULL`; `TERCET_ERR_STALE` where `token` is not that of the open request.
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
 * Answers a request for credentials with the password itself. For trials: keys are derived from it at each login, which
 * takes milliseconds of work, and a server should not know passwords.
 *
 * Errors: also `TERCET_ERR_UTF8`, `TERCET_ERR_PASSWORD`, `TERCET_ERR_RANDOM`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_conn_answer_password(tercet_conn *conn, uint64_t token, tercet_str password);

/**
 * Answers a request for a resource with another one.
 *
 * Errors: also `TERCET_ERR_UTF8`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_conn_answer_resource(tercet_conn *conn, uint64_t token, tercet_str resource);

/**
 * Refuses a resource; `condition` is the name of a stanza error condition, such as `conflict` (RFC 6120 sections 7.6.2
 * and 7.7.2).
 *
 * Errors: also `TERCET_ERR_UTF8`, `TERCET_ERR_ARGUMENT`.
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
TERCET_API TERCET_MUST_USE tercet_result tercet_keys_derive(tercet_str mechanism, tercet_str password, uint8_t *buffer, size_t capacity, size_t *written);

/**
 * Takes in `len` octets as received (none is fine: `data` may be NULL then), works on them, and calls `callbacks` for
 * each event, with `user` handed through, then for the output. `callbacks` is read during the call and not kept. To be
 * called when `tercet_conn_poll` would be; `now_ms` as there.
 *
 * `TERCET_PAUSE` where a callback asked for it: call again with no octets to go on. Errors: `TERCET_ERR_NULL`,
 * `TERCET_ERR_ARGUMENT` for a `struct_size` that no release had, `TERCET_ERR_BUSY`, `TERCET_ERR_CALLBACK`, and those of
 * `tercet_conn_recv` and `tercet_conn_poll`. What the peer is to be told has been offered to `write`.
 */
TERCET_API TERCET_MUST_USE tercet_result tercet_conn_drive(tercet_conn *conn, const tercet_callbacks *callbacks, void *user, const uint8_t *data, size_t len, uint64_t now_ms);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* TERCET_H */
