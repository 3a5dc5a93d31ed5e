/*
 * server [--no-channel-binding] DOMAIN PORT CERTIFICATE KEY ACCOUNTS: a small instant messaging server for one domain,
 * on 127.0.0.1.
 *
 *   g++ -std=c++17 server.cpp $(pkg-config --cflags --libs tercet openssl) -pthread -o server
 *   ./server example.net 5222 cert.pem key.pem accounts.txt
 *
 * CERTIFICATE (a chain) and KEY are PEM files. ACCOUNTS is a text file with a line `name:password` for each account.
 * PORT 0 takes a free one. The first line printed is `listening on 127.0.0.1:PORT`. TLS is required, logins are by
 * SCRAM, bound to the TLS connection where the client can do that; some clients choose a kind of binding that is not
 * offered, and fail: for them there is the option. Rosters, subscriptions, presence, messages and messages for those
 * who are away work between all clients; what changes is kept in memory, and gone at the end. Ctrl-C says goodbye to
 * everyone. Exit code 0 where that was the end, 1 where it could not begin, 2 for a wrong call.
 *
 * How it works. Three parts, each of which could be exchanged:
 *
 *   session    a socket and a tercet::connection. `step` hands over what was read and pulls the events; `flush` begins
 *              to write what waits to be sent.
 *   router     tercet::router: a stanza goes in, by `handle`; what comes of it is a list of things to do.
 *   database   the functions of tercet::store: they carry those things out. Here they are maps; a real database would
 *              note the token and answer when its own answer has come.
 *
 * All run on one thread, so nothing needs a lock. The order matters in one place: what the router wants done is done
 * before the next stanza goes in, which is what `server::route` is for.
 *
 * A session lives as long as an operation of Asio's holds a shared_ptr to it. `end` takes it out of the list, and out
 * of the router; the operations then fail one by one, and the last of them destroys it.
 */
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <asio.hpp>
#include <asio/ssl.hpp>

#include "tercet.hpp"

using asio::ip::tcp;

namespace {

/// Octets that may wait for a client that does not read, before it is given up.
constexpr std::size_t MOST_WAITING = 1024 * 1024;

/// Octets of messages that wait for a user who is away, and how many there may be: all are sent at once when the user
/// comes, and must fit into what may wait for a client.
constexpr std::size_t MOST_KEPT = 512 * 1024, MOST_KEPT_MESSAGES = 100;

/// Octets that are handed to the socket at once, and how long it may take until it has got rid of them.
constexpr std::size_t PIECE = 64 * 1024;
constexpr std::chrono::seconds TAKING(60);

/// How long nobody is let in when that has failed: there may be no descriptor left.
constexpr std::chrono::seconds PAUSE(1);

/// How long the last octets for a client may take.
constexpr std::chrono::seconds FAREWELL(5);

/// Does something; an error of the system or of OpenSSL is thrown on as one that says of what it is.
template <class Work>
auto about(const std::string &what, const Work &work)
{
    try {
        return work();
    } catch (const std::system_error &error) {
        throw std::runtime_error(what + ": " + error.code().message());
    }
}

/// Whether a text is a number from `least` to 65535.
bool is_port(const std::string &text, int least)
{
    const bool digits = text.find_first_not_of("0123456789") == std::string::npos;
    return digits && !text.empty() && text.size() <= 5 && std::stoi(text) >= least && std::stoi(text) <= 65535;
}

/// What is known of one account.
struct account {
    /// What a login is checked against; no password is kept.
    std::vector<std::string> keys;

    struct contact {
        std::optional<std::string> name;
        tercet::subscription subscription;
        bool ask;
        bool approved;
        std::vector<std::string> groups;
    };
    std::map<std::string, contact, std::less<>> roster;

    /// Who wants to see this user, and how they asked.
    std::map<std::string, std::string, std::less<>> pending;

    struct message {
        std::string stamp;
        std::string stanza;
    };
    std::deque<message> messages;
    std::size_t octets = 0; ///< of the messages
};

/// All accounts, by their bare address.
class database {
public:
    /// Reads `name:password` lines.
    database(const std::string &file, const std::string &domain)
    {
        std::ifstream lines(file);
        if (!lines)
            throw std::runtime_error("cannot read " + file);
        for (std::string line; std::getline(lines, line);) {
            const std::size_t colon = line.find(':');
            if (colon == std::string::npos)
                continue;
            const tercet::jid user(line.substr(0, colon), domain, std::nullopt);
            const std::string password = line.substr(colon + 1);
            for (const char *mechanism : {"SCRAM-SHA-256", "SCRAM-SHA-1"})
                accounts_[std::string(user.full())].keys.push_back(tercet::derive_keys(mechanism, password));
        }
        serve();
    }

    database(const database &) = delete;
    database &operator=(const database &) = delete;

    /// The account of a bare address; null where there is none.
    account *find(std::string_view user)
    {
        const auto found = accounts_.find(user);
        return found != accounts_.end() ? &found->second : nullptr;
    }

    /// The roster of a user, as the router wants it.
    static tercet::roster roster_of(const account &user)
    {
        tercet::roster roster;
        for (const auto &[contact, kept] : user.roster) {
            tercet::roster_item item = {contact, kept.name, kept.subscription, kept.ask, kept.approved, {}};
            item.groups.assign(kept.groups.begin(), kept.groups.end());
            roster.put(item);
        }
        for (const auto &[contact, stanza] : user.pending)
            roster.put_pending(contact, stanza);
        return roster;
    }

    /// What the router wants done, but for deliveries.
    tercet::store store;

private:
    void serve()
    {
        store.save_item = [this](auto &, const tercet::action &action) {
            const tercet::roster_item item = action.item();
            account::contact &kept = find(action.user())->roster[std::string(item.contact)];
            kept = {std::optional<std::string>(item.name), item.subscription, item.ask, item.approved, {}};
            kept.groups.assign(item.groups.begin(), item.groups.end());
        };
        store.remove_item = [this](auto &, const tercet::action &action) {
            find(action.user())->roster.erase(std::string(action.contact()));
        };
        store.save_pending = [this](auto &, const tercet::action &action) {
            find(action.user())->pending[std::string(action.contact())] = action.stanza();
        };
        store.remove_pending = [this](auto &, const tercet::action &action) {
            find(action.user())->pending.erase(std::string(action.contact()));
        };
        store.load_roster = [this](tercet::router &router, const tercet::action &action) {
            if (const account *user = find(action.user()))
                router.answer_roster(action.token(), roster_of(*user));
            else
                router.answer(action.token(), tercet::answer::no_account);
        };
        store.store_offline = [this](tercet::router &router, const tercet::action &action) {
            account *user = find(action.user());
            const std::size_t octets = action.stanza().size();
            const bool room = user != nullptr && user->messages.size() < MOST_KEPT_MESSAGES
                              && user->octets + octets <= MOST_KEPT;
            if (room) {
                user->messages.push_back({stamp(), std::string(action.stanza())});
                user->octets += octets;
            }
            router.answer(action.token(), room ? tercet::answer::stored : tercet::answer::refused);
        };
        store.load_offline = [this](tercet::router &router, const tercet::action &action) {
            std::vector<tercet::offline_message> list;
            account *user = find(action.user());
            for (const account::message &message : user->messages)
                list.push_back({message.stamp, message.stanza});
            router.answer_messages(action.token(), list);
            // Only now: had it thrown, the session would be gone, and the messages still to be delivered.
            user->messages.clear();
            user->octets = 0;
        };
    }

    /// The time as XEP-0082 writes it.
    static std::string stamp()
    {
        const std::time_t now = std::time(nullptr);
        char text[32];
        std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&now));
        return text;
    }

    std::map<std::string, account, std::less<>> accounts_;
};

/// What is between a session and its client.
enum class transport {
    clear,
    to_be_secured, ///< Nothing is read any more; the handshake begins when all is written.
    handshake,
    tls,
};

/// What both ends know of this TLS connection and nobody else does (RFC 9266): with it a login is good for no other
/// connection. Nothing where this version of TLS has none.
std::optional<std::vector<std::uint8_t>> exported_by(SSL *tls)
{
    constexpr std::string_view label = "EXPORTER-Channel-Binding";
    const std::uint8_t context = 0;
    std::vector<std::uint8_t> octets(32);
    const bool exported = SSL_version(tls) >= TLS1_3_VERSION
                          && SSL_export_keying_material(tls, octets.data(), octets.size(), label.data(), label.size(),
                                                        &context, 0, 1) == 1;
    return exported ? std::optional(octets) : std::nullopt;
}

class session;

/// What all sessions share.
class server {
public:
    server(asio::io_context &io, const std::string &domain, asio::ip::port_type port, const std::string &certificate,
           const std::string &key, const std::string &accounts, bool binds);

    server(const server &) = delete;
    server &operator=(const server &) = delete;

    /// Does what the router wants done.
    void route() { router.drive(data.store); }

    database data;
    tercet::router router;
    tercet::server_config config;
    asio::ssl::context tls{asio::ssl::context::tls_server};
    bool binds;
    std::map<tercet::session_id, std::shared_ptr<session>> sessions;

private:
    void accept();
    void say_goodbye();

    tcp::acceptor acceptor_;
    asio::steady_timer pause_;
    asio::signal_set signals_;
    tercet::session_id last_ = 0;
};

/// One client.
class session : public std::enable_shared_from_this<session> {
public:
    session(server &of, tcp::socket socket, tercet::session_id id)
        : server_(of), conn_(of.config), stream_(std::move(socket), of.tls), deadline_(stream_.get_executor()),
          taking_(stream_.get_executor()), id_(id)
    {
    }

    void start()
    {
        step([] {});
        read();
    }

    /// Sends what the router wrote.
    void deliver(std::string_view stanza)
    {
        if (ended_)
            return;
        if (conn_.output().size() > MOST_WAITING)
            return end("it does not read");
        try {
            conn_.deliver(stanza);
        } catch (const tercet::error &) {
            // It has said goodbye, or was told to go, and will be detached.
            return;
        }
        flush();
    }

    void shut_down()
    {
        step([this] { conn_.close("system-shutdown"); });
    }

private:
    /// Does something with the connection and works on what came of it.
    template <class Work>
    void step(const Work &work)
    {
        if (ended_)
            return;
        try {
            work();
            while (const auto event = conn_.poll()) {
                handle(*event);
                server_.route();
            }
        } catch (const tercet::error &error) {
            if (!conn_.is_over())
                return end(error.what());
            // What the client is to be told is in the output.
            std::cout << id_ << ' ' << error.what() << std::endl;
            server_.router.detach(id_);
            server_.route();
        }
        await_deadline();
        flush();
    }

    void handle(const tercet::event &event)
    {
        switch (event.kind()) {
        case tercet::event_kind::opened:
            lang_ = event.stanza().lang().value_or("");
            break;
        case tercet::event_kind::start_tls:
            transport_ = transport::to_be_secured;
            break;
        case tercet::event_kind::credentials:
            if (const account *user = server_.data.find(event.jid()))
                conn_.answer_keys(event.token(), user->keys);
            else
                conn_.answer(event.token(), tercet::answer::no_account);
            break;
        case tercet::event_kind::resource:
            if (server_.router.find(event.jid()))
                conn_.answer_refuse(event.token(), "conflict");
            else
                conn_.answer(event.token(), tercet::answer::accept);
            break;
        case tercet::event_kind::bound:
            begin(tercet::jid(event.jid()));
            break;
        case tercet::event_kind::stanza:
            server_.router.handle(id_, event.stanza());
            break;
        case tercet::event_kind::closed:
            server_.router.detach(id_);
            break;
        default:
            break;
        }
    }

    void begin(const tercet::jid &jid)
    {
        std::cout << id_ << " bound " << jid.full() << std::endl;
        if (server_.router.has_roster(jid.bare()))
            server_.router.attach(id_, jid.full());
        else
            server_.router.attach(id_, jid.full(), database::roster_of(*server_.data.find(jid.bare())));
        try {
            server_.router.set_lang(id_, lang_);
        } catch (const tercet::error &) {
            // No language tag, "en_US" for one: the session is as good without.
        }
    }

    /// Writes what waits to be sent; then what had to wait for that.
    void flush()
    {
        if (ended_ || writing_)
            return;
        const tercet::bytes output = conn_.output();
        if (conn_.is_over() && (output.empty() || transport_ == transport::handshake))
            return end("closed");
        if (output.empty() && transport_ == transport::to_be_secured)
            return shake_hands();
        if (output.empty() || transport_ == transport::handshake)
            return;
        sending_.assign(output.begin(), output.begin() + std::min(output.size(), PIECE));
        conn_.consume(sending_.size());
        writing_ = true;
        taking_.expires_after(TAKING);
        taking_.async_wait([self = shared_from_this()](asio::error_code error) {
            if (!error)
                self->end("it does not read");
        });
        const auto written = [self = shared_from_this()](asio::error_code error, std::size_t) {
            self->writing_ = false;
            self->taking_.cancel();
            if (error)
                return self->lose(error);
            // A full output stops the library, which has room again for what was read before.
            if (self->conn_.wants_poll())
                self->step([] {});
            self->flush();
            self->read();
        };
        if (transport_ == transport::tls)
            asio::async_write(stream_, asio::buffer(sending_), written);
        else
            asio::async_write(stream_.next_layer(), asio::buffer(sending_), written);
    }

    /// Reads on, unless there is no need, or a piece and more waits for a client that takes less than it asks for.
    void read()
    {
        const bool open = transport_ == transport::clear || transport_ == transport::tls;
        if (ended_ || reading_ || !open || conn_.is_over() || conn_.output().size() > PIECE)
            return;
        reading_ = true;
        const auto came = [self = shared_from_this()](asio::error_code error, std::size_t size) {
            self->reading_ = false;
            if (error)
                return self->lose(error);
            self->step([&] { self->conn_.recv({self->received_.data(), size}); });
            self->read();
        };
        if (transport_ == transport::tls)
            stream_.async_read_some(asio::buffer(received_), came);
        else
            stream_.next_layer().async_read_some(asio::buffer(received_), came);
    }

    void shake_hands()
    {
        transport_ = transport::handshake;
        const auto done = [self = shared_from_this()](asio::error_code error) {
            if (error)
                return self->lose(error);
            self->transport_ = transport::tls;
            self->step([&] {
                const auto octets = exported_by(self->stream_.native_handle());
                if (octets && self->server_.binds)
                    self->conn_.set_binding(tercet::binding::tls_exporter, *octets);
                self->conn_.secured();
            });
            self->read();
        };
        stream_.async_handshake(asio::ssl::stream_base::server, done);
    }

    void await_deadline()
    {
        const auto due = conn_.is_over() ? tercet::clock::now() + FAREWELL : conn_.deadline();
        if (!due) {
            deadline_.cancel();
            return;
        }
        deadline_.expires_at(*due);
        deadline_.async_wait([self = shared_from_this()](asio::error_code error) {
            if (error)
                return;
            if (self->conn_.is_over())
                self->end("it does not read");
            else
                self->step([] {});
        });
    }

    /// The transport has ended, or the handshake failed.
    void lose(asio::error_code error) { end(error.message()); }

    void end(const std::string &why)
    {
        if (ended_)
            return;
        ended_ = true;
        std::cout << id_ << " ends: " << why << std::endl;
        asio::error_code ignored;
        stream_.next_layer().close(ignored);
        deadline_.cancel();
        taking_.cancel();
        server_.router.detach(id_);
        // Others are told that it is gone. It may be the router that brought us here: then this is done behind us.
        asio::post(stream_.get_executor(), [self = shared_from_this()] { self->server_.route(); });
        server_.sessions.erase(id_);
    }

    server &server_;
    tercet::connection conn_;
    asio::ssl::stream<tcp::socket> stream_;
    asio::steady_timer deadline_;
    asio::steady_timer taking_;
    tercet::session_id id_;
    std::string lang_;
    std::vector<char> received_ = std::vector<char>(4096);
    std::vector<std::uint8_t> sending_;
    transport transport_ = transport::clear;
    bool reading_ = false;
    bool writing_ = false;
    bool ended_ = false;
};

server::server(asio::io_context &io, const std::string &domain, asio::ip::port_type port,
               const std::string &certificate, const std::string &key, const std::string &accounts, bool with_binding)
    : data(accounts, domain), router(domain), config(domain), binds(with_binding),
      acceptor_(about("cannot listen at 127.0.0.1:" + std::to_string(port),
                      [&] { return tcp::acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), port)); })),
      pause_(io), signals_(io, SIGINT, SIGTERM)
{
    // Not PLAIN: it has the server derive keys from passwords, milliseconds of its only thread for whoever sends one.
    config.mechanisms({"SCRAM-SHA-256", "SCRAM-SHA-1"});
    // go-sendxmpp is one that sends a line feed there.
    config.allow_whitespace_after_starttls();
    about(certificate + ": no certificate in PEM", [&] { tls.use_certificate_chain_file(certificate); });
    about(key + ": no private key in PEM, or not that of " + certificate,
          [&] { tls.use_private_key_file(key, asio::ssl::context::pem); });
    // A key of another type was taken, to stand beside the certificate.
    if (SSL_CTX_check_private_key(tls.native_handle()) != 1)
        throw std::runtime_error(key + ": not the key of the certificate in " + certificate);
    data.store.deliver = [this](auto &, const tercet::action &action) {
        // Without one it is for a session that has just gone.
        const auto found = sessions.find(action.session());
        if (found != sessions.end())
            std::shared_ptr<session>(found->second)->deliver(action.stanza());
    };
    signals_.async_wait([this](asio::error_code error, int) {
        if (!error)
            say_goodbye();
    });
    std::cout << "listening on " << acceptor_.local_endpoint() << std::endl;
    accept();
}

void server::accept()
{
    acceptor_.async_accept([this](asio::error_code error, tcp::socket socket) {
        if (!acceptor_.is_open())
            return;
        if (error) {
            std::cout << "cannot accept: " << error.message() << std::endl;
            pause_.expires_after(PAUSE);
            return pause_.async_wait([this](asio::error_code cancelled) {
                if (!cancelled)
                    accept();
            });
        }
        const auto made = std::make_shared<session>(*this, std::move(socket), ++last_);
        sessions.emplace(last_, made);
        made->start();
        accept();
    });
}

void server::say_goodbye()
{
    acceptor_.close();
    pause_.cancel();
    // A copy: those who are gone at once leave the list.
    for (const auto &[id, one] : std::map(sessions))
        one->shut_down();
}

} // namespace

int main(int count, char **words)
{
    const bool binds = count < 2 || std::string_view(words[1]) != "--no-channel-binding";
    if (!binds) {
        --count;
        ++words;
    }
    if (count != 6 || !is_port(words[2], 0)) {
        if (count == 6)
            std::cerr << "error: " << words[2] << ": a port is a number from 0 (any that is free) to 65535\n";
        std::cerr << "usage: server [--no-channel-binding] DOMAIN PORT CERTIFICATE KEY ACCOUNTS\n";
        return 2;
    }
    try {
        tercet::check_version();
        asio::io_context io;
        const auto port = static_cast<asio::ip::port_type>(std::stoi(words[2]));
        server server(io, words[1], port, words[3], words[4], words[5], binds);
        io.run();
    } catch (const std::exception &error) {
        std::cerr << "error: " << error.what() << '\n';
        return EXIT_FAILURE;
    }
}
