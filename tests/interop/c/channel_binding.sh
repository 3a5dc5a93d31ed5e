# Logins bound to TLS at server.c: by OpenSSL's own client and arithmetic of its own, by gloox (which binds by tls-unique,
# to TLS 1.2) and by client.c. What belongs to another connection is refused.
. "$HERE/lib.sh"

c_server

# bound FLAG OUTCOME
bound() {
    OFFERS=tls-exporter bounded "$PYTHON" -B "$HERE/bound_login.py" "$SERVER" "$PORT" "$DOMAIN" "$CA" romeo \
        "secret of romeo" "$1" "$2"
}
bound p=tls-exporter success
bound n success
bound p=tls-exporter! not-authorized
bound p=tls-unique not-authorized
bound y not-authorized

start gloox "$BIN/gloox" "romeo@$DOMAIN" "secret of romeo" "$DOMAIN" "$PORT" "$CA" "juliet@$DOMAIN" bound
eventually says gloox ready
grep -qF "mechanism='SCRAM-SHA-1-PLUS'" "$WORK/gloox.err" || fail "gloox did not bind its login to TLS"
c_as juliet "romeo@$DOMAIN" "bound, too"
finish gloox
shows gloox "bound, too"

end c_server
finish c_server
