# client.c at server.c, both ways in; what waits is delivered once and in order; who comes again takes the older one's
# place.
. "$HERE/client/c_client.sh"

c_as gregory "sampson@$DOMAIN" "first, while you were away"
c_client "gregory@$DOMAIN" "secret of gregory" --port "$TLS_PORT" --direct --ca "$CA" "sampson@$DOMAIN" second
c_as sampson --count 2 > "$WORK/kept.out"
[ "$(grep -oE 'first, while|second' "$WORK/kept.out" | paste -sd ' ')" = "first, while second" ] ||
    fail "not both, or not in order"

start older c_client "sampson@$DOMAIN/house" "secret of sampson" --port "$PORT" --ca "$CA"
eventually says older "presence from"
start newer c_client "sampson@$DOMAIN/house" "secret of sampson" --port "$PORT" --ca "$CA" --count 1
finish older 1
grep -q "ended the stream: conflict" "$WORK/older.err" || fail "the older session was not told why"
eventually says newer "presence from"
c_as gregory "sampson@$DOMAIN/house" "to the newer one"
finish newer
shows newer "to the newer one"
