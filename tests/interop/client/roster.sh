# `tercet roster` lists what slixmpp put into the roster.
. "$HERE/lib.sh"

as peter roster > "$WORK/before.out"
[ ! -s "$WORK/before.out" ] || fail "a new account has contacts: $(cat "$WORK/before.out")"
slixmpp slixmpp_pair.py nurse peter
as peter roster > "$WORK/after.out"
cat "$WORK/after.out"
[ "$(wc -l < "$WORK/after.out")" = 1 ] || fail "one contact is not one line"
shows after "nurse@$DOMAIN"
shows after both
