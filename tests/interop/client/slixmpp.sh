# The slixmpp scripts hold against this server too, so what they find at `tercet serve` is not their own fault.
. "$HERE/lib.sh"

slixmpp slixmpp_pair.py benvolio mercutio
slixmpp slixmpp_pair.py benvolio mercutio # who know each other by now

start receiver slixmpp slixmpp_receive.py juliet "romeo@$DOMAIN" "hello from slixmpp"
eventually says receiver ready
slixmpp slixmpp_send.py romeo "juliet@$DOMAIN" "hello from slixmpp"
finish receiver
