/* A client and a server of example.net that talk to each other in memory, without TLS. */
#ifndef TERCET_TESTS_PAIR_HPP
#define TERCET_TESTS_PAIR_HPP

#include "check.hpp"

struct pair {
    tercet::connection client{tercet::client_config("romeo@example.net/orchard", "jul13t").tls(tercet::tls::disabled)};
    tercet::connection server{tercet::server_config("example.net").tls(tercet::tls::disabled)};
    tercet::handlers of_client;
    tercet::handlers of_server;
    std::string to_client;
    std::string to_server;

    pair()
    {
        of_server.credentials = [](tercet::connection &conn, const tercet::event &event) {
            CHECK(event.jid() == "romeo@example.net");
            conn.answer_password(event.token(), "jul13t");
        };
        of_client.write = [this](tercet::connection &, tercet::bytes octets) {
            to_server.append(octets.begin(), octets.end());
            return octets.size();
        };
        of_server.write = [this](tercet::connection &, tercet::bytes octets) {
            to_client.append(octets.begin(), octets.end());
            return octets.size();
        };
    }

    pair(const pair &) = delete;
    pair &operator=(const pair &) = delete;

    bool drive_client() { return client.drive(of_client, std::exchange(to_client, {})); }
    bool drive_server() { return server.drive(of_server, std::exchange(to_server, {})); }

    /* Until nobody has anything to say. */
    void run()
    {
        do {
            drive_client();
            drive_server();
        } while (!to_client.empty() || !to_server.empty() || client.wants_poll() || server.wants_poll());
    }

    /* Logged in, and bound. */
    void log_in()
    {
        run();
        CHECK(client.jid() == "romeo@example.net/orchard");
        CHECK(server.jid() == client.jid());
    }
};

#endif
