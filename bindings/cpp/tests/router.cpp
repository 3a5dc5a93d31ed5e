/* A router behind tercet.hpp: sessions, stanzas, and a database out of functions that may throw. */
#include <map>

#include "pair.hpp"

namespace {

constexpr std::string_view HEADER = "<stream:stream xmlns='jabber:client' version='1.0' to='example.net' "
                                    "xmlns:stream='http://etherx.jabber.org/streams'>";

/* Hands a router what the client of a session sent. */
class sender {
public:
    explicit sender(tercet::router &to) : router(to)
    {
        parser.recv(HEADER);
        CHECK(parser.next());
    }

    bool send(tercet::session_id session, std::string_view stanza)
    {
        parser.recv(stanza);
        return router.handle(session, *parser.next());
    }

private:
    tercet::router &router;
    tercet::parser parser{tercet::limits::server};
};

/* What was done, a line each. */
struct log : std::string {
    tercet::store store;

    log()
    {
        store.deliver = [this](auto &, const tercet::action &action) {
            append("to ").append(std::to_string(action.session())).append(": ").append(action.stanza()).append("\n");
        };
        store.save_item = [this](auto &, const tercet::action &action) {
            const tercet::roster_item item = action.item();
            CHECK(action.contact() == item.contact);
            append("save ").append(action.user()).append(" ").append(item.contact).append(" ");
            append(item.name.value_or("-")).append(item.ask ? " ask" : "");
            for (const std::string_view group : item.groups)
                append(" [").append(group).append("]");
            append("\n");
        };
    }

    log(const log &) = delete;
    log &operator=(const log &) = delete;

    bool says(std::string_view what) const { return find(what) != npos; }
};

void sessions_are_found()
{
    tercet::router router("example.net");
    router.attach(1, "romeo@example.net/a");
    for (tercet::session_id session = 2; session < 10; ++session)
        router.attach(session, "juliet@example.net/" + std::to_string(session));
    CHECK(router.find("romeo@example.net/a") == 1u && !router.find("romeo@example.net/b"));
    CHECK(router.sessions("romeo@example.net") == std::vector<tercet::session_id>{1});
    CHECK(router.sessions("juliet@example.net") == (std::vector<tercet::session_id>{2, 3, 4, 5, 6, 7, 8, 9}));
    CHECK(router.sessions("nurse@example.net").empty());
    CHECK(router.has_roster("romeo@example.net") && !router.has_roster("nurse@example.net"));
    CHECK(router.set_lang(1, "en") && !router.set_lang(99, "en"));
    CHECK(router.detach(1) && !router.detach(1));
    CHECK(ERROR_OF(router.attach(2, "romeo@example.net/a")).code() == TERCET_ERR_IN_USE);
    CHECK(ERROR_OF(router.attach(1, "juliet@example.net/2")).code() == TERCET_ERR_IN_USE);
    CHECK(ERROR_OF(router.attach(1, "romeo@example.com/a")).code() == TERCET_ERR_JID);
    CHECK(ERROR_OF(tercet::router("a@b")).code() == TERCET_ERR_JID);
    CHECK(ERROR_OF(router.set_limit(static_cast<tercet::router_limit>(99), 1)).code() == TERCET_ERR_ARGUMENT);
}

void actions_are_pulled()
{
    tercet::router router("example.net");
    router.attach(1, "romeo@example.net/a");
    router.attach(2, "juliet@example.net/b");
    sender from(router);
    CHECK(!router.poll());
    CHECK(from.send(1, "<message from='nurse@x' to='juliet@example.net/b'><body>hi</body></message>"));
    CHECK(!from.send(3, "<message to='juliet@example.net/b'/>"));
    const auto action = router.poll();
    CHECK(action && action->kind() == tercet::action_kind::deliver && action->session() == 2);
    CHECK(action->stanza().find("romeo@example.net/a") != std::string_view::npos);
    CHECK(action->stanza().find("nurse") == std::string_view::npos);
    CHECK(!router.poll());
}

void actions_are_handed_out()
{
    tercet::router router("example.net");
    log log;
    tercet::roster roster;
    roster.put({"juliet@example.net", "Juliet", tercet::subscription::both, false, false, {"Friends", "Capulet"}});
    roster.put_pending("nurse@example.net", "<presence from='nurse@example.net' type='subscribe'/>");
    router.attach(1, "romeo@example.net/a", std::move(roster));
    sender from(router);
    from.send(1, "<iq type='get' id='1'><query xmlns='jabber:iq:roster'/></iq>");
    from.send(1, "<presence/>");
    CHECK(router.drive(log.store));
    CHECK(log.says("Juliet") && log.says("Friends") && log.says("Capulet") && log.says("nurse@example.net"));

    log.clear();
    from.send(1, "<iq type='set' id='2'><query xmlns='jabber:iq:roster'><item jid='tybalt@example.net' name='T'>"
                 "<group>Foes</group></item></query></iq>");
    router.drive(log.store);
    CHECK(log.says("save romeo@example.net tybalt@example.net T [Foes]\n"));

    CHECK(ERROR_OF(roster.put({"juliet@example.net/balcony"})).code() == TERCET_ERR_JID);
    CHECK(ERROR_OF(roster.put({"juliet@example.net", "\x01"})).code() == TERCET_ERR_WRITE);
}

void requests_are_answered_now_or_later()
{
    tercet::router router("example.net");
    log log;
    router.attach(1, "romeo@example.net/a");
    sender from(router);
    std::map<std::string, tercet::token> asked;
    std::string kept;
    log.store.load_roster = [&](tercet::router &, const tercet::action &action) {
        asked[std::string(action.user())] = action.token();
    };
    log.store.store_offline = [&](tercet::router &owner, const tercet::action &action) {
        kept = action.stanza();
        owner.answer(action.token(), tercet::answer::stored);
    };
    from.send(1, "<message to='juliet@example.net' type='chat'><body>hi</body></message>");
    from.send(1, "<presence to='juliet@example.net' type='subscribe'/>");
    router.drive(log.store);
    CHECK(kept.find("hi") != std::string::npos && asked.count("juliet@example.net") == 1);
    CHECK(log.says("save romeo@example.net juliet@example.net - ask\n"));

    const tercet::token token = asked["juliet@example.net"];
    CHECK(ERROR_OF(router.answer(token, tercet::answer::stored)).code() == TERCET_ERR_ARGUMENT);
    router.answer_roster(token, tercet::roster());
    CHECK(ERROR_OF(router.answer(token, tercet::answer::no_account)).code() == TERCET_ERR_STALE);
    log.store.load_offline = [&](tercet::router &owner, const tercet::action &action) {
        CHECK(action.user() == "juliet@example.net");
        owner.answer_messages(action.token(), {{"2026-01-31T23:59:59Z", kept}});
    };
    router.attach(2, "juliet@example.net/b");
    from.send(2, "<presence/>");
    log.clear();
    router.drive(log.store);
    CHECK(log.says("hi") && log.says("2026-01-31T23:59:59Z"));

    // What is asked of nobody is answered for it: the sender is told.
    log.store.store_offline = nullptr;
    log.clear();
    from.send(1, "<message to='nurse@example.net' type='chat' id='m'><body>hi</body></message>");
    router.drive(log.store);
    CHECK(log.says("to 1: <message") && log.says("type='error'"));
}

void actions_reach_the_function_of_their_name()
{
    using tercet::action_kind;
    std::map<action_kind, int> seen;
    const auto watch = [&](tercet::store::on_action &function, action_kind kind) {
        function = [&seen, kind](tercet::router &owner, const tercet::action &action) {
            CHECK(action.kind() == kind);
            ++seen[kind];
            if (kind == action_kind::load_roster)
                owner.answer_roster(action.token(), tercet::roster());
            if (kind == action_kind::store_offline)
                owner.answer(action.token(), tercet::answer::refused);
            if (kind == action_kind::load_offline)
                owner.answer_messages(action.token(), {});
        };
    };
    tercet::store store;
    watch(store.deliver, action_kind::deliver);
    watch(store.save_item, action_kind::save_item);
    watch(store.remove_item, action_kind::remove_item);
    watch(store.save_pending, action_kind::save_pending);
    watch(store.remove_pending, action_kind::remove_pending);
    watch(store.load_roster, action_kind::load_roster);
    watch(store.store_offline, action_kind::store_offline);
    watch(store.load_offline, action_kind::load_offline);

    tercet::router router("example.net");
    router.attach(1, "romeo@example.net/a");
    sender from(router);
    from.send(1, "<presence/>");
    from.send(1, "<message to='juliet@example.net' type='chat'><body>hi</body></message>");
    from.send(1, "<presence to='juliet@example.net' type='subscribe'/>");
    router.drive(store);
    router.attach(2, "juliet@example.net/b");
    from.send(1, "<presence to='juliet@example.net' type='unsubscribe'/>");
    from.send(1, "<presence to='juliet@example.net' type='subscribe'/>");
    router.drive(store);
    from.send(2, "<presence to='romeo@example.net' type='unsubscribed'/>");
    from.send(1, "<iq type='set' id='1'><query xmlns='jabber:iq:roster'>"
                 "<item jid='juliet@example.net' subscription='remove'/></query></iq>");
    router.drive(store);
    for (const action_kind kind : {action_kind::deliver, action_kind::save_item, action_kind::remove_item,
                                   action_kind::save_pending, action_kind::remove_pending, action_kind::load_roster,
                                   action_kind::store_offline, action_kind::load_offline})
        CHECK(seen[kind] > 0);
}

void what_the_store_throws_is_thrown_on()
{
    tercet::router router("example.net");
    log log;
    router.attach(1, "romeo@example.net/a");
    router.attach(2, "juliet@example.net/b");
    sender from(router);
    const auto deliver = log.store.deliver;
    int calls = 0;
    log.store.deliver = [&](tercet::router &owner, const tercet::action &action) {
        if (++calls == 1)
            throw std::runtime_error("disk full");
        CHECK(ERROR_OF(owner.poll()).code() == TERCET_ERR_BUSY);
        CHECK(ERROR_OF(owner.drive({})).code() == TERCET_ERR_BUSY);
        CHECK(owner.find("romeo@example.net/a") == 1u);
        if (calls == 2)
            owner.pause();
        deliver(owner, action);
    };
    for (const char *id : {"1", "2", "3"})
        from.send(1, std::string("<message to='juliet@example.net/b' id='") + id + "'/>");
    std::string caught;
    try {
        router.drive(log.store);
    } catch (const std::runtime_error &error) {
        caught = error.what();
    }
    CHECK(caught == "disk full" && calls == 1 && log.empty());
    CHECK(!router.drive(log.store) && calls == 2);
    CHECK(router.drive(log.store) && calls == 3);
}

void a_router_may_end_inside()
{
    auto router = std::make_unique<tercet::router>("example.net");
    router->attach(1, "romeo@example.net/a");
    router->attach(2, "juliet@example.net/b");
    sender from(*router);
    from.send(1, "<message to='juliet@example.net/b'/>");
    from.send(1, "<message to='juliet@example.net/b'/>");
    int calls = 0;
    tercet::store store;
    store.deliver = [&](tercet::router &, const tercet::action &action) {
        ++calls;
        router.reset();
        CHECK(action.stanza().find("<message") == 0);
    };
    CHECK(router->drive(store));
    CHECK(calls == 1 && !router);
}

constexpr test TESTS[] = {
    {"sessions_are_found", sessions_are_found},
    {"actions_are_pulled", actions_are_pulled},
    {"actions_are_handed_out", actions_are_handed_out},
    {"requests_are_answered_now_or_later", requests_are_answered_now_or_later},
    {"actions_reach_the_function_of_their_name", actions_reach_the_function_of_their_name},
    {"what_the_store_throws_is_thrown_on", what_the_store_throws_is_thrown_on},
    {"a_router_may_end_inside", a_router_may_end_inside},
};

} // namespace

int main()
{
    return run_all(TESTS);
}
