/* What server.c needs of the system and of OpenSSL, and has nothing to do with tercet. */
#ifndef SYSTEM_H
#define SYSTEM_H

#include <getopt.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* For the address of a client as a text, "192.0.2.1:40000" or "[2001:db8::1]:40000"; what is longer is cut. */
enum { PEER_BYTES = 64 };

/* Puts the word behind each option, or "" where it takes none, into `values`, by the option's number. What is wrong is
 * said: by these three, and by all below that may fail. */
bool read_options(int argc, char **argv, const struct option *options, const char **values);
/* Whether the options number `first` to `last` are there; whether they are ports. */
bool are_given(const struct option *options, const char *const *values, int first, int last);
bool are_ports(const struct option *options, const char *const *values, int first, int last);

/* Milliseconds of a clock that never goes back. */
uint64_t now_ms(void);

/* Sets the limit on descriptors as high as the system lets us, up to a million; what it is then, which is said, or
 * 0 where it is too low for a server. */
size_t descriptors(void);

/* A descriptor from which SIGTERM, SIGINT and SIGUSR1 are read, by next_signal; SIGPIPE is no more. */
int catch_signals(void);
int next_signal(int signals);

/* A socket that does not block and listens at `address`, or -1. Standard output is told where, after `what`. */
int listen_at(const char *address, const char *port, const char *what);

/* A socket for the next client that waits, its address in `peer`; or -1: errno is EAGAIN where there is none. */
int accept_from(int listener, char peer[PEER_BYTES]);

/* Has epoll look at a descriptor: EPOLL_CTL_ADD, or EPOLL_CTL_MOD. */
bool watch(int epoll, int operation, int fd, uint32_t events);

/* Over TLS, where `ssl` is not NULL. What came, at most `room` octets; 0 for nothing at present, -1 at the end. */
ssize_t read_from(int fd, SSL *ssl, uint8_t *buffer, size_t room);
/* The same way; how much the transport took. */
size_t write_to(int fd, SSL *ssl, const uint8_t *data, size_t len);

/* For all connections: TLS 1.2 and 1.3, with the certificates and the key in these PEM files; or NULL. */
SSL_CTX *tls_context(const char *cert, const char *key);

/* What binds a login to a TLS connection (RFC 9266, RFC 5929): how many octets went into `data`, or 0 for none. */
size_t tls_exporter(SSL *ssl, uint8_t *data, size_t room);
size_t tls_unique(SSL *ssl, uint8_t *data, size_t room);

/* Has OpenSSL's memory counted; to be called before anything else of OpenSSL. */
void count_openssl(void);
size_t openssl_memory(void);

/* Octets on the heap, OpenSSL's included. */
size_t heap_memory(void);

#endif
