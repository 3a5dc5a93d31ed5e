# go-sendxmpp sends to slixmpp and to `tercet listen`, and prints what `tercet send` sends.
. "$HERE/lib.sh"

start receiver slixmpp slixmpp_receive.py mercutio "benvolio@$DOMAIN" "a plague o' both <your> houses"
eventually says receiver ready
echo "a plague o' both <your> houses" | go_as benvolio "mercutio@$DOMAIN"
finish receiver

start listener as mercutio listen --count 1
echo "peace & quiet" | go_as benvolio "mercutio@$DOMAIN"
finish listener
shows listener "benvolio@$DOMAIN"
shows listener "peace & quiet"

start go_listener go_as mercutio -l
as benvolio send "mercutio@$DOMAIN" "ask for me <tomorrow>"
eventually says go_listener "ask for me <tomorrow>"
shows go_listener "benvolio@$DOMAIN"
