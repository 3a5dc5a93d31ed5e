/* What server.c needs of the system and of OpenSSL, and has nothing to do with tercet. */
#ifndef SYSTEM_H
#define SYSTEM_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Milliseconds of a clock that never goes back. */
uint64_t now_ms(void);

/* Raises the limit on descriptors as far as the system lets us; what it is then, which is said on standard output. */
size_t descriptors(void);

/* A descriptor from which SIGTERM, SIGINT and SIGUSR1 are read, by next_signal; SIGPIPE is no more. */
int catch_signals(void);
int next_signal(int signals);

/* A socket that does not block and listens at `address`, or -1. Where that is is said on standard output, after `what`. */
int listen_at(const char *address, const char *port, const char *what);

/* A socket for the next client that waits, or -1: errno is EAGAIN where there is none. */
int accept_from(int listener);

/* For all connections: TLS 1.2 and 1.3, with the certificates and the key in these PEM files; or NULL. */
SSL_CTX *tls_context(const char *cert, const char *key);

/* Has OpenSSL's memory counted; to be called before anything else of OpenSSL. */
void count_openssl(void);
size_t openssl_memory(void);

/* Octets on the heap, OpenSSL's included. */
size_t heap_memory(void);

#endif
