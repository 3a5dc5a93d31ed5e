/*
 * echo_bot [--host HOST] [--port PORT] [--ca FILE] JID: logs in, sends every message back to its sender, and lets
 * everyone subscribe to its presence.
 *
 *   g++ -std=c++17 echo_bot.cpp $(pkg-config --cflags --libs tercet openssl) -pthread -o echo_bot
 *   TERCET_PASSWORD=secret ./echo_bot bot@example.net
 *
 * HOST is the domain of the JID where it is not given (a domain that names its server by SRV records needs it), PORT is
 * 5222. TLS by STARTTLS, always; the certificate must be good for the domain and signed by someone whom this system
 * trusts, or by FILE. Ctrl-C says goodbye. Exit code 0 where the stream ended in order, 1 on any failure, 2 for
 * a wrong call.
 *
 * How it works. tercet::connection has no socket and no clock; Asio has both. All there is between them is `step`: it
 * hands over what was read, and the handlers are called; then `flush` begins to write what waits to be sent. Three
 * things lead to a step: octets that came, the end of a TLS handshake, and the deadline. The output is taken by
 * tercet::connection::output and not by the handler `write`, because a write of Asio's ends later than the call that
 * begins it: what is being written must stay where it is, so it is copied into `sending_` first.
 *
 * TLS begins where the handler start_tls was called: nothing is read from the socket any more, what is still to be
 * written is, then the handshake runs, then `secured` goes on with the login.
 */
#include <cstdlib>
#include <iostream>
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

struct options {
    std::string jid;
    std::string domain;
    std::string password;
    std::string host;
    std::string port = "5222";
    std::string authority;
};

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

/// What is between the bot and its server.
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

class bot {
public:
    bot(asio::io_context &io, const options &from)
        : options_(from), conn_(tercet::client_config(from.jid, from.password)), socket_(io), deadline_(io),
          signals_(io, SIGINT, SIGTERM), context_(asio::ssl::context::tls_client)
    {
        if (options_.authority.empty())
            context_.set_default_verify_paths();
        else
            about(options_.authority + ": no certificates to trust",
                  [this] { context_.load_verify_file(options_.authority); });
        listen();
        about("cannot connect to " + where(),
              [&] { asio::connect(socket_, tcp::resolver(io).resolve(options_.host, options_.port)); });
        signals_.async_wait([this](asio::error_code error, int) {
            if (!error)
                step([this] { conn_.close(); });
        });
        step([] {});
        read();
    }

    bot(const bot &) = delete;
    bot &operator=(const bot &) = delete;

    /// Whether the stream ended in order.
    bool was_closed() const { return closed_ && !failed_; }

private:
    std::string where() const { return options_.host + ":" + options_.port; }

    /// What is done about the events of the connection.
    void listen()
    {
        handlers_.start_tls = [this](auto &, auto &) { transport_ = transport::to_be_secured; };
        handlers_.bound = [](tercet::connection &conn, const tercet::event &event) {
            std::cout << "bound: " << event.jid() << std::endl;
            conn.send(tercet::writer().open("presence").close());
        };
        handlers_.stanza = [](tercet::connection &conn, const tercet::event &event) {
            const tercet::stanza stanza = event.stanza();
            if (stanza.kind() == tercet::unit::message)
                echo(conn, stanza);
            else if (stanza.kind() == tercet::unit::presence && stanza.type() == "subscribe")
                approve(conn, stanza);
        };
        handlers_.stream_error = [this](auto &, const tercet::event &event) {
            fail("the server says " + std::string(event.condition()));
        };
        handlers_.closed = [this](auto &, auto &) { closed_ = true; };
    }

    static void echo(tercet::connection &conn, const tercet::stanza &message)
    {
        const auto body = message.root().child("body");
        const std::string_view type = message.type().value_or("normal");
        // Neither errors nor rooms: whoever answers those answers without end.
        if (!body || !message.from() || (type != "chat" && type != "normal"))
            return;
        std::cout << *message.from() << ": " << body->text() << std::endl;
        tercet::writer draft;
        draft.open("message").attr("to", message.from()).attr("type", message.type()).attr("id", message.id());
        draft.open("body").text(body->text()).close().close();
        conn.send(draft);
    }

    static void approve(tercet::connection &conn, const tercet::stanza &asked)
    {
        conn.send(tercet::writer().open("presence").attr("to", asked.from()).attr("type", "subscribed").close());
    }

    /// Does something with the connection and works on what came of it.
    template <class Work>
    void step(const Work &work)
    {
        if (!socket_.is_open())
            return;
        try {
            work();
            conn_.drive(handlers_);
        } catch (const tercet::error &error) {
            fail(error.what());
        }
        await_deadline();
        flush();
    }

    /// Writes what waits to be sent; then what had to wait for that.
    void flush()
    {
        if (writing_)
            return;
        const tercet::bytes output = conn_.output();
        if (conn_.is_over() && (output.empty() || transport_ == transport::handshake))
            return hang_up();
        if (output.empty() && transport_ == transport::to_be_secured)
            return shake_hands();
        if (output.empty() || transport_ == transport::handshake)
            return;
        sending_.assign(output.begin(), output.end());
        conn_.consume(output.size());
        writing_ = true;
        const auto written = [this](asio::error_code error, std::size_t) {
            writing_ = false;
            if (error)
                lose(error);
            else if (socket_.is_open())
                flush();
        };
        if (transport_ == transport::tls)
            asio::async_write(*tls_, asio::buffer(sending_), written);
        else
            asio::async_write(socket_, asio::buffer(sending_), written);
    }

    void read()
    {
        const auto came = [this](asio::error_code error, std::size_t size) {
            if (error)
                return lose(error);
            step([&] { conn_.recv({received_.data(), size}); });
            const bool more = transport_ == transport::clear || transport_ == transport::tls;
            if (more && !conn_.is_over())
                read();
        };
        if (transport_ == transport::tls)
            tls_->async_read_some(asio::buffer(received_), came);
        else
            socket_.async_read_some(asio::buffer(received_), came);
    }

    void shake_hands()
    {
        transport_ = transport::handshake;
        tls_.emplace(socket_, context_);
        tls_->set_verify_mode(asio::ssl::verify_peer);
        tls_->set_verify_callback(asio::ssl::host_name_verification(options_.domain));
        SSL_set_tlsext_host_name(tls_->native_handle(), options_.domain.c_str());
        tls_->async_handshake(asio::ssl::stream_base::client, [this](asio::error_code error) {
            if (error) {
                const bool distrusted = SSL_get_verify_result(tls_->native_handle()) != X509_V_OK;
                fail("TLS with " + where() + ": " + error.message()
                     + (distrusted ? " (--ca FILE says whom to trust; the name must be " + options_.domain + ")" : ""));
                conn_.tls_failed();
                return hang_up();
            }
            transport_ = transport::tls;
            step([this] {
                if (const auto octets = exported_by(tls_->native_handle()))
                    conn_.set_binding(tercet::binding::tls_exporter, *octets);
                conn_.secured();
            });
            read();
        });
    }

    void await_deadline()
    {
        const auto due = conn_.deadline();
        if (!due) {
            deadline_.cancel();
            return;
        }
        deadline_.expires_at(*due);
        deadline_.async_wait([this](asio::error_code error) {
            if (!error)
                step([] {});
        });
    }

    /// The transport has ended.
    void lose(asio::error_code error)
    {
        if (!socket_.is_open())
            return;
        try {
            conn_.eof();
        } catch (const tercet::error &fault) {
            fail(std::string(fault.what()) + " (" + error.message() + ")");
        }
        hang_up();
    }

    void fail(const std::string &why)
    {
        if (!failed_)
            std::cerr << "error: " << why << '\n';
        failed_ = true;
    }

    /// Nothing waits any more, and so the program ends.
    void hang_up()
    {
        asio::error_code ignored;
        socket_.close(ignored);
        deadline_.cancel();
        signals_.cancel(ignored);
    }

    options options_;
    tercet::connection conn_;
    tercet::handlers handlers_;
    tcp::socket socket_;
    asio::steady_timer deadline_;
    asio::signal_set signals_;
    asio::ssl::context context_;
    std::optional<asio::ssl::stream<tcp::socket &>> tls_;
    std::vector<char> received_ = std::vector<char>(4096);
    std::vector<std::uint8_t> sending_;
    bool writing_ = false;
    transport transport_ = transport::clear;
    bool closed_ = false;
    bool failed_ = false;
};

/// The words of the command line; throws what is wrong with them.
options read_options(int count, char **words)
{
    options found;
    for (int at = 1; at < count; ++at) {
        const std::string word = words[at];
        std::string *value = word == "--host" ? &found.host
            : word == "--port"                ? &found.port
            : word == "--ca"                  ? &found.authority
                                              : nullptr;
        if (value != nullptr && at + 1 < count)
            *value = words[++at];
        else if (value != nullptr)
            throw std::invalid_argument(word + ": its value is missing");
        else if (word.substr(0, 1) != "-" && found.jid.empty())
            found.jid = word;
        else
            throw std::invalid_argument(word + ": what is this?");
    }
    if (found.jid.empty())
        throw std::invalid_argument("JID is missing");
    const std::size_t at = found.jid.find('@');
    if (at == std::string::npos)
        throw std::invalid_argument(found.jid + ": no address of an account, local@domain");
    if (!is_port(found.port, 1))
        throw std::invalid_argument(found.port + ": a port is a number from 1 to 65535");
    const char *password = std::getenv("TERCET_PASSWORD");
    if (password == nullptr || *password == '\0')
        throw std::invalid_argument("TERCET_PASSWORD is not set: the account's password is expected there");
    found.password = password;
    found.domain = found.jid.substr(at + 1);
    found.domain = found.domain.substr(0, found.domain.find('/'));
    if (found.host.empty())
        found.host = found.domain;
    return found;
}

} // namespace

int main(int count, char **words)
{
    try {
        tercet::check_version();
        asio::io_context io;
        bot bot(io, read_options(count, words));
        io.run();
        return bot.was_closed() ? EXIT_SUCCESS : EXIT_FAILURE;
    } catch (const std::invalid_argument &error) {
        std::cerr << "error: " << error.what() << '\n'
                  << "usage: TERCET_PASSWORD=... echo_bot [--host HOST] [--port PORT] [--ca FILE] JID\n";
        return 2;
    } catch (const std::exception &error) {
        std::cerr << "error: " << error.what() << '\n';
        return EXIT_FAILURE;
    }
}
