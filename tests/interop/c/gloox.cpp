// gloox JID PASSWORD HOST PORT CA TO TEXT: logs in with gloox, says that it is there, waits for a message with a body,
// answers it with TEXT to TO, and leaves in order. Prints `ready`, then the message. What it does is on standard error.
// Exit code 0 where a message came.
#include <cstdlib>
#include <iostream>
#include <string>

#include <gloox/client.h>
#include <gloox/connectionlistener.h>
#include <gloox/disco.h>
#include <gloox/loghandler.h>
#include <gloox/message.h>
#include <gloox/messagehandler.h>
#include <gloox/tlsdefault.h>

namespace {

class Person : public gloox::ConnectionListener, public gloox::MessageHandler, public gloox::LogHandler {
public:
    Person(gloox::Client &client, std::string to, std::string text)
        : client_(client), to_(std::move(to)), text_(std::move(text))
    {
        client.registerConnectionListener(this);
        client.registerMessageHandler(this);
        client.logInstance().registerLogHandler(gloox::LogLevelDebug, gloox::LogAreaAll, this);
    }

    bool received() const { return received_; }

    void onConnect() override
    {
        client_.setPresence(gloox::Presence::Available, 0);
        std::cout << "ready" << std::endl;
    }

    void onDisconnect(gloox::ConnectionError error) override
    {
        std::cerr << "the connection ended: " << error << ", authentication: " << client_.authError() << std::endl;
    }

    bool onTLSConnect(const gloox::CertInfo &info) override
    {
        std::cerr << "certificate: " << info.status << ", " << info.protocol << std::endl;
        return info.status == gloox::CertOk;
    }

    void handleMessage(const gloox::Message &message, gloox::MessageSession *) override
    {
        if (message.body().empty())
            return;
        std::cout << "message from " << message.from().full() << ": " << message.body() << std::endl;
        received_ = true;
        client_.send(gloox::Message(gloox::Message::Chat, gloox::JID(to_), text_));
        client_.disconnect();
    }

    void handleLog(gloox::LogLevel, gloox::LogArea area, const std::string &message) override
    {
        std::cerr << area << ": " << message << std::endl;
    }

private:
    gloox::Client &client_;
    std::string to_, text_;
    bool received_ = false;
};

}

int main(int argc, char **argv)
{
    if (argc != 8)
        return 2;
    gloox::Client client(gloox::JID(argv[1]), argv[2], std::atoi(argv[4]));
    client.setServer(argv[3]);
    client.setTls(gloox::TLSRequired);
    // What setCACerts of the client sets is not looked at: the certificate is handed to the TLS underneath.
    auto *tls = new gloox::TLSDefault(&client, client.server());
    tls->init("", {}, {});
    tls->setCACerts({argv[5]});
    client.setEncryptionImpl(tls);
    client.setCompression(false);
    Person person(client, argv[6], argv[7]);
    client.connect();
    return person.received() ? EXIT_SUCCESS : EXIT_FAILURE;
}
