/*
 * tercet.hpp: tercet.h for C++17. SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A translation, not a second library: each class holds one handle of tercet.h and frees it, each member function is
 * one call, and the layer goes away when it is compiled. Nothing is to be linked but the library itself.
 *
 *   parser alone:  parser::recv      -> parser::next, until it gives nothing
 *   connection:    connection::recv  -> connection::poll, until it gives nothing -> connection::output -> transport
 *   the same, with functions of yours: connection::drive
 *
 * Errors. What tercet.h answers below 0 is thrown, as tercet::error. What it answers above 0 is no error and is not
 * thrown: there is nothing (yet), and std::nullopt or false says so. Functions that cannot fail are noexcept. A peer's
 * faults are errors, and must not end the process: hence there is no shape of this header without exceptions. RTTI is
 * not needed.
 *
 * Whose memory. Objects that hold a handle are moved, never copied. Views (element, node, attribute, stanza, event) and
 * every std::string_view that is given are borrowed: they point into memory of the handle, and are good until the
 * moment that is named there. Asking a view of a stanza that is gone for its parts throws TERCET_ERR_STALE; a
 * std::string_view cannot notice. Texts and octets that are handed in are copied, or read during the call.
 *
 * A moved-from object holds no handle; all that may be done with it is to assign to it or to destroy it. Other calls
 * throw TERCET_ERR_NULL.
 *
 * Threads: as in tercet.h. An object may move between threads, and is used by one at a time.
 */
#ifndef TERCET_HPP
#define TERCET_HPP

#if !defined(__cpp_exceptions)
#  error "tercet.hpp says by exceptions what a peer did wrong; where there are none, use tercet.h"
#endif
#if __cplusplus < 201703L && (!defined(_MSVC_LANG) || _MSVC_LANG < 201703L)
#  error "tercet.hpp needs C++17"
#endif

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "tercet.h"

namespace tercet {

/// Why a call failed. `what()` is an English sentence; from a stream it is the one that says most.
class error : public std::runtime_error {
public:
    /// The error `code`, with what the library says to that number.
    explicit error(tercet_result code) : std::runtime_error(tercet_result_str(code)), code_(code) {}

    /// What is known of the error that ended a stream. Its message is copied.
    explicit error(const tercet_error &known)
        : std::runtime_error(std::string(known.message.ptr, known.message.len)), code_(known.result),
          offset_(known.offset), condition_(known.condition)
    {
    }

    /// One of `TERCET_ERR_...`.
    tercet_result code() const noexcept { return code_; }

    /// Whether it was the end of its stream, or of its handle: then no later call does anything but say so.
    bool is_fatal() const noexcept { return tercet_result_is_fatal(code_); }

    /// The stream error condition (RFC 6120 section 4.9.3) that the peer is told, or told us. Static; empty for none.
    std::string_view condition() const noexcept { return {condition_.ptr, condition_.len}; }

    /// Octets from the first that the handle took in to the faulty one, those of streams before the last restart
    /// included; nothing where the error is not about an octet.
    std::optional<std::uint64_t> offset() const noexcept
    {
        return offset_ == UINT64_MAX ? std::nullopt : std::optional<std::uint64_t>(offset_);
    }

private:
    tercet_result code_;
    std::uint64_t offset_ = UINT64_MAX;
    tercet_str condition_ = {nullptr, 0};
};

/// Octets by address and length, borrowed from whatever holds them: any container with `data()` and `size()` whose
/// elements are one octet, such as std::string_view, std::vector<std::uint8_t>, std::array<std::byte, N>.
class bytes {
    template <class Container>
    using element_of = std::remove_pointer_t<decltype(std::declval<const Container &>().data())>;

public:
    /// No octets.
    constexpr bytes() noexcept = default;

    /// `size` octets from `data`.
    bytes(const void *data, std::size_t size) noexcept : data_(static_cast<const std::uint8_t *>(data)), size_(size) {}

    /// Those that a container holds.
    template <class Container, class Element = element_of<Container>,
              class = std::enable_if_t<sizeof(Element) == 1 && std::is_trivially_copyable_v<Element>>>
    bytes(const Container &container) noexcept : bytes(container.data(), container.size())
    {
    }

    /// The first octet.
    const std::uint8_t *data() const noexcept { return data_; }
    /// How many there are.
    std::size_t size() const noexcept { return size_; }
    /// Whether there is none.
    bool empty() const noexcept { return size_ == 0; }
    /// The first octet.
    const std::uint8_t *begin() const noexcept { return data_; }
    /// Behind the last octet.
    const std::uint8_t *end() const noexcept { return data_ + size_; }

private:
    const std::uint8_t *data_ = nullptr;
    std::size_t size_ = 0;
};

/// Room that a handle lends to be read into.
struct room {
    /// Where to write the first octet.
    std::uint8_t *data;
    /// How many octets it holds.
    std::size_t size;
};

/// The clock of all times here. It never goes back.
using clock = std::chrono::steady_clock;

/// The number under which a request is answered, or was made.
using token = std::uint64_t;

/// Whose limits on a peer. See `TERCET_LIMITS_...`.
enum class limits : std::int32_t {
    pre_login = TERCET_LIMITS_PRE_LOGIN, ///< A server's, on a client that has not logged in.
    server = TERCET_LIMITS_SERVER,       ///< A server's, on a client that has logged in.
    client = TERCET_LIMITS_CLIENT,       ///< A client's, on its server.
    none = TERCET_LIMITS_NONE,           ///< For files, never for a peer.
};

/// What can be limited. See `TERCET_LIMIT_...`.
enum class limit : std::int32_t {
    stanza_bytes = TERCET_LIMIT_STANZA_BYTES,       ///< Octets of a stanza, from its first `<` to its last `>`.
    elements = TERCET_LIMIT_ELEMENTS,               ///< Elements in a stanza, its root counted.
    depth = TERCET_LIMIT_DEPTH,                     ///< Elements open at a time, the stanza's root counted as 1.
    attributes = TERCET_LIMIT_ATTRIBUTES,           ///< Attributes in a start tag, namespace declarations included.
    declarations = TERCET_LIMIT_DECLARATIONS,       ///< Namespace declarations in a start tag.
    bindings = TERCET_LIMIT_BINDINGS,               ///< Namespace bindings in scope at a time.
    name_bytes = TERCET_LIMIT_NAME_BYTES,           ///< Octets of a name, prefix and colon included.
    namespace_bytes = TERCET_LIMIT_NAMESPACE_BYTES, ///< Octets of a namespace name.
};

/// What a unit of a stream is.
enum class unit : std::int32_t {
    none = TERCET_UNIT_NONE,         ///< No unit.
    header = TERCET_UNIT_HEADER,     ///< The start tag of a stream.
    message = TERCET_UNIT_MESSAGE,   ///< A message.
    presence = TERCET_UNIT_PRESENCE, ///< A presence.
    iq = TERCET_UNIT_IQ,             ///< An iq.
    other = TERCET_UNIT_OTHER,       ///< Another first-level element; of a document, its root.
    text = TERCET_UNIT_TEXT,         ///< Text between first-level elements.
    close = TERCET_UNIT_CLOSE,       ///< The end tag of a stream.
};

/// What happened on a connection: see `TERCET_EVENT_...`, where each is told in full.
enum class event_kind : std::int32_t {
    none = 0,                                      ///< No event.
    opened = TERCET_EVENT_OPENED,                  ///< The peer's stream header was accepted.
    start_tls = TERCET_EVENT_START_TLS,            ///< Send the output, run the handshake, call connection::secured.
    credentials = TERCET_EVENT_CREDENTIALS,        ///< Server: the keys of an account are wanted.
    authenticated = TERCET_EVENT_AUTHENTICATED,    ///< Login is done.
    resource = TERCET_EVENT_RESOURCE,              ///< Server: may this full address be bound?
    bound = TERCET_EVENT_BOUND,                    ///< The session begins.
    stanza = TERCET_EVENT_STANZA,                  ///< A stanza.
    response = TERCET_EVENT_RESPONSE,              ///< Client: the answer to a request.
    roster_push = TERCET_EVENT_ROSTER_PUSH,        ///< Client: a change of the roster by the server.
    stream_error = TERCET_EVENT_STREAM_ERROR,      ///< The peer ended the stream with an error.
    closed = TERCET_EVENT_CLOSED,                  ///< The stream is over, in order.
    refused = TERCET_EVENT_REFUSED,                ///< Server: an attempt to log in failed; not the last.
};

/// What may happen before TLS.
enum class tls : std::int32_t {
    required = TERCET_TLS_REQUIRED, ///< Nothing before TLS. The default.
    optional = TERCET_TLS_OPTIONAL, ///< TLS where the peer wants it, otherwise SCRAM in clear, PLAIN never.
    disabled = TERCET_TLS_DISABLED, ///< No TLS: for trials on a loopback.
    direct = TERCET_TLS_DIRECT,     ///< The transport is TLS from its first octet (XEP-0368), and you vouch for it.
};

/// What a request is for.
enum class request : std::int32_t {
    get = TERCET_REQUEST_GET, ///< It asks for something.
    set = TERCET_REQUEST_SET, ///< It changes something.
};

/// What both ends of a TLS connection know of it. See `TERCET_BINDING_...`, where it is said how each is made.
enum class binding : std::int32_t {
    tls_exporter = TERCET_BINDING_TLS_EXPORTER,                 ///< Exported octets (RFC 9266).
    tls_server_end_point = TERCET_BINDING_TLS_SERVER_END_POINT, ///< A hash of the server's certificate (RFC 5929).
    tls_unique = TERCET_BINDING_TLS_UNIQUE,                     ///< The first `Finished` (RFC 5929), up to TLS 1.2.
};

/// How much a line of a log matters.
enum class log_level : std::int32_t {
    debug = TERCET_LOG_DEBUG,     ///< Of use to whoever looks for a fault: each stanza, each question.
    info = TERCET_LOG_INFO,       ///< The course of a connection: opened, secured, logged in, bound, closed.
    warning = TERCET_LOG_WARNING, ///< What went wrong: a login refused, a stream that ended with an error.
};

/// What is answered to a request of the engine's. See `TERCET_ANSWER_...`.
enum class answer : std::int32_t {
    no_account = TERCET_ANSWER_NO_ACCOUNT,   ///< To credentials: there is no such account.
    disabled = TERCET_ANSWER_DISABLED,       ///< To credentials: the account may not log in at present.
    unavailable = TERCET_ANSWER_UNAVAILABLE, ///< To credentials: the database does not answer.
    accept = TERCET_ANSWER_ACCEPT,           ///< To a resource: the proposed one.
    stored = TERCET_ANSWER_STORED,           ///< To a message to be kept: it is.
    refused = TERCET_ANSWER_REFUSED,         ///< To a message to be kept: no such account, no room, or not wanted.
};

namespace detail {

inline tercet_str to_c(std::string_view text) noexcept
{
    return {text.data() != nullptr ? text.data() : "", text.size()};
}

inline tercet_str to_c(const std::optional<std::string_view> &text) noexcept
{
    return text ? to_c(*text) : tercet_str{nullptr, 0};
}

inline std::string_view present(tercet_str text) noexcept
{
    return {text.ptr, text.len};
}

inline std::optional<std::string_view> maybe(tercet_str text) noexcept
{
    return text.ptr != nullptr ? std::optional(present(text)) : std::nullopt;
}

inline void check(tercet_result result)
{
    if (result < TERCET_OK)
        throw error(result);
}

// Whether there was something: not where the result is an outcome above 0.
inline bool found(tercet_result result)
{
    check(result);
    return result == TERCET_OK;
}

// A text that only a stale view lacks.
inline std::string_view fresh(tercet_str text)
{
    if (text.ptr == nullptr)
        throw error(TERCET_ERR_STALE);
    return present(text);
}

template <auto Free>
struct release {
    template <class Native>
    void operator()(Native *native) const noexcept
    {
        Free(native);
    }
};

template <class Native, auto Free>
using handle = std::unique_ptr<Native, release<Free>>;

inline std::uint64_t millis(clock::time_point time) noexcept
{
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
    return since > 0 ? static_cast<std::uint64_t>(since) : 0;
}

inline std::uint64_t millis(std::chrono::milliseconds span) noexcept
{
    return span.count() > 0 ? static_cast<std::uint64_t>(span.count()) : 0;
}

// What can be walked along once, from begin() to end(). `Next` puts what comes next where it is told.
template <class Item, class Native, auto Next>
class walk {
public:
    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = Item;
        using difference_type = std::ptrdiff_t;
        using pointer = const Item *;
        using reference = const Item &;

        iterator() noexcept = default;
        explicit iterator(tercet_iter way) : way_(way) { ++*this; }

        reference operator*() const noexcept { return item_; }
        pointer operator->() const noexcept { return &item_; }

        iterator &operator++()
        {
            Native native;
            more_ = found(Next(&way_, &native));
            item_ = more_ ? Item(native) : Item();
            return *this;
        }

        iterator operator++(int)
        {
            iterator before = *this;
            ++*this;
            return before;
        }

        friend bool operator==(const iterator &a, const iterator &b) noexcept
        {
            return a.more_ == b.more_ && (!a.more_ || a.way_.next == b.way_.next);
        }

        friend bool operator!=(const iterator &a, const iterator &b) noexcept { return !(a == b); }

    private:
        tercet_iter way_ = {};
        Item item_ = {};
        bool more_ = false;
    };

    explicit walk(tercet_element element) noexcept : element_(element) {}

    iterator begin() const { return iterator(tercet_iterate(element_)); }
    iterator end() const noexcept { return {}; }

private:
    tercet_element element_;
};

inline tercet_result next_element(tercet_iter *way, tercet_node *node) noexcept
{
    tercet_result result;
    do {
        result = tercet_children_next(way, node);
    } while (result == TERCET_OK && node->kind != TERCET_NODE_ELEMENT);
    return result;
}

} // namespace detail

class node;
class attribute;

/// An element of a stanza. Small, copied freely, and borrowed as the stanza it comes from: when the handle has read on,
/// asking it for its parts throws `TERCET_ERR_STALE`, and so does asking a default-constructed one.
class element {
public:
    /// No element.
    element() noexcept = default;

    /// The element of a call to tercet.h.
    explicit element(tercet_element native) noexcept : native_(native) {}

    /// An element that is a child. `child` must be one.
    explicit element(const tercet_node &child) noexcept : native_(child.element) {}

    /// The local name.
    std::string_view name() const { return detail::fresh(tercet_element_name(native_)); }

    /// The namespace; empty for none.
    std::string_view ns() const { return detail::fresh(tercet_element_ns(native_)); }

    /// The prefix as written; nothing where there is none.
    std::optional<std::string_view> prefix() const noexcept { return detail::maybe(tercet_element_prefix(native_)); }

    /// The octets as received, from the element's first `<` to its last `>`.
    std::string_view raw() const { return detail::fresh(tercet_element_raw(native_)); }

    /// Whether the element is `name` in the namespace `ns`. False where the view is stale.
    bool is(std::string_view ns, std::string_view name) const noexcept
    {
        return tercet_element_is(native_, detail::to_c(ns), detail::to_c(name));
    }

    /// The number of the namespace, `TERCET_NS_...`; `TERCET_ID_OTHER` where it has none, or the view is stale.
    std::uint32_t ns_id() const noexcept { return tercet_element_ns_id(native_); }

    /// The number of the local name, `TERCET_NAME_...`; `TERCET_ID_OTHER` where it has none, or the view is stale.
    std::uint32_t name_id() const noexcept { return tercet_element_name_id(native_); }

    /// The element's own text, references replaced, that of child elements left out; empty where it has none. Text that
    /// does not read as written is decoded into memory of the handle, anew at each call: keep it while you need it.
    std::string_view text() const
    {
        tercet_str text;
        detail::check(tercet_element_text(native_, &text));
        return detail::present(text);
    }

    /// The value of the attribute `name` without a namespace, references replaced; nothing where there is none.
    std::optional<std::string_view> attr(std::string_view name) const
    {
        tercet_str value;
        return found(tercet_element_attr(native_, detail::to_c(name), &value), value);
    }

    /// As above, for a name by its number, `TERCET_NAME_...`. Throws `TERCET_ERR_ARGUMENT` for any other.
    std::optional<std::string_view> attr(std::uint32_t name) const
    {
        tercet_str value;
        return found(tercet_element_attr_id(native_, name, &value), value);
    }

    /// The value of the attribute `name` in the namespace `ns`; nothing where there is none.
    std::optional<std::string_view> attr(std::string_view ns, std::string_view name) const
    {
        tercet_str value;
        return found(tercet_element_attr_ns(native_, detail::to_c(ns), detail::to_c(name), &value), value);
    }

    /// The first child element `name` in the namespace `ns`; nothing where there is none.
    std::optional<element> child(std::string_view ns, std::string_view name) const
    {
        tercet_element child;
        return found(tercet_element_child(native_, detail::to_c(ns), detail::to_c(name), &child), child);
    }

    /// As above, by the numbers of both, `TERCET_NS_...` and `TERCET_NAME_...`. Throws `TERCET_ERR_ARGUMENT` for
    /// others.
    std::optional<element> child(std::uint32_t ns, std::uint32_t name) const
    {
        tercet_element child;
        return found(tercet_element_child_id(native_, ns, name, &child), child);
    }

    /// The first child element `name` in the namespace of this element; nothing where there is none.
    std::optional<element> child(std::string_view name) const { return child(ns(), name); }

    /// For range-for: all children, elements and runs of text, as tercet::node, in document order.
    auto children() const noexcept { return detail::walk<node, tercet_node, tercet_children_next>(native_); }

    /// For range-for: the children that are elements, as tercet::element, in document order.
    auto elements() const noexcept { return detail::walk<element, tercet_node, detail::next_element>(native_); }

    /// For range-for: the attributes, as tercet::attribute, in document order; namespace declarations are left out.
    auto attributes() const noexcept { return detail::walk<attribute, tercet_attr, tercet_attrs_next>(native_); }

    /// For calls to tercet.h.
    tercet_element native() const noexcept { return native_; }

private:
    static std::optional<std::string_view> found(tercet_result result, const tercet_str &value)
    {
        return detail::found(result) ? std::optional(detail::present(value)) : std::nullopt;
    }

    static std::optional<element> found(tercet_result result, const tercet_element &child)
    {
        return detail::found(result) ? std::optional(element(child)) : std::nullopt;
    }

    tercet_element native_ = {};
};

/// A child of an element: an element, or a run of text. Borrowed as the element.
class node {
public:
    /// Neither.
    node() noexcept = default;

    /// The node of a call to tercet.h.
    explicit node(const tercet_node &native) noexcept : native_(native) {}

    /// The element, if it is one.
    std::optional<tercet::element> element() const noexcept
    {
        return native_.kind == TERCET_NODE_ELEMENT ? std::optional(tercet::element(native_)) : std::nullopt;
    }

    /// The text, references replaced, if it is text. Never empty.
    std::optional<std::string_view> text() const noexcept
    {
        return native_.kind == TERCET_NODE_TEXT ? std::optional(detail::present(native_.text)) : std::nullopt;
    }

    /// The octets as received: of a text with references and CDATA sections as they stand, of an element as by
    /// element::raw.
    std::string_view raw() const noexcept { return detail::present(native_.raw); }

private:
    tercet_node native_ = {};
};

/// An attribute of an element. Borrowed as the element.
class attribute {
public:
    /// No attribute.
    attribute() noexcept = default;

    /// The attribute of a call to tercet.h.
    explicit attribute(const tercet_attr &native) noexcept : native_(native) {}

    /// The local name.
    std::string_view name() const noexcept { return detail::present(native_.name); }

    /// The namespace; empty for none.
    std::string_view ns() const noexcept { return detail::present(native_.ns); }

    /// The value, references replaced.
    std::string_view value() const noexcept { return detail::present(native_.value); }

    /// The value as received, without its quotes, references as they stand.
    std::string_view raw() const noexcept { return detail::present(native_.raw); }

private:
    tercet_attr native_ = {};
};

/// A stanza or another unit of a stream, with what a router asks for filled in: nothing below calls the library.
///
/// All texts and the root are borrowed until the handle that gave it reads on: until its next call of `next`, `poll`,
/// `drive`, `recv`, `recv_buffer`, `shrink`, of parser::restart or connection::secured, or its end. To keep it for
/// longer, make a tercet::owned_stanza of it.
class stanza {
public:
    /// No unit.
    stanza() noexcept = default;

    /// The unit of a call to tercet.h.
    explicit stanza(const tercet_stanza &native) noexcept : native_(native) {}

    /// What it is.
    unit kind() const noexcept { return static_cast<unit>(native_.kind); }

    /// The number of the namespace, `TERCET_NS_...`, or `TERCET_ID_OTHER`.
    std::uint32_t ns_id() const noexcept { return native_.ns_id; }

    /// The number of the local name, `TERCET_NAME_...`, or `TERCET_ID_OTHER`.
    std::uint32_t name_id() const noexcept { return native_.name_id; }

    /// The local name.
    std::string_view name() const noexcept { return detail::present(native_.name); }

    /// The namespace; empty for none.
    std::string_view ns() const noexcept { return detail::present(native_.ns); }

    /// The value of `to`, references replaced; nothing where it is absent. So the next four.
    std::optional<std::string_view> to() const noexcept { return detail::maybe(native_.to); }

    /// The value of `from`.
    std::optional<std::string_view> from() const noexcept { return detail::maybe(native_.from); }

    /// The value of `id`.
    std::optional<std::string_view> id() const noexcept { return detail::maybe(native_.id); }

    /// The value of `type`.
    std::optional<std::string_view> type() const noexcept { return detail::maybe(native_.type); }

    /// The value of `xml:lang`.
    std::optional<std::string_view> lang() const noexcept { return detail::maybe(native_.lang); }

    /// The octets as received, from the first `<` to the last `>`: for a log, but not to be sent on: they may lack
    /// prefixes that the stream header declared, and hold the `from` that the peer wrote. See connection::forward.
    std::string_view raw() const noexcept { return detail::present(native_.raw); }

    /// The way to what is inside.
    element root() const noexcept { return element(native_.root); }

    /// For calls to tercet.h.
    const tercet_stanza &native() const noexcept { return native_; }

private:
    friend class owned_stanza;
    friend class parser;
    tercet_stanza native_ = {};
};

/// A stanza that is kept, for a queue, a store, another thread: a copy that was not parsed again and lives on its own.
class owned_stanza {
public:
    /// A copy of `lent`. Throws `TERCET_ERR_STALE`; `TERCET_ERR_ARGUMENT` where it is no stanza.
    explicit owned_stanza(const stanza &lent)
    {
        tercet_owned *made;
        detail::check(tercet_stanza_detach(lent.root().native(), &made));
        handle_.reset(made);
    }

    /// The stanza, as it was lent. Everything in it is borrowed until this object is gone; moving it moves none of it.
    /// Texts that are asked for later, as by element::text, and do not read as written, take memory until then at each
    /// call. Throws `TERCET_ERR_NO_MEMORY`.
    stanza view() const
    {
        stanza shown;
        detail::check(tercet_owned_stanza(native(), &shown.native_));
        return shown;
    }

    /// Octets of memory in use, the handle included; what the allocator adds is not counted.
    std::size_t memory() const noexcept { return tercet_owned_memory(native()); }

    /// For calls to tercet.h. It stays the object's.
    tercet_owned *native() const noexcept { return handle_.get(); }

private:
    detail::handle<tercet_owned, tercet_owned_free> handle_;
};

/// Something that happened on a connection. What an event does not speak of is empty, nothing or 0. Kinds that are not
/// in tercet::event_kind may come from a younger library: let them pass.
///
/// All texts are borrowed until the connection reads on, as those of a stanza.
class event {
public:
    /// No event.
    event() noexcept = default;

    /// The event of a call to tercet.h.
    explicit event(const tercet_event &native) noexcept : native_(native) {}

    /// What happened.
    event_kind kind() const noexcept { return static_cast<event_kind>(native_.kind); }

    /// Of event_kind::resource: whether the resource is the client's wish.
    bool chosen() const noexcept { return (native_.flags & TERCET_FLAG_CHOSEN) != 0; }

    /// Of event_kind::closed: whether the peer sent its closing tag first.
    bool by_peer() const noexcept { return (native_.flags & TERCET_FLAG_BY_PEER) != 0; }

    /// The number under which a request is answered, or was made.
    tercet::token token() const noexcept { return native_.token; }

    /// An address; empty for none.
    std::string_view jid() const noexcept { return detail::present(native_.jid); }

    /// The name of a condition: of a stream error, or of a failed login. Static; empty for none.
    std::string_view condition() const noexcept { return detail::present(native_.condition); }

    /// A human-readable text.
    std::optional<std::string_view> text() const noexcept { return detail::maybe(native_.text); }

    /// A unit of the stream.
    tercet::stanza stanza() const noexcept { return tercet::stanza(native_.stanza); }

    /// For calls to tercet.h.
    const tercet_event &native() const noexcept { return native_; }

private:
    friend class connection;
    tercet_event native_ = {};
};

/// An incremental parser of XMPP streams, without the protocol.
class parser {
public:
    /// A parser of a stream, with the limits of a side. Throws `TERCET_ERR_ARGUMENT`.
    explicit parser(limits on) : parser(tercet_parser_new, on) {}

    /// A parser of one document, such as a file: its root is its only unit, of the kind that its name says.
    static parser of_document(limits on) { return parser(tercet_parser_new_document, on); }

    /// Begins a new stream, as after STARTTLS and SASL (RFC 6120 section 4.3.3): nothing of the old one is left, an
    /// error that ended it included. Octets taken in and not read yet belong to the new stream; limits stay. Ends the
    /// life of views.
    void restart() { detail::check(tercet_parser_restart(native())); }

    /// Sets one limit, from the next octet on. Throws `TERCET_ERR_ARGUMENT`.
    void set_limit(limit which, std::uint32_t value)
    {
        detail::check(tercet_parser_set_limit(native(), static_cast<std::int32_t>(which), value));
    }

    /// Takes in octets as received: copied, all of them. Ends the life of views. Throws `TERCET_ERR_NO_MEMORY`.
    void recv(bytes octets) { detail::check(tercet_parser_recv(native(), octets.data(), octets.size())); }

    /// Room for at least `want` octets: to read into without a copy, then to be confirmed by commit(). Borrowed until
    /// the next call on the parser. Ends the life of views. Throws `TERCET_ERR_NO_MEMORY`.
    room recv_buffer(std::size_t want)
    {
        room lent;
        detail::check(tercet_parser_recv_buffer(native(), want, &lent.data, &lent.size));
        return lent;
    }

    /// Takes the first `size` octets of the room lent last as received, at most what it holds.
    void commit(std::size_t size) { detail::check(tercet_parser_commit(native(), size)); }

    /// The next unit of the stream; nothing where there is none yet. The one before it is forgotten. A unit is whole:
    /// it comes with the call that follows its last octet. Throws `TERCET_ERR_SYNTAX` and `TERCET_ERR_LIMIT`, from then
    /// on at every call, and `TERCET_ERR_NO_MEMORY`.
    std::optional<stanza> next()
    {
        std::optional<stanza> unit(std::in_place);
        const tercet_result result = tercet_parser_next(native(), &unit->native_);
        if (result < TERCET_OK)
            fail(result);
        if (result != TERCET_OK)
            unit.reset();
        return unit;
    }

    /// Says that no more octets will come: to be called when next() gave nothing, for what it has not given yet counts
    /// as missing. Views live on. Throws `TERCET_ERR_TRUNCATED`, which no other call throws, where the stream's end tag
    /// has not been seen, and the error that ended the stream, where one did.
    void eof()
    {
        const tercet_result result = tercet_parser_eof(native());
        if (result < TERCET_OK)
            fail(result);
    }

    /// Gives back the memory that only work needs: for a stream that has had nothing to say for a while. Does nothing
    /// where a unit is in progress. Ends the life of views.
    void shrink() { detail::check(tercet_parser_shrink(native())); }

    /// Octets of memory in use, the handle included; what the allocator adds is not counted.
    std::size_t memory() const noexcept { return tercet_parser_memory(native()); }

    /// For calls to tercet.h. It stays the object's.
    tercet_parser *native() const noexcept { return handle_.get(); }

private:
    parser(tercet_result (*make)(std::int32_t, tercet_parser **), limits on)
    {
        tercet_parser *made;
        detail::check(make(static_cast<std::int32_t>(on), &made));
        handle_.reset(made);
    }

    [[noreturn]] void fail(tercet_result result) const
    {
        tercet_error known;
        if (tercet_parser_last_error(native(), &known) == TERCET_OK && known.result == result)
            throw error(known);
        throw error(result);
    }

    detail::handle<tercet_parser, tercet_parser_free> handle_;
};

/// A draft of one or more stanzas, or of a part of one.
///
/// The calls that fill it do not fail: the first error is kept, and thrown by whatever uses the draft; nothing is
/// written then. What is written is always well-formed, whatever the texts are. Each gives the draft back, for the next
/// call:
///
///     draft.open("message").attr("to", to).open("body").text("hello").close().close();
class writer {
public:
    /// An empty draft.
    writer()
    {
        tercet_writer *made;
        detail::check(tercet_writer_new(&made));
        handle_.reset(made);
    }

    /// Opens the element `name` in the namespace `jabber:client`.
    writer &open(std::string_view name) noexcept
    {
        tercet_writer_open(native(), {nullptr, 0}, detail::to_c(name));
        return *this;
    }

    /// Opens the element `name` in the namespace `ns`; in none where it is empty.
    writer &open(std::string_view ns, std::string_view name) noexcept
    {
        tercet_writer_open(native(), detail::to_c(ns), detail::to_c(name));
        return *this;
    }

    /// Adds the attribute `name` without a namespace to the element just opened; does nothing where `value` is nothing.
    writer &attr(std::string_view name, const std::optional<std::string_view> &value) noexcept
    {
        if (value)
            tercet_writer_attr(native(), detail::to_c(name), detail::to_c(*value));
        return *this;
    }

    /// Adds the attribute `name` in the namespace `ns` to the element just opened; does nothing where `value` is
    /// nothing.
    writer &attr(std::string_view ns, std::string_view name, const std::optional<std::string_view> &value) noexcept
    {
        if (value)
            tercet_writer_attr_ns(native(), detail::to_c(ns), detail::to_c(name), detail::to_c(*value));
        return *this;
    }

    /// Adds `xml:lang` to the element just opened; does nothing where `tag` is nothing.
    writer &lang(const std::optional<std::string_view> &tag) noexcept
    {
        if (tag)
            tercet_writer_lang(native(), detail::to_c(*tag));
        return *this;
    }

    /// Adds text to the innermost open element.
    writer &text(std::string_view text) noexcept
    {
        tercet_writer_text(native(), detail::to_c(text));
        return *this;
    }

    /// Closes the innermost open element.
    writer &close() noexcept
    {
        tercet_writer_close(native());
        return *this;
    }

    /// Adds a copy of an element that was received and of all it holds, to the innermost open element or to the draft
    /// itself. The copy means what the original does, with prefixes chosen anew.
    writer &copy(const element &received) noexcept
    {
        tercet_writer_copy(native(), received.native());
        return *this;
    }

    /// Forgets what was drafted, an error included.
    void clear() noexcept { tercet_writer_clear(native()); }

    /// The draft, written as for a client's stream; it is kept. Borrowed until the next call on the writer. Throws
    /// `TERCET_ERR_WRITE` and the errors that the draft keeps.
    std::string_view written()
    {
        tercet_str text;
        detail::check(tercet_writer_written(native(), &text));
        return detail::present(text);
    }

    /// Octets of memory in use, the handle included; what the allocator adds is not counted.
    std::size_t memory() const noexcept { return tercet_writer_memory(native()); }

    /// For calls to tercet.h. It stays the object's.
    tercet_writer *native() const noexcept { return handle_.get(); }

private:
    detail::handle<tercet_writer, tercet_writer_free> handle_;
};

/// How a client logs in. It may be used for many connections; a setter called later changes only those that are made
/// after it. Setters give the configuration back, for the next call.
class client_config {
public:
    /// To log in as `jid` (a resource in it is proposed to the server) with `password`. Both are copied; the copy of
    /// the password is wiped when its last user is gone. Throws `TERCET_ERR_UTF8`, `TERCET_ERR_JID`.
    client_config(std::string_view jid, std::string_view password)
    {
        tercet_client_config *made;
        detail::check(tercet_client_config_new(detail::to_c(jid), detail::to_c(password), &made));
        handle_.reset(made);
    }

    /// Sets what may happen before TLS.
    client_config &tls(tercet::tls policy)
    {
        detail::check(tercet_client_config_set_tls(native(), static_cast<std::int32_t>(policy)));
        return *this;
    }

    /// Allows PLAIN, and then only under TLS. It gives the password to whoever answers as the server; SCRAM never does.
    client_config &allow_plain(bool allow = true)
    {
        detail::check(tercet_client_config_allow_plain(native(), allow));
        return *this;
    }

    /// Allows SCRAM-SHA-1, which every server must offer (RFC 6120 section 13.8). Default: allowed.
    client_config &allow_scram_sha1(bool allow)
    {
        detail::check(tercet_client_config_allow_scram_sha1(native(), allow));
        return *this;
    }

    /// Sets the language of the stream, a tag of BCP 47: that of stanzas which name none. Copied. Default: `en`. Throws
    /// `TERCET_ERR_UTF8`; `TERCET_ERR_WRITE` for what XML cannot hold.
    client_config &lang(std::string_view tag)
    {
        detail::check(tercet_client_config_set_lang(native(), detail::to_c(tag)));
        return *this;
    }

    /// Sets how long a login may take in all, and how long the server has to answer a closing tag. Default: 60 s
    /// and 5 s.
    client_config &timing(std::chrono::milliseconds login, std::chrono::milliseconds close)
    {
        detail::check(tercet_client_config_set_timing(native(), detail::millis(login), detail::millis(close)));
        return *this;
    }

    /// Sets one limit on stanzas after login; by default those of limits::client. Throws `TERCET_ERR_ARGUMENT`.
    client_config &limit(tercet::limit which, std::uint32_t value)
    {
        detail::check(tercet_client_config_set_limit(native(), static_cast<std::int32_t>(which), value));
        return *this;
    }

    /// For calls to tercet.h. It stays the object's.
    tercet_client_config *native() const noexcept { return handle_.get(); }

private:
    detail::handle<tercet_client_config, tercet_client_config_free> handle_;
};

/// How a server serves one domain. It may be used for many connections; a setter called later changes only those that
/// are made after it. Setters give the configuration back, for the next call.
class server_config {
public:
    /// To serve `domain`. Throws `TERCET_ERR_UTF8`, `TERCET_ERR_JID`, `TERCET_ERR_RANDOM`.
    explicit server_config(std::string_view domain)
    {
        tercet_server_config *made;
        detail::check(tercet_server_config_new(detail::to_c(domain), &made));
        handle_.reset(made);
    }

    /// Sets what may happen before TLS.
    server_config &tls(tercet::tls policy)
    {
        detail::check(tercet_server_config_set_tls(native(), static_cast<std::int32_t>(policy)));
        return *this;
    }

    /// Sets the SASL mechanisms on offer, in that order, of `SCRAM-SHA-512`, `SCRAM-SHA-256`, `SCRAM-SHA-1`, `PLAIN`.
    /// Default: the last three. Accounts need stored keys for the hash of each SCRAM mechanism on offer; PLAIN is
    /// offered under TLS alone. The names are copied. Throws `TERCET_ERR_ARGUMENT` where a name is another, or there is
    /// none.
    server_config &mechanisms(std::initializer_list<std::string_view> names)
    {
        std::vector<tercet_str> list;
        for (const std::string_view name : names)
            list.push_back(detail::to_c(name));
        detail::check(tercet_server_config_set_mechanisms(native(), list.data(), list.size()));
        return *this;
    }

    /// Passes over white space that a client sends in clear after `<starttls/>`, as some do although RFC 6120 section
    /// 5.3.3 forbids it. Default: it is an error. What it costs: whoever can write to the connection may do so there
    /// unnoticed.
    server_config &allow_whitespace_after_starttls(bool allow = true)
    {
        detail::check(tercet_server_config_allow_whitespace_after_starttls(native(), allow));
        return *this;
    }

    /// Sets how long a login may take in all, and how long the client has to answer a closing tag. Default: 60 s
    /// and 5 s.
    server_config &timing(std::chrono::milliseconds login, std::chrono::milliseconds close)
    {
        detail::check(tercet_server_config_set_timing(native(), detail::millis(login), detail::millis(close)));
        return *this;
    }

    /// Sets one limit on stanzas after login; by default those of limits::server. Throws `TERCET_ERR_ARGUMENT`,
    /// also for a limit::stanza_bytes of less than 10000, which every client may send (RFC 6120 section 13.12).
    server_config &limit(tercet::limit which, std::uint32_t value)
    {
        detail::check(tercet_server_config_set_limit(native(), static_cast<std::int32_t>(which), value));
        return *this;
    }

    /// For calls to tercet.h. It stays the object's.
    tercet_server_config *native() const noexcept { return handle_.get(); }

private:
    detail::handle<tercet_server_config, tercet_server_config_free> handle_;
};

class connection;

/// Functions of yours, to be called from inside connection::drive: lambdas, mostly. Those that are left empty let their
/// event pass, except where it says otherwise. Who wants neither std::function nor its indirection pulls events by
/// connection::poll instead. What poll has no like of is `log`: who pulls events sees them all, and logs them as they
/// are.
///
/// The connection and the event are borrowed for the call. From inside, everything may be called on the connection but
/// recv, recv_buffer, commit, poll, drive, output, consume, eof and shrink, which throw `TERCET_ERR_BUSY`.
///
/// An exception that leaves one of them ends the call of `drive`, which throws it on; no other is called before.
struct handlers {
    /// A function for an event.
    using on_event = std::function<void(connection &, const event &)>;

    /// Takes some of the octets for the transport, borrowed for the call, and says how many it took. The rest is
    /// offered again, in this call of `drive` or the next. Empty leaves them to connection::output.
    std::function<std::size_t(connection &, bytes)> write;
    /// event_kind::start_tls, once the output was offered to `write`. Empty fails the login with `TERCET_ERR_TLS`.
    on_event start_tls;
    /// event_kind::opened.
    on_event opened;
    /// event_kind::credentials. Empty answers that there is no such account.
    on_event credentials;
    /// event_kind::refused.
    on_event refused;
    /// event_kind::authenticated.
    on_event authenticated;
    /// event_kind::resource. Empty accepts.
    on_event resource;
    /// event_kind::bound.
    on_event bound;
    /// event_kind::stanza.
    on_event stanza;
    /// event_kind::response.
    on_event response;
    /// event_kind::roster_push.
    on_event roster_push;
    /// event_kind::stream_error.
    on_event stream_error;
    /// event_kind::closed, once the output was offered to `write`.
    on_event closed;
    /// One line, an English sentence, borrowed for the call: for each event, before its function is called, and for the
    /// error that ended the stream, once. Never a password, key or content of a stanza; addresses are named.
    std::function<void(connection &, log_level, std::string_view)> log;
    /// Gives what the TLS connection gives for a kind of channel binding; nothing for a kind that there is none of.
    /// Asked once for each kind when the transport has become TLS: after connection::secured, or at the first call
    /// under tls::direct. Where it fails, the next call asks again for all of them. Empty leaves it to
    /// connection::set_binding.
    std::function<std::optional<std::vector<std::uint8_t>>(connection &, binding)> channel_binding;
};

namespace detail {

// A handle whose owner may be moved or destroyed by a function that a call of drive calls.
template <class Owner, class Native, auto Free>
class driven {
public:
    /// For calls to tercet.h. It stays the object's.
    Native *native() const noexcept { return native_; }

protected:
    explicit driven(Native *native) noexcept : native_(native) {}

    driven(driven &&from) noexcept
        : native_(std::exchange(from.native_, nullptr)), call_(std::exchange(from.call_, nullptr))
    {
        tell();
    }

    driven &operator=(driven &&from) noexcept
    {
        if (this != &from) {
            let_go();
            native_ = std::exchange(from.native_, nullptr);
            call_ = std::exchange(from.call_, nullptr);
            tell();
        }
        return *this;
    }

    ~driven() { let_go(); }

    // One call of drive: what it shares with the functions that it has called.
    class call {
    public:
        explicit call(driven &owner) : native_(owner.native_), owner_(&owner)
        {
            if (owner.call_ != nullptr)
                throw error(TERCET_ERR_BUSY);
            owner.call_ = this;
        }

        ~call()
        {
            if (owner_ != nullptr)
                owner_->call_ = nullptr;
            else
                static_cast<void>(Free(native_));
        }

        call(const call &) = delete;
        call &operator=(const call &) = delete;

        // Runs a function of the user's; false where it threw, or where none may run any more.
        template <class Function>
        bool run(const Function &function) noexcept
        {
            if (owner_ == nullptr || thrown_)
                return false;
            try {
                function(static_cast<Owner &>(*owner_));
            } catch (...) {
                thrown_ = std::current_exception();
            }
            return !thrown_;
        }

        // Throws on what was thrown; the owner, wherever it is now, null where it is gone.
        Owner *settle() const
        {
            if (thrown_)
                std::rethrow_exception(thrown_);
            return static_cast<Owner *>(owner_);
        }

        bool pause = false;

    private:
        friend class driven;
        Native *native_;
        driven *owner_;
        std::exception_ptr thrown_;
    };

    call *running() const noexcept { return call_; }

private:
    void tell() noexcept
    {
        if (call_ != nullptr)
            call_->owner_ = this;
    }

    void let_go() noexcept
    {
        if (call_ == nullptr) {
            static_cast<void>(Free(native_));
        } else {
            // The library works on the handle just now: it is freed when that is done.
            call_->owner_ = nullptr;
        }
    }

    Native *native_;
    call *call_ = nullptr;
};

} // namespace detail

/// One end of a stream, a client's or a server's.
///
/// It may be moved, and destroyed, also by one of the handlers that drive() calls: no other handler is called then, and
/// drive() returns without looking at the object again.
class connection : public detail::driven<connection, tercet_conn, tercet_conn_free> {
public:
    /// A client's connection. It speaks first: call poll() or drive() at once. The configuration is not kept.
    explicit connection(const client_config &config) : driven(made(tercet_client_new, config.native())) {}

    /// A server's connection, one for each client. The configuration is not kept.
    explicit connection(const server_config &config) : driven(made(tercet_server_new, config.native())) {}

    /// Takes in octets as received: copied, all of them. Ends the life of views. Throws `TERCET_ERR_BUSY`,
    /// `TERCET_ERR_NO_MEMORY`; `TERCET_ERR_CLOSED` where the connection is over. Nothing was taken then.
    void recv(bytes octets) { check(tercet_conn_recv(native(), octets.data(), octets.size())); }

    /// Room for at least `want` octets: to read into without a copy, then to be confirmed by commit(). Borrowed until
    /// the next call on the connection. Ends the life of views. Throws as recv().
    room recv_buffer(std::size_t want)
    {
        room lent;
        check(tercet_conn_recv_buffer(native(), want, &lent.data, &lent.size));
        return lent;
    }

    /// Takes the first `size` octets of the room lent last as received, at most what it holds. Throws
    /// `TERCET_ERR_BUSY`.
    void commit(std::size_t size) { check(tercet_conn_commit(native(), size)); }

    /// Works on what has come, up to the next event; nothing where there is none for now. The event before it is
    /// forgotten. To be called until there is none: at the start, whenever octets have come, after an answer was given,
    /// and when the deadline has passed.
    ///
    /// While more than 1 MiB of output waits, nothing is read, though input waits. When the transport has taken some of
    /// it, ask wants_poll(), or what has come is not worked on before more comes.
    ///
    /// Throws `TERCET_ERR_BUSY`; `TERCET_ERR_NO_MEMORY` where there was an event and no memory to tell it: it is lost;
    /// an error that ends the stream, from then on at every call: what the peer is to be told is in the output.
    std::optional<event> poll(clock::time_point now = clock::now())
    {
        std::optional<event> next(std::in_place);
        if (!check(tercet_conn_poll(native(), detail::millis(now), &next->native_)))
            next.reset();
        return next;
    }

    /// Takes in octets as received (none is fine), works on them, and calls a handler for each event, then `write` for
    /// the output. `with` is read during the call. To be called when poll() would be.
    ///
    /// False where a handler asked for a pause: call again with no octets to go on. Throws what a handler threw; then
    /// the connection is as the handler left it, and may be driven on. Otherwise throws as recv() and poll(); what the
    /// peer is to be told has been offered to `write`.
    bool drive(const handlers &with, bytes octets = {}, clock::time_point now = clock::now());

    /// From inside a handler: drive() shall return after it. What has come is kept. Does nothing elsewhere.
    void pause() noexcept
    {
        if (running() != nullptr)
            running()->pause = true;
    }

    /// The octets that wait for the transport. Borrowed until the next call on the connection. Throws
    /// `TERCET_ERR_BUSY`.
    bytes output()
    {
        const std::uint8_t *data;
        std::size_t size;
        check(tercet_conn_output(native(), &data, &size));
        return {data, size};
    }

    /// Forgets the oldest `size` octets of the output: the transport has taken them. Throws `TERCET_ERR_BUSY`.
    void consume(std::size_t size) { check(tercet_conn_output_consume(native(), size)); }

    /// When poll() or drive() is to be called although no octet has come; nothing where nothing is due.
    std::optional<clock::time_point> deadline() const noexcept
    {
        constexpr auto last = std::chrono::duration_cast<std::chrono::milliseconds>(clock::duration::max()).count();
        const std::uint64_t due = tercet_conn_deadline(native());
        if (due > static_cast<std::uint64_t>(last))
            return std::nullopt;
        return clock::time_point(std::chrono::milliseconds(static_cast<std::int64_t>(due)));
    }

    /// Whether poll() or drive() has something to do although no octet has come: at the start; after an answer; after
    /// an event, where what came after it can be read, or a request is still to be refused; and where a full output
    /// stopped the reading, once some of it was taken.
    bool wants_poll() const noexcept { return tercet_conn_wants_poll(native()); }

    /// Whether the connection is over: closed on both sides, failed, or not usable any more.
    bool is_over() const noexcept { return tercet_conn_is_over(native()); }

    /// The full address of the session; nothing before it is bound. Borrowed until the next call on the connection.
    std::optional<std::string_view> jid() const noexcept { return detail::maybe(tercet_conn_jid(native())); }

    /// Gives back the memory that only work needs: for a connection on which nothing has happened for a while, found by
    /// a timer of yours. Nothing is lost. Ends the life of views. Throws `TERCET_ERR_BUSY`.
    void shrink() { check(tercet_conn_shrink(native())); }

    /// Octets of memory in use, the handle included, its configuration not; nor are texts of a login under way, and
    /// what the allocator adds.
    std::size_t memory() const noexcept { return tercet_conn_memory(native()); }

    /// Why the connection is over; nothing where it is not, or ended in order.
    std::optional<error> last_error() const
    {
        tercet_error known;
        detail::check(tercet_conn_last_error(native(), &known));
        return known.result != TERCET_OK ? std::optional(error(known)) : std::nullopt;
    }

    /// Tells what both ends know of the TLS connection under the stream. Copied, and wiped before the session is bound.
    /// A client then logs in with a -PLUS mechanism where the server offers one and knows that kind; a server offers
    /// one for each of its SCRAM mechanisms (RFC 5802 section 6, XEP-0440).
    ///
    /// To be called when the handshake is done and before secured(), or before the first poll() or drive() under
    /// tls::direct. Where a kind is told twice, the later call counts. To a server that was told what
    /// binding::tls_exporter gives, a login bound to it is the only one on its connection, and the stream ends where
    /// that one fails (RFC 9266 section 4.1).
    ///
    /// Throws `TERCET_ERR_ARGUMENT` for a number of octets that the kind cannot have; `TERCET_ERR_NOT_AWAITING_TLS`
    /// before TLS was agreed on, and once the features of the secured stream were sent or read.
    void set_binding(binding kind, bytes octets)
    {
        check(tercet_conn_set_binding(native(), static_cast<std::int32_t>(kind), octets.data(), octets.size()));
    }

    /// Says that the transport is TLS now, and for a client that the certificate was checked against the domain: starts
    /// the stream anew. To be followed by poll() or drive(). Ends the life of views. Throws
    /// `TERCET_ERR_NOT_AWAITING_TLS` where no event_kind::start_tls is open.
    void secured() { check(tercet_conn_secured(native())); }

    /// Says that the TLS handshake failed, or the certificate did not fit: the connection is over.
    void tls_failed() { check(tercet_conn_tls_failed(native())); }

    /// Says that the transport has ended. Throws `TERCET_ERR_DISCONNECTED` where the stream had not, the error that
    /// ended it where one did, and `TERCET_ERR_BUSY`.
    void eof() { check(tercet_conn_eof(native())); }

    /// Says goodbye: writes the closing tag. event_kind::closed comes when the peer has answered. Throws the error that
    /// ended the stream, where one did.
    void close() { check(tercet_conn_close(native())); }

    /// Ends the stream with an error; `condition` is the name of a stream error condition, such as `system-shutdown`
    /// (RFC 6120 section 4.9.3). Throws as close(); `TERCET_ERR_UTF8`; `TERCET_ERR_ARGUMENT` for a name that the RFC
    /// does not know: the stream goes on then.
    void close(std::string_view condition) { check(tercet_conn_close_with(native(), detail::to_c(condition))); }

    /// Sends what is drafted, and empties the draft. Throws `TERCET_ERR_NOT_BOUND`, `TERCET_ERR_CLOSED`,
    /// `TERCET_ERR_WRITE`, `TERCET_ERR_NO_MEMORY`, and those that the draft keeps. Nothing is sent then, and the draft
    /// is as it was: writer::clear empties it.
    void send(writer &stanza) { check(tercet_conn_send(native(), stanza.native())); }

    /// Sends whole stanzas as they go on the wire, made by writer::written or by a router. They are copied and not
    /// looked at: what is not well-formed, or not UTF-8, breaks the stream. Throws `TERCET_ERR_NOT_BOUND`,
    /// `TERCET_ERR_CLOSED`, `TERCET_ERR_NO_MEMORY`; `TERCET_ERR_ARGUMENT` for octets in the output of this connection.
    /// Nothing is sent then.
    void deliver(std::string_view stanzas) { check(tercet_conn_deliver(native(), detail::to_c(stanzas))); }

    /// Sends on a stanza that was received on this connection or another, or that is kept: its own octets, with `from`
    /// and `to` in place of its addresses, each of which stays as it is where that is nothing. `lang` is the language
    /// of the stream on which it came, `event.stanza().lang()` of its event_kind::opened, and is put on a stanza that
    /// names none (RFC 6120 section 8.1.5). A server must always name the sender: it cannot trust the one that a client
    /// wrote (RFC 6120 section 8.1.2.1).
    ///
    /// Throws as deliver(); `TERCET_ERR_STALE`; `TERCET_ERR_ARGUMENT` where it is no stanza; `TERCET_ERR_WRITE` where
    /// its name has a prefix, or an address or the language holds what XML does not allow. Nothing is sent then.
    void forward(const stanza &received, const std::optional<std::string_view> &from,
                 const std::optional<std::string_view> &to, const std::optional<std::string_view> &lang = std::nullopt)
    {
        check(tercet_conn_forward(native(), received.root().native(), detail::to_c(from), detail::to_c(to),
                                  detail::to_c(lang)));
    }

    /// Client: sends a request with what is drafted in `payload` to the address `to`, or to the own account where it is
    /// nothing, and empties the draft. The number under which the answer comes, as event_kind::response.
    ///
    /// Throws as send(); `TERCET_ERR_JID`, `TERCET_ERR_TOO_MANY_REQUESTS`; `TERCET_ERR_UNSUPPORTED` for a server.
    tercet::token request(tercet::request kind, const std::optional<std::string_view> &to, writer &payload)
    {
        tercet::token made;
        const auto number = static_cast<std::int32_t>(kind);
        check(tercet_conn_request(native(), number, detail::to_c(to), payload.native(), &made));
        return made;
    }

    /// Answers the stanza that the event lent last showed, a request, with an empty result. Throws as send();
    /// `TERCET_ERR_STALE` where no stanza is lent, or the one that is was answered already; `TERCET_ERR_ARGUMENT` where
    /// it is not an iq of type get or set.
    void reply_result() { check(tercet_conn_reply_result(native(), nullptr)); }

    /// As above, with a result that holds what is drafted in `payload`; empties the draft.
    void reply_result(writer &payload) { check(tercet_conn_reply_result(native(), payload.native())); }

    /// Answers the stanza that the event lent last showed with an error: `condition` is the name of a stanza error
    /// condition (RFC 6120 section 8.3.3), `text` an English sentence. Does nothing where the stanza is itself an
    /// answer. Throws as send(); `TERCET_ERR_UTF8`; `TERCET_ERR_ARGUMENT` for a name that the RFC does not know, or
    /// a text in the output of this connection; `TERCET_ERR_STALE` where no stanza is lent, or the one that is was
    /// answered already.
    void reply_error(std::string_view condition, const std::optional<std::string_view> &text = std::nullopt)
    {
        check(tercet_conn_reply_error(native(), detail::to_c(condition), detail::to_c(text)));
    }

    /// Client: leaves the request that the event lent last showed to a later answer of your own. Throws
    /// `TERCET_ERR_STALE` where no stanza is lent.
    void defer() { check(tercet_conn_defer(native())); }

    /// Answers a request of the engine's, now or later. The next poll() or drive() acts on it, here and below.
    ///
    /// Throws, here and below, `TERCET_ERR_STALE` where `to` is not the token of the open request;
    /// `TERCET_ERR_ARGUMENT` where the answer is not one to a request of that kind, which stays open.
    void answer(tercet::token to, tercet::answer with)
    {
        check(tercet_conn_answer(native(), to, static_cast<std::int32_t>(with)));
    }

    /// Answers a request for credentials with what was stored of the account: texts in the form that derive_keys()
    /// makes, one for each hash, in any container. Throws also `TERCET_ERR_KEYS`, `TERCET_ERR_UTF8`.
    template <class Keys>
    void answer_keys(tercet::token to, const Keys &keys)
    {
        std::vector<tercet_str> list;
        for (std::string_view one : keys)
            list.push_back(detail::to_c(one));
        check(tercet_conn_answer_keys(native(), to, list.data(), list.size()));
    }

    /// As above, for a list that is written out.
    void answer_keys(tercet::token to, std::initializer_list<std::string_view> keys)
    {
        answer_keys<std::initializer_list<std::string_view>>(to, keys);
    }

    /// Answers a request for credentials with the password itself. For trials: keys are derived from it at each login,
    /// which takes milliseconds of work, and a server should not know passwords. Throws also `TERCET_ERR_UTF8`,
    /// `TERCET_ERR_PASSWORD`, `TERCET_ERR_RANDOM`.
    void answer_password(tercet::token to, std::string_view password)
    {
        check(tercet_conn_answer_password(native(), to, detail::to_c(password)));
    }

    /// Answers a request for a resource with another one. Throws also `TERCET_ERR_UTF8`; `TERCET_ERR_JID` where it
    /// cannot be the resource of an address (RFC 7622 section 3.4): the request stays open.
    void answer_resource(tercet::token to, std::string_view resource)
    {
        check(tercet_conn_answer_resource(native(), to, detail::to_c(resource)));
    }

    /// Refuses a resource; `condition` is the name of a stanza error condition, such as `conflict` (RFC 6120 sections
    /// 7.6.2 and 7.7.2). Throws also `TERCET_ERR_UTF8`; `TERCET_ERR_ARGUMENT` also for a name that the RFC does not
    /// know.
    void answer_refuse(tercet::token to, std::string_view condition)
    {
        check(tercet_conn_answer_refuse(native(), to, detail::to_c(condition)));
    }

private:
    template <class Config>
    static tercet_conn *made(tercet_result (*make)(Config *, tercet_conn **), Config *config)
    {
        tercet_conn *made;
        detail::check(make(config, &made));
        return made;
    }

    // What C calls for an event.
    template <handlers::on_event handlers::*Handler>
    static tercet_result on_event(void *user, tercet_conn *, const tercet_event *native) noexcept
    {
        auto &driving = *static_cast<driving_call *>(user);
        const auto run = [&](connection &conn) { (driving.with.*Handler)(conn, event(*native)); };
        if (!driving.run(run))
            return TERCET_ERR_CALLBACK;
        return driving.pause ? TERCET_PAUSE : TERCET_OK;
    }

    static std::size_t on_write(void *user, tercet_conn *, const std::uint8_t *data, std::size_t size) noexcept
    {
        auto &driving = *static_cast<driving_call *>(user);
        std::size_t taken = 0;
        driving.run([&](connection &conn) { taken = driving.with.write(conn, {data, size}); });
        return taken;
    }

    static void on_log(void *user, tercet_conn *, std::int32_t level, tercet_str message) noexcept
    {
        auto &driving = *static_cast<driving_call *>(user);
        driving.run([&](connection &conn) {
            driving.with.log(conn, static_cast<log_level>(level), detail::present(message));
        });
    }

    static tercet_result on_binding(void *user, tercet_conn *, std::int32_t kind, std::uint8_t *data,
                                    std::size_t capacity, std::size_t *size) noexcept
    {
        auto &driving = *static_cast<driving_call *>(user);
        bool found = false;
        const bool ran = driving.run([&](connection &conn) {
            const auto octets = driving.with.channel_binding(conn, static_cast<binding>(kind));
            if (octets && octets->size() > capacity)
                throw error(TERCET_ERR_ARGUMENT);
            found = octets.has_value();
            if (found)
                *size = static_cast<std::size_t>(std::copy(octets->begin(), octets->end(), data) - data);
        });
        if (!ran)
            return TERCET_ERR_CALLBACK;
        return found ? TERCET_OK : TERCET_NONE;
    }

    struct driving_call : call {
        driving_call(connection &conn, const handlers &from) : call(conn), with(from) {}
        const handlers &with;
    };

    // The function for C, where there is a handler for it to call.
    template <handlers::on_event handlers::*Handler>
    static tercet_on_event entry(const handlers &with) noexcept
    {
        return with.*Handler ? &on_event<Handler> : nullptr;
    }

    // Whether it was done; what is no error and not that is no exception.
    bool check(tercet_result result) const
    {
        if (result >= TERCET_OK)
            return result == TERCET_OK;
        tercet_error known;
        if (tercet_conn_last_error(native(), &known) == TERCET_OK && known.result == result)
            throw error(known);
        throw error(result);
    }
};

inline bool connection::drive(const handlers &with, bytes octets, clock::time_point now)
{
    tercet_callbacks table = {};
    table.struct_size = sizeof table;
    table.write = with.write ? &on_write : nullptr;
    table.start_tls = entry<&handlers::start_tls>(with);
    table.opened = entry<&handlers::opened>(with);
    table.credentials = entry<&handlers::credentials>(with);
    table.refused = entry<&handlers::refused>(with);
    table.authenticated = entry<&handlers::authenticated>(with);
    table.resource = entry<&handlers::resource>(with);
    table.bound = entry<&handlers::bound>(with);
    table.stanza = entry<&handlers::stanza>(with);
    table.response = entry<&handlers::response>(with);
    table.roster_push = entry<&handlers::roster_push>(with);
    table.stream_error = entry<&handlers::stream_error>(with);
    table.closed = entry<&handlers::closed>(with);
    table.log = with.log ? &on_log : nullptr;
    table.channel_binding = with.channel_binding ? &on_binding : nullptr;

    driving_call driving(*this, with);
    const tercet_result result =
        tercet_conn_drive(native(), &table, &driving, octets.data(), octets.size(), detail::millis(now));
    const connection *conn = driving.settle();
    // `write` and `log` have no answer that C would take for a wish to pause.
    return (conn == nullptr || conn->check(result)) && !driving.pause;
}

/// An address, checked and prepared by the rules of RFC 7622. It holds its own text and is copied like one. Compares as
/// its text does.
class jid {
public:
    /// The address `text`. Throws `TERCET_ERR_UTF8`; `TERCET_ERR_JID` where it is none, or not ASCII in a build that
    /// knows no other.
    explicit jid(std::string_view text)
    {
        char buffer[TERCET_JID_BYTES];
        tercet_jid parts;
        detail::check(tercet_jid_parse(detail::to_c(text), buffer, sizeof buffer, &parts));
        keep(parts);
    }

    /// An address out of parts, each of which is prepared. Throws as above.
    jid(const std::optional<std::string_view> &local, std::string_view domain,
        const std::optional<std::string_view> &resource)
    {
        char buffer[TERCET_JID_BYTES];
        tercet_jid parts;
        detail::check(tercet_jid_join(detail::to_c(local), detail::to_c(domain), detail::to_c(resource), buffer,
                                      sizeof buffer, &parts));
        keep(parts);
    }

    /// The whole address. Borrowed from this object, here and below.
    std::string_view full() const noexcept { return text_; }

    /// The address without its resource.
    std::string_view bare() const noexcept { return full().substr(0, bare_); }

    /// The part before the `@`; nothing where there is none.
    std::optional<std::string_view> local() const noexcept
    {
        return domain_ > 0 ? std::optional(full().substr(0, domain_ - 1)) : std::nullopt;
    }

    /// The domain.
    std::string_view domain() const noexcept { return bare().substr(domain_); }

    /// The part after the first `/`; nothing where there is none.
    std::optional<std::string_view> resource() const noexcept
    {
        return bare_ < text_.size() ? std::optional(full().substr(bare_ + 1)) : std::nullopt;
    }

    /// Whether both are the same address.
    friend bool operator==(const jid &a, const jid &b) noexcept { return a.text_ == b.text_; }
    /// Whether they are two addresses.
    friend bool operator!=(const jid &a, const jid &b) noexcept { return a.text_ != b.text_; }
    /// An order, of no meaning: for containers.
    friend bool operator<(const jid &a, const jid &b) noexcept { return a.text_ < b.text_; }

private:
    void keep(const tercet_jid &parts)
    {
        text_ = detail::present(parts.full);
        bare_ = parts.bare.len;
        domain_ = static_cast<std::size_t>(parts.domain.ptr - parts.full.ptr);
    }

    std::string text_;
    std::size_t bare_ = 0;
    std::size_t domain_ = 0;
};

/// Your number for a session of a router. It is not used again after its session is gone.
using session_id = std::uint64_t;

/// Who sees whom (RFC 6121 section 2.1.2.5).
enum class subscription : std::int32_t {
    none = TERCET_SUBSCRIPTION_NONE, ///< Neither sees the other.
    to = TERCET_SUBSCRIPTION_TO,     ///< The user sees the contact.
    from = TERCET_SUBSCRIPTION_FROM, ///< The contact sees the user.
    both = TERCET_SUBSCRIPTION_BOTH, ///< Each sees the other.
};

/// What peers can make a router remember. See `TERCET_ROUTER_LIMIT_...`.
enum class router_limit : std::int32_t {
    parked = TERCET_ROUTER_LIMIT_PARKED,                 ///< Stanzas that wait for the database.
    directed = TERCET_ROUTER_LIMIT_DIRECTED,             ///< Addresses outside the roster sent presence by one session.
    items = TERCET_ROUTER_LIMIT_ITEMS,                   ///< Contacts in a roster.
    roster_bytes = TERCET_ROUTER_LIMIT_ROSTER_BYTES,     ///< Octets of a roster as it is written, about.
    presence_bytes = TERCET_ROUTER_LIMIT_PRESENCE_BYTES, ///< Octets of presence that is kept to be shown.
    pending = TERCET_ROUTER_LIMIT_PENDING,               ///< Open requests for one user's presence.
    pending_bytes = TERCET_ROUTER_LIMIT_PENDING_BYTES,   ///< Octets of an open request.
    parked_bytes = TERCET_ROUTER_LIMIT_PARKED_BYTES,     ///< Octets of the stanzas that wait for the database.
};

/// What a router asks for: see `TERCET_ACTION_...`, where each is told in full.
enum class action_kind : std::int32_t {
    none = 0,                                      ///< Nothing.
    deliver = TERCET_ACTION_DELIVER,               ///< Send a stanza to a session.
    save_item = TERCET_ACTION_SAVE_ITEM,           ///< Store an item of a user's roster.
    remove_item = TERCET_ACTION_REMOVE_ITEM,       ///< Delete a contact from a user's roster.
    save_pending = TERCET_ACTION_SAVE_PENDING,     ///< Store a request for a user's presence.
    remove_pending = TERCET_ACTION_REMOVE_PENDING, ///< Delete a request for a user's presence.
    load_roster = TERCET_ACTION_LOAD_ROSTER,       ///< The roster of a user who has no session is wanted.
    store_offline = TERCET_ACTION_STORE_OFFLINE,   ///< Keep a message for a user who cannot be reached.
    load_offline = TERCET_ACTION_LOAD_OFFLINE,     ///< The messages kept for a user are wanted.
};

/// One contact in a roster (RFC 6121 section 2.1.2). Its texts are borrowed: from whoever made it, or from the action
/// that shows it.
struct roster_item {
    /// The contact's bare address.
    std::string_view contact;
    /// What the user calls the contact; nothing where it has no name.
    std::optional<std::string_view> name = std::nullopt;
    /// Who sees whom.
    tercet::subscription subscription = tercet::subscription::none;
    /// The user asked to see the contact and awaits an answer.
    bool ask = false;
    /// The user approved a request that has not come yet (RFC 6121 section 3.4).
    bool approved = false;
    /// The groups that the user put the contact in.
    std::vector<std::string_view> groups = {};
};

/// What your database says of one user: contacts, and requests that await the user's answer. To be filled, then to be
/// moved into router::attach or router::answer_roster.
class roster {
public:
    /// An empty one.
    roster()
    {
        tercet_roster *made;
        detail::check(tercet_roster_new(&made));
        handle_.reset(made);
    }

    /// Adds a contact, or replaces the one with the same address: copied. An empty name counts as none. Throws
    /// `TERCET_ERR_UTF8`; `TERCET_ERR_JID` for a contact that is not a bare address; `TERCET_ERR_WRITE` for a name or
    /// group that XML cannot hold. The roster is as it was then.
    void put(const roster_item &item)
    {
        std::vector<tercet_str> groups;
        for (const std::string_view group : item.groups)
            groups.push_back(detail::to_c(group));
        tercet_roster_item native = {};
        native.contact = detail::to_c(item.contact);
        native.name = detail::to_c(item.name);
        native.subscription = static_cast<std::int32_t>(item.subscription);
        native.flags = (item.ask ? std::uint32_t{TERCET_ITEM_ASK} : 0) | (item.approved ? TERCET_ITEM_APPROVED : 0);
        native.groups = groups.data();
        native.group_count = groups.size();
        detail::check(tercet_roster_put(this->native(), &native));
    }

    /// Adds a request for the user's presence that awaits the user's answer: who asked, and the stanza as
    /// action_kind::save_pending gave it. Copied. The first request of a contact is kept. Throws `TERCET_ERR_UTF8`,
    /// `TERCET_ERR_JID`; `TERCET_ERR_WRITE` for a stanza that is not one whole element. The roster is as it was then.
    void put_pending(std::string_view contact, std::string_view stanza)
    {
        detail::check(tercet_roster_put_pending(native(), detail::to_c(contact), detail::to_c(stanza)));
    }

    /// For calls to tercet.h. It stays the object's.
    tercet_roster *native() const noexcept { return handle_.get(); }

private:
    detail::handle<tercet_roster, tercet_roster_free> handle_;
};

/// One thing to do. The order of actions is part of their meaning. What an action does not speak of is empty, or 0.
/// Kinds that are not in tercet::action_kind may come from a younger library: let them pass.
///
/// All texts are borrowed until the next call of router::poll or router::drive, or the router's end.
class action {
public:
    /// Nothing to do.
    action() noexcept = default;

    /// The action of a call to tercet.h.
    explicit action(const tercet_action &native) noexcept : native_(native) {}

    /// What is to be done.
    action_kind kind() const noexcept { return static_cast<action_kind>(native_.kind); }

    /// To which session.
    session_id session() const noexcept { return native_.session; }

    /// The number under which a request is answered.
    tercet::token token() const noexcept { return native_.token; }

    /// Whose roster, requests or messages: a bare address.
    std::string_view user() const noexcept { return detail::present(native_.user); }

    /// The other side: a bare address.
    std::string_view contact() const noexcept { return detail::present(native_.contact); }

    /// The octets of a stanza.
    std::string_view stanza() const noexcept { return detail::present(native_.stanza); }

    /// A contact in the roster of user().
    roster_item item() const
    {
        const tercet_roster_item &from = native_.item;
        roster_item item;
        item.contact = detail::present(from.contact);
        item.name = detail::maybe(from.name);
        item.subscription = static_cast<subscription>(from.subscription);
        item.ask = (from.flags & TERCET_ITEM_ASK) != 0;
        item.approved = (from.flags & TERCET_ITEM_APPROVED) != 0;
        for (std::size_t at = 0; at < from.group_count; ++at)
            item.groups.push_back(detail::present(from.groups[at]));
        return item;
    }

    /// For calls to tercet.h.
    const tercet_action &native() const noexcept { return native_; }

private:
    friend class router;
    tercet_action native_ = {};
};

/// A message that waited for its receiver. Its texts are borrowed from whoever made it.
struct offline_message {
    /// When it was stored, as XEP-0082 writes a time: `2026-01-31T23:59:59Z`.
    std::string_view stamp;
    /// The message as action_kind::store_offline gave it.
    std::string_view stanza;
};

class router;

/// Functions of yours, to be called from inside router::drive. Those that are left empty let their action pass, except
/// where it says otherwise.
///
/// The router and the action are borrowed for the call. From inside, everything may be called on the router but drive,
/// poll and attach, which throw `TERCET_ERR_BUSY`. What such a call leaves to be done is done by the same `drive`.
///
/// An exception that leaves one of them ends the call of `drive`, which throws it on. Its action counts as carried out;
/// a request that it has not answered is answered as if it were empty.
struct store {
    /// A function for an action.
    using on_action = std::function<void(router &, const action &)>;

    /// action_kind::deliver. Empty drops the stanza.
    on_action deliver;
    /// action_kind::save_item.
    on_action save_item;
    /// action_kind::remove_item.
    on_action remove_item;
    /// action_kind::save_pending.
    on_action save_pending;
    /// action_kind::remove_pending.
    on_action remove_pending;
    /// action_kind::load_roster. Empty answers that there is no such account.
    on_action load_roster;
    /// action_kind::store_offline. Empty refuses.
    on_action store_offline;
    /// action_kind::load_offline. Empty answers that there are none.
    on_action load_offline;
};

/// The sessions of one domain, and what passes between them: presence, rosters, subscriptions, messages, requests (RFC
/// 6121). It knows no connection: a session is a number of yours.
///
/// handle() takes in what a session's client sent; what comes of it is a list of actions, to be carried out in order:
/// pulled by poll(), or handed to functions by drive(). Some of them ask for something from your database, and are
/// answered under their token, at once or later.
///
/// It may be moved and destroyed, also by one of the functions that drive() calls, as a connection.
class router : public detail::driven<router, tercet_router, tercet_router_free> {
public:
    /// A router for the users of `domain`. Throws `TERCET_ERR_UTF8`, `TERCET_ERR_JID`.
    explicit router(std::string_view domain) : driven(made(domain)) {}

    /// Sets one limit on what peers can make the router remember from now on. What is beyond it already stays.
    void set_limit(router_limit which, std::size_t value)
    {
        detail::check(tercet_router_set_limit(native(), static_cast<std::int32_t>(which), value));
    }

    /// Adds a session that has bound the full address `full`, of a user whose roster is here or who has none.
    ///
    /// Throws `TERCET_ERR_BUSY`, `TERCET_ERR_UTF8`; `TERCET_ERR_JID` for an address that is not a full one of a user on
    /// the router's domain; `TERCET_ERR_IN_USE` where the number is that of a session, or the address is bound.
    void attach(session_id session, std::string_view full)
    {
        detail::check(tercet_router_attach(native(), session, detail::to_c(full), nullptr));
    }

    /// As above, with the user's roster, which is empty afterwards unless it throws. It counts only for the user's
    /// first session: ask has_roster() before looking it up, and carry out all actions before that.
    void attach(session_id session, std::string_view full, roster &&from)
    {
        detail::check(tercet_router_attach(native(), session, detail::to_c(full), from.native()));
    }

    /// Whether the roster of `user`, a bare address, is here: then it is current, and the database need not be asked.
    bool has_roster(std::string_view user) const noexcept
    {
        return tercet_router_has_roster(native(), detail::to_c(user));
    }

    /// Notes the language of a session's stream, `xml:lang` of its header: stanzas that name none are in this one (RFC
    /// 6120 section 8.1.5). False where there is no such session. What is no language tag, as a client's header may
    /// hold, is `TERCET_ERR_ARGUMENT`.
    bool set_lang(session_id session, std::string_view lang)
    {
        return detail::found(tercet_router_set_lang(native(), session, detail::to_c(lang)));
    }

    /// Takes in a stanza that the client of a session sent, lent by any handle. It is not kept. Its `from` counts for
    /// nothing: it goes on with the session's own address. What is neither message, presence nor iq is dropped.
    ///
    /// False where there is no such session; the stanza is dropped then. Throws `TERCET_ERR_STALE`;
    /// `TERCET_ERR_ARGUMENT` where it is no stanza.
    bool handle(session_id session, const stanza &sent)
    {
        return detail::found(tercet_router_handle(native(), session, sent.root().native()));
    }

    /// Removes a session. Whoever was told that it is there is told that it is gone. False where there is no such
    /// session.
    bool detach(session_id session) { return detail::found(tercet_router_detach(native(), session)); }

    /// The session that bound the full address `full`; nothing where there is none. Throws `TERCET_ERR_UTF8`,
    /// `TERCET_ERR_JID`.
    std::optional<session_id> find(std::string_view full) const
    {
        session_id session;
        const bool found = detail::found(tercet_router_find(native(), detail::to_c(full), &session));
        return found ? std::optional(session) : std::nullopt;
    }

    /// The sessions of `user`, a bare address, in the order in which they came. Throws `TERCET_ERR_UTF8`,
    /// `TERCET_ERR_JID`.
    std::vector<session_id> sessions(std::string_view user) const
    {
        std::vector<session_id> all(4);
        for (;;) {
            std::size_t count;
            detail::check(tercet_router_sessions(native(), detail::to_c(user), all.data(), all.size(), &count));
            const bool whole = count <= all.size();
            all.resize(count);
            if (whole)
                return all;
        }
    }

    /// About how many octets of memory are in use, the handle included: sessions, rosters, presence, what waits. A walk
    /// over all of it: to be asked now and then.
    std::size_t memory() const noexcept { return tercet_router_memory(native()); }

    /// The next thing to do; nothing where there is none. The one before it is forgotten, and counts as carried out. To
    /// be called until there is none, after each call that may leave something to do: attach, handle, detach, and
    /// answers. Throws `TERCET_ERR_BUSY`.
    std::optional<action> poll()
    {
        std::optional<action> next(std::in_place);
        if (!detail::found(tercet_router_poll(native(), &next->native_)))
            next.reset();
        return next;
    }

    /// Hands each thing to do to a function of yours. To be called when poll() would be.
    ///
    /// False where one of them asked for a pause: call again to go on. Throws what one of them threw, and
    /// `TERCET_ERR_BUSY`.
    bool drive(const store &with);

    /// From inside a function of the store: drive() shall return after it. Does nothing elsewhere.
    void pause() noexcept
    {
        if (running() != nullptr)
            running()->pause = true;
    }

    /// Answers a request of the router's by answer::no_account, answer::stored or answer::refused. What comes of it is
    /// given by poll() and drive(), here and below.
    ///
    /// Throws, here and below, `TERCET_ERR_STALE` where `to` was answered, or what was asked for is no longer wanted;
    /// `TERCET_ERR_ARGUMENT` where the answer does not fit the request, which stays open.
    void answer(tercet::token to, tercet::answer with)
    {
        detail::check(tercet_router_answer(native(), to, static_cast<std::int32_t>(with)));
    }

    /// Answers action_kind::load_roster. The roster is empty afterwards unless it throws.
    void answer_roster(tercet::token to, roster &&from)
    {
        detail::check(tercet_router_answer_roster(native(), to, from.native()));
    }

    /// Answers action_kind::load_offline, the oldest first: copied. Throws also `TERCET_ERR_UTF8`; `TERCET_ERR_WRITE`
    /// for a message that is not one whole element, or a time that XML cannot hold.
    void answer_messages(tercet::token to, const std::vector<offline_message> &messages)
    {
        std::vector<tercet_offline_message> list;
        for (const offline_message &message : messages)
            list.push_back({detail::to_c(message.stamp), detail::to_c(message.stanza)});
        detail::check(tercet_router_answer_messages(native(), to, list.data(), list.size()));
    }

private:
    static tercet_router *made(std::string_view domain)
    {
        tercet_router *made;
        detail::check(tercet_router_new(detail::to_c(domain), &made));
        return made;
    }

    struct driving_call : call {
        driving_call(router &owner, const store &from) : call(owner), with(from) {}
        const store &with;
    };

    // What C calls for an action.
    template <store::on_action store::*Function>
    static tercet_result on_action(void *user, tercet_router *, const tercet_action *native) noexcept
    {
        auto &driving = *static_cast<driving_call *>(user);
        if (!driving.run([&](router &owner) { (driving.with.*Function)(owner, action(*native)); }))
            return TERCET_ERR_CALLBACK;
        return driving.pause ? TERCET_PAUSE : TERCET_OK;
    }

    // The function for C, where there is one of the user's for it to call.
    template <store::on_action store::*Function>
    static tercet_on_action entry(const store &with) noexcept
    {
        return with.*Function ? &on_action<Function> : nullptr;
    }
};

inline bool router::drive(const store &with)
{
    tercet_store table = {};
    table.struct_size = sizeof table;
    table.deliver = entry<&store::deliver>(with);
    table.save_item = entry<&store::save_item>(with);
    table.remove_item = entry<&store::remove_item>(with);
    table.save_pending = entry<&store::save_pending>(with);
    table.remove_pending = entry<&store::remove_pending>(with);
    table.load_roster = entry<&store::load_roster>(with);
    table.store_offline = entry<&store::store_offline>(with);
    table.load_offline = entry<&store::load_offline>(with);

    driving_call driving(*this, with);
    const tercet_result result = tercet_router_drive(native(), &table, &driving);
    return driving.settle() == nullptr || detail::found(result);
}

/// What a server stores instead of `password`: SCRAM keys for `mechanism`, such as `SCRAM-SHA-256`, with a fresh salt.
/// It takes milliseconds of work. Throws `TERCET_ERR_UTF8`, `TERCET_ERR_ARGUMENT` for an unknown mechanism,
/// `TERCET_ERR_PASSWORD`, `TERCET_ERR_RANDOM`.
inline std::string derive_keys(std::string_view mechanism, std::string_view password)
{
    char keys[TERCET_KEYS_BYTES];
    std::size_t size;
    detail::check(tercet_keys_derive(detail::to_c(mechanism), detail::to_c(password), keys, sizeof keys, &size));
    return std::string(keys, keys + size);
}

/// The number of a well-known namespace, `TERCET_NS_...`; `TERCET_ID_OTHER` for all others.
inline std::uint32_t ns_id(std::string_view ns) noexcept
{
    return tercet_ns_id(detail::to_c(ns));
}

/// The number of a well-known name, `TERCET_NAME_...`; `TERCET_ID_OTHER` for all others.
inline std::uint32_t name_id(std::string_view name) noexcept
{
    return tercet_name_id(detail::to_c(name));
}

/// The release of the library that is linked, as text. Static.
inline std::string_view version() noexcept
{
    return tercet_version();
}

/// Whether the library that is linked can stand in for the release that this was compiled with: to be called at the
/// start. Throws `TERCET_ERR_UNSUPPORTED` where it cannot.
inline void check_version()
{
    detail::check(tercet_version_check(TERCET_VERSION_NUM));
}

} // namespace tercet

#endif // TERCET_HPP
