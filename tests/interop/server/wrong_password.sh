# A wrong password is refused by tercet's server in words that slixmpp and go-sendxmpp understand; the right one still
# works afterwards.
. "$HERE/lib.sh"

code=0
go_client "nurse@$DOMAIN" wrong "peter@$DOMAIN" <<< hello > "$WORK/go.log" 2>&1 || code=$?
cat "$WORK/go.log"
[ "$code" = 1 ] || fail "go-sendxmpp ended with $code"
grep -qiE "not-authorized|auth" "$WORK/go.log" || fail "go-sendxmpp does not say why"

refused "password|not-authorized" client "nurse@$DOMAIN" wrong roster --ca "$CA"
as nurse roster
