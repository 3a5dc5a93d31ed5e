# Two slixmpp clients meet at `tercet serve`: subscription, presence and messages both ways, and an orderly end; then
# again with the roster of before.
. "$HERE/lib.sh"

slixmpp slixmpp_pair.py romeo juliet
slixmpp slixmpp_pair.py romeo juliet
