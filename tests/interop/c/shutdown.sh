# SIGTERM: server.c tells its clients why, and ends with 0 when they have gone.
. "$HERE/lib.sh"

c_server --no-channel-binding
start starttls c_as romeo
start direct c_client "juliet@$DOMAIN" "secret of juliet" --port "$TLS_PORT" --direct --ca "$CA"
eventually says starttls "presence from"
eventually says direct "presence from"
end c_server
finish starttls 1
finish direct 1
finish c_server
for name in starttls direct; do
    grep -q "ended the stream: system-shutdown" "$WORK/$name.err" || fail "$name was not told why"
    shows "$name" closed
done
