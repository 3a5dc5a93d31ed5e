/* What tercet.hpp promises beyond tercet.h: ownership, errors, iteration, and functions that throw. */
#include <algorithm>
#include <array>
#include <iterator>
#include <map>

#include "pair.hpp"

using namespace std::string_view_literals;

namespace {

constexpr std::string_view HEADER = "<stream:stream xmlns='jabber:client' version='1.0' to='example.net' "
                                    "xmlns:stream='http://etherx.jabber.org/streams'>";

template <class Type>
constexpr bool is_handle = !std::is_copy_constructible_v<Type> && !std::is_copy_assignable_v<Type>
                           && std::is_nothrow_move_constructible_v<Type> && std::is_nothrow_move_assignable_v<Type>
                           && std::is_nothrow_destructible_v<Type>;

static_assert(is_handle<tercet::parser>);
static_assert(is_handle<tercet::writer>);
static_assert(is_handle<tercet::client_config>);
static_assert(is_handle<tercet::server_config>);
static_assert(is_handle<tercet::connection>);
static_assert(is_handle<tercet::owned_stanza>);
static_assert(is_handle<tercet::roster>);
static_assert(is_handle<tercet::router>);
static_assert(std::is_nothrow_copy_constructible_v<tercet::error>, "what is thrown must be copied in peace");
static_assert(std::is_nothrow_copy_constructible_v<tercet::stanza>);
static_assert(std::is_trivially_copyable_v<tercet::element>);
static_assert(!std::is_convertible_v<std::string_view, tercet::parser>);
static_assert(!std::is_convertible_v<std::vector<int>, tercet::bytes>, "an int is no octet");
static_assert(std::is_convertible_v<std::string, tercet::bytes>);
static_assert(std::is_convertible_v<std::array<std::byte, 3>, tercet::bytes>);
static_assert(std::is_convertible_v<std::vector<std::uint8_t>, tercet::bytes>);

/* A parser that was given the header of a stream and has shown it. */
tercet::parser in_stream()
{
    tercet::parser parser(tercet::limits::server);
    parser.recv(HEADER);
    const auto header = parser.next();
    CHECK(header && header->kind() == tercet::unit::header && header->to() == "example.net");
    return parser;
}

tercet::stanza only(tercet::parser &parser, std::string_view text)
{
    parser.recv(text);
    const auto unit = parser.next();
    CHECK(unit);
    return *unit;
}

void versions_fit()
{
    tercet::check_version();
    CHECK(tercet::version() == tercet_version());
    CHECK(!tercet::version().empty());
}

void handles_are_moved()
{
    tercet::parser first = in_stream();
    const tercet_parser *native = first.native();
    tercet::parser second(std::move(first));
    CHECK(second.native() == native);
    CHECK(ERROR_OF(first.next()).code() == TERCET_ERR_NULL);
    first = tercet::parser(tercet::limits::client);
    first.recv(HEADER);
    CHECK(first.next()->kind() == tercet::unit::header);
    second = std::move(first);
    CHECK(second.native() != native);

    tercet::writer draft;
    draft.open("a");
    tercet::writer taken(std::move(draft));
    CHECK(taken.close().written() == "<a/>"sv);
    CHECK(ERROR_OF(draft.open("a").written()).code() == TERCET_ERR_NULL);

    tercet::connection conn(tercet::server_config("example.net"));
    tercet::connection other(std::move(conn));
    CHECK(conn.is_over() && !other.is_over());
    CHECK(ERROR_OF(conn.poll()).code() == TERCET_ERR_NULL);
    CHECK(ERROR_OF(conn.drive({})).code() == TERCET_ERR_NULL);
    CHECK(!conn.deadline() && !conn.jid());
    conn = std::move(other);
    CHECK(!conn.poll());
}

void nothing_yet_is_no_error()
{
    tercet::parser parser(tercet::limits::server);
    CHECK(!parser.next());
    for (const char octet : HEADER.substr(0, HEADER.size() - 1)) {
        parser.recv(tercet::bytes(&octet, 1));
        CHECK(!parser.next());
    }
    const tercet::room room = parser.recv_buffer(1);
    CHECK(room.size >= 1);
    room.data[0] = '>';
    parser.commit(1);
    CHECK(parser.next()->kind() == tercet::unit::header);
    CHECK(!parser.next());
}

void faults_are_told()
{
    tercet::parser parser = in_stream();
    parser.recv("<message><!--"sv);
    const tercet::error error = ERROR_OF(parser.next());
    CHECK(error.code() == TERCET_ERR_SYNTAX && error.is_fatal());
    CHECK(error.condition() == "restricted-xml");
    CHECK(error.offset() && *error.offset() >= HEADER.size() + 9 && *error.offset() < HEADER.size() + 13);
    CHECK(std::string_view(error.what()) != "" && std::string_view(error.what()) != tercet_result_str(error.code()));
    CHECK(ERROR_OF(parser.next()).code() == TERCET_ERR_SYNTAX);

    tercet::parser cut = in_stream();
    CHECK(ERROR_OF(cut.eof()).code() == TERCET_ERR_TRUNCATED);

    const tercet::error usage = ERROR_OF(tercet::client_config("@example.net", "secret"));
    CHECK(usage.code() == TERCET_ERR_JID && !usage.is_fatal());
    CHECK(usage.condition().empty() && !usage.offset());
    CHECK(usage.what() == std::string_view(tercet_result_str(TERCET_ERR_JID)));
    CHECK(ERROR_OF(tercet::parser(static_cast<tercet::limits>(99))).code() == TERCET_ERR_ARGUMENT);
    CHECK(ERROR_OF(tercet::server_config("example.net").limit(tercet::limit::stanza_bytes, 9999)).code()
          == TERCET_ERR_ARGUMENT);
    CHECK(ERROR_OF(tercet::derive_keys("SCRAM-MD5", "jul13t")).code() == TERCET_ERR_ARGUMENT);
}

void absent_is_not_empty()
{
    tercet::parser parser = in_stream();
    const tercet::stanza stanza = only(parser, "<message from='' id='&lt;1&gt;'><body/></message>");
    CHECK(stanza.kind() == tercet::unit::message);
    CHECK(stanza.from() == ""sv && !stanza.to() && !stanza.type() && !stanza.lang());
    CHECK(stanza.id() == "<1>");
    CHECK(stanza.name() == "message" && stanza.ns() == "jabber:client");
    const tercet::element root = stanza.root();
    CHECK(root.attr("from") == ""sv && !root.attr("to"));
    CHECK(!root.prefix() && root.raw() == stanza.raw());
    CHECK(root.child("body") && root.child("body")->text().empty() && !root.child("subject"));
    CHECK(root.child("body")->text().data() != nullptr);
    CHECK(root.child("jabber:client", "body")->is("jabber:client", "body"));
    CHECK(!root.child("jabber:server", "body"));
    // An empty std::string_view need not have an address, and is a text all the same: here, no namespace.
    CHECK(!root.child(std::string_view(), "body"));
    tercet::writer draft;
    draft.open(std::string_view(), "a").attr("b", std::string_view()).attr("c", std::nullopt).lang(std::nullopt);
    draft.close();
    CHECK(draft.written() == "<a xmlns=\"\" b=\"\"/>"sv || draft.written() == "<a xmlns='' b=''/>"sv);
}

void children_and_attributes_are_walked_along()
{
    tercet::parser parser = in_stream();
    const tercet::stanza stanza =
        only(parser, "<message a='1' xmlns:x='urn:x' x:b='&amp;'>one<body>two</body><x:y/>th&#114;ee</message>");
    std::string seen;
    for (const tercet::node &node : stanza.root().children()) {
        if (const auto text = node.text())
            seen.append("[").append(*text).append("]");
        if (const auto element = node.element())
            seen.append("<").append(element->name()).append(">");
        CHECK(node.text().has_value() != node.element().has_value());
    }
    CHECK(seen == "[one]<body><y>[three]");

    seen.clear();
    for (const tercet::node &node : stanza.root().children())
        seen += node.raw();
    for (const tercet::attribute &attribute : stanza.root().attributes())
        seen.append("|").append(attribute.raw());
    CHECK(seen == "one<body>two</body><x:y/>th&#114;ee|1|&amp;");

    seen.clear();
    for (const tercet::element &element : stanza.root().elements())
        seen.append(element.ns()).append(" ").append(element.name()).append(";");
    CHECK(seen == "jabber:client body;urn:x y;");

    seen.clear();
    for (const tercet::attribute &one : stanza.root().attributes())
        seen.append(one.ns()).append("|").append(one.name()).append("=").append(one.value()).append(";");
    CHECK(seen == "|a=1;urn:x|b=&;");
    CHECK(stanza.root().attr("urn:x", "b") == "&" && !stanza.root().attr("b"));

    const auto elements = stanza.root().elements();
    using iterator = decltype(elements.begin());
    static_assert(std::is_base_of_v<std::input_iterator_tag, std::iterator_traits<iterator>::iterator_category>);
    static_assert(std::is_same_v<iterator, decltype(elements.end())>);
    CHECK(std::distance(elements.begin(), elements.end()) == 2);
    const auto is_y = [](const tercet::element &one) { return one.name() == "y"; };
    const auto found = std::find_if(elements.begin(), elements.end(), is_y);
    CHECK(found != elements.end() && found->is("urn:x", "y"));
    iterator at = elements.begin();
    CHECK((at++)->name() == "body" && at->name() == "y" && at == found && ++at == elements.end());
    CHECK(elements.begin() == elements.begin() && elements.begin() != found);

    const auto nothing = stanza.root().child("body")->elements();
    CHECK(nothing.begin() == nothing.end());
}

void texts_last_as_long_as_is_said()
{
    tercet::parser parser = in_stream();
    std::string input = "<message from='romeo@example.net'><body>O &lt;3</body></message>";
    const tercet::stanza stanza = only(parser, input);
    std::fill(input.begin(), input.end(), '?');
    // Borrowed from the parser, not from what it was given; so are texts that had to be decoded.
    const std::string_view decoded = stanza.root().child("body")->text();
    CHECK(stanza.from() == "romeo@example.net" && decoded == "O <3");
    CHECK(stanza.root().child("body")->text() == decoded);
    // Moving the handle moves none of it.
    tercet::parser moved(std::move(parser));
    CHECK(stanza.from() == "romeo@example.net" && decoded == "O <3" && stanza.root().name() == "message");

    const tercet::element body = *stanza.root().child("body");
    const auto children = stanza.root().children();
    CHECK(!moved.next());
    CHECK(ERROR_OF(body.text()).code() == TERCET_ERR_STALE);
    CHECK(ERROR_OF(body.name()).code() == TERCET_ERR_STALE);
    CHECK(ERROR_OF(body.ns()).code() == TERCET_ERR_STALE);
    CHECK(ERROR_OF(body.raw()).code() == TERCET_ERR_STALE);
    CHECK(ERROR_OF(body.attr("a")).code() == TERCET_ERR_STALE);
    CHECK(ERROR_OF(body.attr("a", "b")).code() == TERCET_ERR_STALE);
    CHECK(ERROR_OF(body.child("a", "b")).code() == TERCET_ERR_STALE);
    CHECK(ERROR_OF(children.begin()).code() == TERCET_ERR_STALE);
    CHECK(ERROR_OF(body.attributes().begin()).code() == TERCET_ERR_STALE);
    CHECK(!body.is("jabber:client", "body"));
    CHECK(ERROR_OF(tercet::element().name()).code() == TERCET_ERR_STALE);
}

void stanzas_are_kept_and_passed_on()
{
    pair both;
    both.log_in();
    std::vector<tercet::owned_stanza> kept;
    both.of_server.stanza = [&](auto &, const tercet::event &event) { kept.emplace_back(event.stanza()); };
    both.client.send(tercet::writer().open("message").attr("to", "x@y").open("body").text("a & b").close().close());
    both.client.send(tercet::writer().open("presence").close());
    both.run();
    CHECK(kept.size() == 2 && kept[1].view().kind() == tercet::unit::presence);
    const tercet::stanza stanza = kept[0].view();
    CHECK(stanza.kind() == tercet::unit::message && stanza.root().child("body")->text() == "a & b");

    std::string came;
    both.of_client.stanza = [&](auto &, const tercet::event &event) {
        came.append(event.stanza().from().value_or("-")).append(">").append(event.stanza().to().value_or("-"));
        came.append(": ").append(event.stanza().root().child("body")->text()).append("\n");
    };
    both.server.forward(stanza, "juliet@example.net", "romeo@example.net");
    tercet::writer draft;
    draft.copy(stanza.root());
    both.server.deliver(draft.written());
    draft.clear();
    draft.open("message").copy(*stanza.root().child("body")).close();
    both.server.send(draft);
    both.run();
    CHECK(came == "juliet@example.net>romeo@example.net: a & b\n->x@y: a & b\n->-: a & b\n");

    CHECK(ERROR_OF(tercet::owned_stanza(tercet::stanza())).code() == TERCET_ERR_NULL);
    CHECK(ERROR_OF(draft.copy(tercet::element()).written()).code() == TERCET_ERR_NULL);
    tercet::parser parser = in_stream();
    const tercet::stanza gone = only(parser, "<message/>");
    CHECK(!parser.next());
    CHECK(ERROR_OF(tercet::owned_stanza(gone)).code() == TERCET_ERR_STALE);
}

void addresses_are_prepared()
{
    const tercet::jid full("Romeo@EXAMPLE.net/Orchard");
    CHECK(full.full() == "romeo@example.net/Orchard" && full.bare() == "romeo@example.net");
    CHECK(full.local() == "romeo" && full.domain() == "example.net" && full.resource() == "Orchard");
    const tercet::jid domain("example.net");
    CHECK(domain.full() == "example.net" && domain.bare() == "example.net" && domain.domain() == "example.net");
    CHECK(!domain.local() && !domain.resource());
    const tercet::jid at_domain("example.net/a@b/c");
    CHECK(!at_domain.local() && at_domain.domain() == "example.net" && at_domain.resource() == "a@b/c");
    CHECK(tercet::jid("romeo", "example.net", std::nullopt).full() == full.bare());
    CHECK(tercet::jid("romeo", "example.net", "Orchard") == full && full != domain);
    CHECK(domain < full && !(full < domain));
    CHECK(ERROR_OF(tercet::jid("@")).code() == TERCET_ERR_JID);
    CHECK(ERROR_OF(tercet::jid("", "example.net", std::nullopt)).code() == TERCET_ERR_JID);
    tercet::jid copy = full;
    CHECK(copy == full && copy.bare().data() != full.bare().data());
}

void names_are_numbers()
{
    tercet::parser parser = in_stream();
    const tercet::stanza stanza = only(parser, "<message to='a@b'><body/><x xmlns='urn:x'/></message>");
    CHECK(stanza.ns_id() == TERCET_NS_CLIENT && stanza.name_id() == TERCET_NAME_MESSAGE);
    CHECK(stanza.root().ns_id() == TERCET_NS_CLIENT && stanza.root().name_id() == TERCET_NAME_MESSAGE);
    CHECK(stanza.root().attr(TERCET_NAME_TO) == "a@b" && !stanza.root().attr(TERCET_NAME_FROM));
    CHECK(stanza.root().child(TERCET_NS_CLIENT, TERCET_NAME_BODY)->name_id() == TERCET_NAME_BODY);
    CHECK(!stanza.root().child(TERCET_NS_CLIENT, TERCET_NAME_SUBJECT));
    CHECK(stanza.root().child("urn:x", "x")->ns_id() == TERCET_ID_OTHER);
    CHECK(tercet::ns_id("jabber:client") == TERCET_NS_CLIENT && tercet::ns_id("urn:x") == TERCET_ID_OTHER);
    CHECK(tercet::name_id("body") == TERCET_NAME_BODY && tercet::name_id("no-such-name") == TERCET_ID_OTHER);
    CHECK(ERROR_OF(stanza.root().attr(TERCET_ID_OTHER)).code() == TERCET_ERR_ARGUMENT);
    CHECK(ERROR_OF(stanza.root().child(TERCET_NS_CLIENT, TERCET_ID_OTHER)).code() == TERCET_ERR_ARGUMENT);
}

void parsers_read_documents_and_begin_anew()
{
    tercet::parser document = tercet::parser::of_document(tercet::limits::none);
    document.recv("<settings><a/></settings>"sv);
    CHECK(document.next()->root().child("", "a"));
    document.eof();

    tercet::parser parser = in_stream();
    parser.recv("<a><<"sv);
    CHECK(ERROR_OF(parser.next()).code() == TERCET_ERR_SYNTAX);
    parser.restart();
    parser.recv(HEADER);
    CHECK(parser.next()->kind() == tercet::unit::header);
}

void drafts_keep_their_first_error()
{
    tercet::writer draft;
    draft.open("message").attr("to", std::string("juliet@example.net")).lang("en").open("body").text("a < b").close();
    draft.open("urn:x", "y").attr("urn:z", "w", "v").close().close();
    CHECK(draft.written().find("a &lt; b") != std::string_view::npos);
    tercet::parser parser = in_stream();
    const tercet::stanza back = only(parser, draft.written());
    CHECK(back.to() == "juliet@example.net" && back.lang() == "en");
    CHECK(back.root().child("urn:x", "y")->attr("urn:z", "w") == "v");

    draft.open("not a name").close();
    CHECK(ERROR_OF(draft.written()).code() == TERCET_ERR_WRITE);
    draft.clear();
    CHECK(draft.open("presence").close().written() == "<presence/>");
    draft.clear();
    draft.open("body").text("\xff").close();
    CHECK(ERROR_OF(draft.written()).code() == TERCET_ERR_UTF8);
}

void a_pair_talks_by_handlers()
{
    pair both;
    std::string said;
    both.of_server.resource = [&](tercet::connection &conn, const tercet::event &event) {
        CHECK(event.chosen() && event.jid() == "romeo@example.net/orchard");
        conn.answer(event.token(), tercet::answer::accept);
        said += "resource;";
    };
    both.of_server.authenticated = [&](auto &, const auto &event) { said.append(event.jid()).append(";"); };
    both.of_client.bound = [&](auto &, const auto &event) { said.append(event.jid()).append(";"); };
    both.log_in();
    CHECK(said == "romeo@example.net;resource;romeo@example.net/orchard;");

    tercet::token asked = 0;
    both.of_server.stanza = [](tercet::connection &conn, const tercet::event &event) {
        CHECK(event.kind() == tercet::event_kind::stanza && event.stanza().kind() == tercet::unit::iq);
        if (event.stanza().root().child("urn:example", "no"))
            conn.reply_error("not-allowed", "no");
        else
            conn.reply_result(tercet::writer().open("urn:example", "yes").close());
    };
    both.of_client.response = [&](auto &, const tercet::event &event) {
        CHECK(event.token() == asked);
        said = std::string(event.stanza().type().value_or("")) + std::string(event.stanza().raw());
    };
    tercet::writer payload;
    asked = both.client.request(tercet::request::get, "example.net", payload.open("urn:example", "ask").close());
    both.run();
    CHECK(said.compare(0, 6, "result") == 0 && said.find("yes") != std::string::npos);
    asked = both.client.request(tercet::request::set, std::nullopt, payload.open("urn:example", "no").close());
    both.run();
    CHECK(said.compare(0, 5, "error") == 0 && said.find("not-allowed") != std::string::npos);

    bool by_peer = false;
    both.of_server.closed = [&](auto &, const tercet::event &event) { by_peer = event.by_peer(); };
    both.client.close();
    both.run();
    CHECK(by_peer && both.client.is_over() && both.server.is_over());
    CHECK(!both.client.last_error() && !both.server.last_error());
}

void a_pair_talks_by_polls()
{
    tercet::connection client(tercet::client_config("romeo@example.net", "jul13t").tls(tercet::tls::disabled));
    tercet::connection server(tercet::server_config("example.net").tls(tercet::tls::disabled));
    const std::vector<std::string> keys = {tercet::derive_keys("SCRAM-SHA-256", "jul13t"),
                                           tercet::derive_keys("SCRAM-SHA-1", "jul13t")};
    const auto now = tercet::clock::time_point(std::chrono::hours(1));
    std::string bound;
    for (int turns = 0; turns < 100 && bound.empty(); ++turns) {
        while (const auto event = client.poll(now)) {
            if (event->kind() == tercet::event_kind::bound)
                bound = event->jid();
        }
        server.recv(client.output());
        client.consume(client.output().size());
        while (const auto event = server.poll(now)) {
            if (event->kind() == tercet::event_kind::credentials)
                server.answer_keys(event->token(), keys);
            if (event->kind() == tercet::event_kind::resource)
                server.answer_resource(event->token(), "balcony");
        }
        const tercet::bytes output = server.output();
        const tercet::room room = client.recv_buffer(output.size() + 1);
        std::copy(output.begin(), output.end(), room.data);
        client.commit(output.size());
        server.consume(output.size());
    }
    CHECK(bound == "romeo@example.net/balcony");
    CHECK(!client.deadline());

    client.send(tercet::writer().open("message").open("body").text("hi").close().close());
    server.recv(client.output());
    CHECK(server.poll(now)->stanza().root().child("body")->text() == "hi");
    server.close("system-shutdown");
    client.recv(server.output());
    const auto ended = client.poll(now);
    CHECK(ended && ended->kind() == tercet::event_kind::stream_error && ended->condition() == "system-shutdown");
}

void deadlines_are_times_of_the_clock()
{
    tercet::connection client(
        tercet::client_config("romeo@example.net", "jul13t").timing(std::chrono::seconds(7), std::chrono::seconds(1)));
    const auto now = tercet::clock::time_point(std::chrono::hours(5));
    CHECK(!client.poll(now));
    CHECK(client.deadline() == now + std::chrono::seconds(7));
    const tercet::error error = ERROR_OF(client.poll(now + std::chrono::seconds(7)));
    CHECK(error.code() == TERCET_ERR_TIMEOUT && error.is_fatal());
    CHECK(client.last_error()->code() == TERCET_ERR_TIMEOUT && client.is_over());
}

struct not_mine : std::exception {
    explicit not_mine(int which) : number(which) {}
    int number;
};

void what_a_handler_throws_is_thrown_on()
{
    pair both;
    both.log_in();
    both.client.send(tercet::writer().open("message").close());
    both.client.send(tercet::writer().open("presence").close());
    both.drive_client();

    int written = 0;
    std::vector<tercet::unit> seen;
    const auto write = both.of_server.write;
    both.of_server.write = [&](tercet::connection &conn, tercet::bytes octets) {
        ++written;
        return write(conn, octets);
    };
    both.of_server.stanza = [&](tercet::connection &conn, const tercet::event &event) {
        seen.push_back(event.stanza().kind());
        conn.send(tercet::writer().open("message").close());
        if (seen.size() == 1)
            throw not_mine(7);
    };
    int caught = 0;
    try {
        both.drive_server();
    } catch (const not_mine &thrown) {
        caught = thrown.number;
    }
    CHECK(caught == 7);
    // None was called after it, and the rest is not lost.
    CHECK(seen.size() == 1 && written == 0);
    CHECK(!both.server.is_over() && !both.server.last_error());
    CHECK(both.server.drive(both.of_server));
    CHECK((seen == std::vector<tercet::unit>{tercet::unit::message, tercet::unit::presence}));
    CHECK(written == 1 && both.to_client.find("<message") != std::string::npos);

    both.of_server.write = [](tercet::connection &, tercet::bytes) -> std::size_t { throw not_mine(8); };
    both.server.send(tercet::writer().open("message").close());
    caught = 0;
    try {
        both.drive_server();
    } catch (const not_mine &thrown) {
        caught = thrown.number;
    }
    CHECK(caught == 8 && !both.server.output().empty());

    // An error of the library's own in a handler goes the same way.
    both.of_server.stanza = [](tercet::connection &conn, auto &) { conn.answer(99, tercet::answer::accept); };
    both.client.send(tercet::writer().open("message").close());
    both.drive_client();
    CHECK(ERROR_OF(both.drive_server()).code() == TERCET_ERR_STALE);
}

void handlers_ask_for_a_pause()
{
    pair both;
    both.log_in();
    int seen = 0;
    both.of_server.stanza = [&](tercet::connection &conn, const tercet::event &) {
        if (++seen == 1)
            conn.pause();
    };
    both.server.pause();
    CHECK(both.server.drive(both.of_server));
    both.client.send(tercet::writer().open("message").close());
    both.client.send(tercet::writer().open("message").close());
    both.drive_client();
    CHECK(!both.drive_server() && seen == 1);
    CHECK(both.server.drive(both.of_server) && seen == 2);
    // From where there is nothing to answer, too.
    const auto write = both.of_server.write;
    both.of_server.write = [&](tercet::connection &conn, tercet::bytes octets) {
        conn.pause();
        return write(conn, octets);
    };
    both.server.send(tercet::writer().open("message").close());
    CHECK(!both.server.drive(both.of_server));
}

void what_must_not_be_called_from_inside_is_refused()
{
    pair both;
    int refused = 0;
    both.of_client.opened = [&](tercet::connection &conn, const tercet::event &) {
        refused += ERROR_OF(conn.recv("x"sv)).code() == TERCET_ERR_BUSY;
        refused += ERROR_OF(conn.poll()).code() == TERCET_ERR_BUSY;
        refused += ERROR_OF(conn.output()).code() == TERCET_ERR_BUSY;
        refused += ERROR_OF(conn.consume(1)).code() == TERCET_ERR_BUSY;
        refused += ERROR_OF(conn.eof()).code() == TERCET_ERR_BUSY;
        refused += ERROR_OF(conn.drive({})).code() == TERCET_ERR_BUSY;
    };
    both.log_in();
    CHECK(refused > 0 && refused % 6 == 0);
}

void handlers_may_end_their_connection()
{
    pair both;
    both.log_in();
    auto server = std::make_unique<tercet::connection>(std::move(both.server));
    int seen = 0;
    tercet::handlers with;
    with.write = [&](auto &, tercet::bytes octets) { return octets.size(); };
    with.stanza = [&](tercet::connection &conn, const tercet::event &event) {
        ++seen;
        conn.send(tercet::writer().open("message").close());
        server.reset();
        // The event is borrowed for the call, whatever becomes of the connection.
        CHECK(event.stanza().name() == "message" && event.stanza().root().raw() == "<message/>");
    };
    both.client.send(tercet::writer().open("message").close());
    both.client.send(tercet::writer().open("message").close());
    both.drive_client();
    CHECK(server->drive(with, both.to_server));
    CHECK(seen == 1 && !server);

    // The same, and then an exception.
    pair again;
    again.log_in();
    server = std::make_unique<tercet::connection>(std::move(again.server));
    with.stanza = [&](auto &, auto &) {
        server.reset();
        throw not_mine(9);
    };
    again.client.send(tercet::writer().open("message").close());
    again.drive_client();
    int caught = 0;
    try {
        server->drive(with, again.to_server);
    } catch (const not_mine &thrown) {
        caught = thrown.number;
    }
    CHECK(caught == 9 && !server);
}

void handlers_may_move_their_connection()
{
    pair both;
    both.log_in();
    tercet::connection elsewhere(tercet::server_config("example.net"));
    int seen = 0;
    both.of_server.stanza = [&](tercet::connection &conn, const tercet::event &) {
        CHECK(&conn == (seen == 0 ? &both.server : &elsewhere));
        if (seen++ == 0)
            elsewhere = std::move(conn);
    };
    both.client.send(tercet::writer().open("message").close());
    both.client.send(tercet::writer().open("message").close());
    both.drive_client();
    CHECK(both.drive_server());
    CHECK(seen == 2 && both.server.native() == nullptr && elsewhere.jid() == "romeo@example.net/orchard");
    both.client.close();
    both.drive_client();
    elsewhere.drive(both.of_server, both.to_server);
    CHECK(elsewhere.is_over());
}

void a_log_is_kept()
{
    pair both;
    std::string lines;
    both.of_server.log = [&](tercet::connection &conn, tercet::log_level level, std::string_view line) {
        CHECK(&conn == &both.server);
        if (level >= tercet::log_level::info)
            lines.append(line).append("\n");
    };
    both.log_in();
    CHECK(lines.find("romeo@example.net/orchard") != std::string::npos && lines.find("jul13t") == std::string::npos);

    both.of_server.log = [&](auto &, auto, auto) { throw not_mine(10); };
    int stanzas = 0;
    both.of_server.stanza = [&](auto &, auto &) { ++stanzas; };
    both.client.send(tercet::writer().open("message").close());
    both.drive_client();
    int caught = 0;
    try {
        both.drive_server();
    } catch (const not_mine &thrown) {
        caught = thrown.number;
    }
    CHECK(caught == 10 && stanzas == 0);
}

void memory_is_counted_and_given_back()
{
    pair both;
    both.log_in();
    both.client.send(tercet::writer().open("message").open("body").text(std::string(9000, 'x')).close().close());
    both.run();
    const std::size_t before = both.server.memory();
    both.server.shrink();
    CHECK(both.server.memory() > 0 && both.server.memory() < before);

    tercet::parser parser = in_stream();
    only(parser, "<message><body>" + std::string(9000, 'x') + "</body></message>");
    const std::size_t full = parser.memory();
    parser.shrink();
    CHECK(parser.memory() > 0 && parser.memory() < full);
    CHECK(tercet::writer().memory() > 0);
    CHECK(tercet::owned_stanza(only(parser, "<presence/>")).memory() > 0);
    CHECK(tercet::router("example.net").memory() > 0);
}

/* A login with TLS, as far as the engine is told, and with channel binding on both sides. */
void bind(pair &both, const std::vector<std::uint8_t> &seen_by_client, const std::vector<std::uint8_t> &seen_by_server)
{
    both.client = tercet::connection(
        tercet::client_config("romeo@example.net/orchard", "jul13t").allow_scram_sha1(false).lang("it"));
    both.server = tercet::connection(
        tercet::server_config("example.net").mechanisms({"SCRAM-SHA-256"}).allow_whitespace_after_starttls());
    both.of_client.start_tls = [](tercet::connection &conn, const tercet::event &) { conn.secured(); };
    both.of_client.channel_binding = [=](tercet::connection &, tercet::binding kind) {
        const bool exporter = kind == tercet::binding::tls_exporter;
        return exporter ? std::optional(seen_by_client) : std::nullopt;
    };
    both.of_server.start_tls = [=](tercet::connection &conn, const tercet::event &) {
        conn.set_binding(tercet::binding::tls_exporter, seen_by_server);
        conn.secured();
    };
    both.run();
}

void logins_are_bound_to_their_channel()
{
    const std::vector<std::uint8_t> ours(32, 1), theirs(32, 2), more(65, 3);
    pair both;
    std::string lang, heard;
    both.of_server.opened = [&](auto &, const tercet::event &event) { lang = event.stanza().lang().value_or("none"); };
    const auto write = both.of_server.write;
    both.of_server.write = [&](tercet::connection &conn, tercet::bytes octets) {
        heard.append(octets.begin(), octets.end());
        return write(conn, octets);
    };
    bind(both, ours, ours);
    CHECK(both.client.jid() == "romeo@example.net/orchard" && lang == "it");
    CHECK(heard.find("SCRAM-SHA-256-PLUS") != std::string::npos && heard.find("SCRAM-SHA-1") == std::string::npos);
    CHECK(ERROR_OF(both.client.set_binding(tercet::binding::tls_exporter, ours)).code() == TERCET_ERR_NOT_AWAITING_TLS);

    pair apart;
    CHECK(ERROR_OF(bind(apart, ours, theirs)).code() == TERCET_ERR_PROTOCOL);
    CHECK(ERROR_OF(apart.drive_client()).code() == TERCET_ERR_LOGIN);
    pair too_long;
    CHECK(ERROR_OF(bind(too_long, more, ours)).code() == TERCET_ERR_ARGUMENT);
    CHECK(ERROR_OF(tercet::server_config("example.net").mechanisms({"LOGIN"})).code() == TERCET_ERR_ARGUMENT);
}

void events_reach_the_function_of_their_name()
{
    using tercet::event_kind;
    std::map<event_kind, int> seen;
    const auto watch = [&](tercet::handlers::on_event &handler, event_kind kind) {
        handler = [&seen, kind, then = handler](tercet::connection &conn, const tercet::event &event) {
            CHECK(event.kind() == kind);
            ++seen[kind];
            if (then)
                then(conn, event);
        };
    };
    pair both;
    both.of_server.resource = [](tercet::connection &conn, const tercet::event &event) {
        conn.answer(event.token(), tercet::answer::accept);
    };
    both.of_server.stanza = [](tercet::connection &conn, const tercet::event &event) {
        if (event.stanza().type() != "result")
            conn.reply_result();
    };
    for (tercet::handlers *handlers : {&both.of_client, &both.of_server}) {
        watch(handlers->opened, event_kind::opened);
        watch(handlers->authenticated, event_kind::authenticated);
        watch(handlers->bound, event_kind::bound);
        watch(handlers->stanza, event_kind::stanza);
        watch(handlers->response, event_kind::response);
        watch(handlers->roster_push, event_kind::roster_push);
        watch(handlers->stream_error, event_kind::stream_error);
        watch(handlers->closed, event_kind::closed);
        watch(handlers->refused, event_kind::refused);
    }
    watch(both.of_server.credentials, event_kind::credentials);
    watch(both.of_server.resource, event_kind::resource);
    both.log_in();
    tercet::writer draft;
    both.client.request(tercet::request::get, std::nullopt, draft.open("urn:example", "ask").close());
    draft.open("iq").attr("type", "set").attr("id", "push").open("jabber:iq:roster", "query");
    draft.open("jabber:iq:roster", "item").attr("jid", "juliet@example.net").close().close().close();
    both.server.send(draft);
    both.run();
    both.server.close("reset");
    both.run();
    // The request, and what the client says to the push.
    CHECK(seen[event_kind::stanza] == 2);
    for (const event_kind kind : {event_kind::opened, event_kind::credentials, event_kind::authenticated,
                                  event_kind::resource, event_kind::bound, event_kind::response,
                                  event_kind::roster_push, event_kind::stream_error, event_kind::closed})
        CHECK(seen[kind] > 0);
}

void the_end_of_the_transport_is_told()
{
    pair both;
    both.log_in();
    const tercet::error error = ERROR_OF(both.client.eof());
    CHECK(error.code() == TERCET_ERR_DISCONNECTED && both.client.is_over());

    both.to_server = "<not-closed><<";
    const tercet::error fault = ERROR_OF(both.drive_server());
    CHECK(fault.is_fatal() && !fault.condition().empty() && std::string_view(fault.what()) != "");
    // What the peer is to be told has been written.
    CHECK(both.to_client.find(fault.condition()) != std::string::npos);
}

constexpr test TESTS[] = {
    {"versions_fit", versions_fit},
    {"handles_are_moved", handles_are_moved},
    {"nothing_yet_is_no_error", nothing_yet_is_no_error},
    {"faults_are_told", faults_are_told},
    {"absent_is_not_empty", absent_is_not_empty},
    {"children_and_attributes_are_walked_along", children_and_attributes_are_walked_along},
    {"texts_last_as_long_as_is_said", texts_last_as_long_as_is_said},
    {"stanzas_are_kept_and_passed_on", stanzas_are_kept_and_passed_on},
    {"addresses_are_prepared", addresses_are_prepared},
    {"names_are_numbers", names_are_numbers},
    {"parsers_read_documents_and_begin_anew", parsers_read_documents_and_begin_anew},
    {"drafts_keep_their_first_error", drafts_keep_their_first_error},
    {"a_pair_talks_by_handlers", a_pair_talks_by_handlers},
    {"a_pair_talks_by_polls", a_pair_talks_by_polls},
    {"deadlines_are_times_of_the_clock", deadlines_are_times_of_the_clock},
    {"what_a_handler_throws_is_thrown_on", what_a_handler_throws_is_thrown_on},
    {"handlers_ask_for_a_pause", handlers_ask_for_a_pause},
    {"what_must_not_be_called_from_inside_is_refused", what_must_not_be_called_from_inside_is_refused},
    {"handlers_may_end_their_connection", handlers_may_end_their_connection},
    {"handlers_may_move_their_connection", handlers_may_move_their_connection},
    {"a_log_is_kept", a_log_is_kept},
    {"memory_is_counted_and_given_back", memory_is_counted_and_given_back},
    {"logins_are_bound_to_their_channel", logins_are_bound_to_their_channel},
    {"events_reach_the_function_of_their_name", events_reach_the_function_of_their_name},
    {"the_end_of_the_transport_is_told", the_end_of_the_transport_is_told},
};

} // namespace

int main()
{
    return run_all(TESTS);
}
