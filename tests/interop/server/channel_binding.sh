# Logins bound to TLS, by a client with the TLS of OpenSSL and arithmetic of its own: what both ends export is the same,
# and what belongs to another connection is refused, as is a client that says to have heard of no offer.
. "$HERE/lib.sh"

# The server that the other cases share offers none of this.
start serve "$TERCET" serve --domain "$DOMAIN" --listen 127.0.0.1:0 --data "$WORK/data" \
    --account "romeo@$DOMAIN:secret of romeo"
eventually says serve "listening on "
[[ $(head -n 1 "$WORK/serve.out") =~ 127\.0\.0\.1:([0-9]+)\ for\ .*,\ certificate\ (.+)$ ]]
PORT=${BASH_REMATCH[1]} CA=${BASH_REMATCH[2]}

# bound FLAG OUTCOME
bound() {
    bounded "$PYTHON" -B "$HERE/bound_login.py" "$SERVER" "$PORT" "$DOMAIN" "$CA" romeo "secret of romeo" "$1" "$2"
}

bound p=tls-exporter success
bound p=tls-server-end-point success
bound n success
bound p=tls-exporter! not-authorized
bound p=tls-server-end-point! not-authorized
bound p=tls-unique not-authorized
bound y not-authorized

end serve
finish serve
