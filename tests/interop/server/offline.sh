# Messages to somebody who is away wait for the next login, in order, and are delivered once.
. "$HERE/lib.sh"

as tybalt send "paris@$DOMAIN" "first, while you were away"
echo "second, from Go" | go_as tybalt "paris@$DOMAIN"
as paris listen --count 2 > "$WORK/listener.out"
cat "$WORK/listener.out"
[ "$(grep -oE 'first, while|second, from' "$WORK/listener.out" | paste -sd ' ')" = "first, while second, from" ] ||
    fail "not both, or not in order"

as tybalt send "paris@$DOMAIN" "third"
slixmpp slixmpp_receive.py paris "tybalt@$DOMAIN" "third"

# Nothing is left: what comes first now is what is sent now.
as tybalt send "paris@$DOMAIN" "fourth"
as paris listen --count 1 > "$WORK/listener.out"
shows listener fourth
