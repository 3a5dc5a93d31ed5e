# The C example client.c logs in both ways, shows the roster, sends and receives, and leaves in order; what is wrong is
# said.
. "$HERE/lib.sh"

slixmpp slixmpp_pair.py benvolio mercutio
start listener c_as mercutio --count 2
eventually says listener "presence from mercutio@$DOMAIN"
shows listener "contact benvolio@$DOMAIN both"
as benvolio send "mercutio@$DOMAIN" "from tercet: <b>&amp; 🌹"
c_client "benvolio@$DOMAIN" "secret of benvolio" --port "$TLS_PORT" --direct --ca "$CA" \
    "mercutio@$DOMAIN" "from C: ]]> 'quoted' \"twice\"" > "$WORK/sender.out"
finish listener
shows listener "presence from benvolio@$DOMAIN"
shows listener "from tercet: <b>&amp; 🌹"
shows listener "from C: ]]> 'quoted' \"twice\""
[ "$(tail -n 1 "$WORK/listener.out")$(tail -n 1 "$WORK/sender.out")" = closedclosed ] || fail "not closed in order"

# Told to go, it goes in order.
start listener c_as mercutio
eventually says listener "presence from mercutio@$DOMAIN"
end listener
finish listener
shows listener closed

fails "not-authorized" c_client "benvolio@$DOMAIN" wrong --port "$PORT" --ca "$CA"
fails "self.signed certificate" c_client "benvolio@$DOMAIN" "secret of benvolio" --port "$PORT"
