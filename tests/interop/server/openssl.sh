# OpenSSL's own STARTTLS client gets through to a verified session, with both versions of TLS that are offered.
. "$HERE/lib.sh"

for version in tls1_2 tls1_3; do
    bounded openssl s_client -connect "$SERVER:$PORT" -starttls xmpp -xmpphost "$DOMAIN" -servername "$DOMAIN" \
        -CAfile "$CA" -verify_hostname "$DOMAIN" -verify_return_error "-$version" < /dev/null > "$WORK/$version.out" ||
        fail "openssl with $version"
    shows "$version" "Verify return code: 0 (ok)"
done
