# `tercet roster` lists what slixmpp put into the roster that `tercet serve` keeps.
. "$HERE/client/roster.sh"
