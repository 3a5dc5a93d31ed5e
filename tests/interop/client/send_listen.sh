# What others send is printed by `tercet listen`; what `tercet send` sends arrives.
. "$HERE/lib.sh"

start listener as juliet listen --count 2
# Nobody keeps messages here: until the listener is there, each one comes back and `send` says so.
eventually as romeo send "juliet@$DOMAIN" "from tercet: <b>&amp; 🌹"
slixmpp slixmpp_send.py romeo "juliet@$DOMAIN" "from slixmpp: ]]> 'quoted' \"twice\""
finish listener
shows listener "from tercet: <b>&amp; 🌹"
shows listener "from slixmpp: ]]> 'quoted' \"twice\""
shows listener "romeo@$DOMAIN"
[ "$(wc -l < "$WORK/listener.out")" = 2 ] || fail "two messages are not two lines"
! grep "^error" "$WORK/listener.err" || fail "the listener complains"

start receiver slixmpp slixmpp_receive.py juliet "romeo@$DOMAIN" "words joined by spaces"
eventually says receiver ready
as romeo send "juliet@$DOMAIN" words joined by spaces
finish receiver

# Standard input as the text; the end of the line is not part of it.
start receiver slixmpp slixmpp_receive.py juliet "romeo@$DOMAIN" "from a pipe"
eventually says receiver ready
echo "from a pipe" | as romeo send "juliet@$DOMAIN" -
finish receiver
