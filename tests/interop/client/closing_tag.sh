# The server's log says that each command closed its stream, not just its connection: after success and after a bounce.
. "$HERE/lib.sh"

closed_by() {
    grep -cE "$1@$DOMAIN/.*$ORDERLY" "$LOG" || true
}
closed_once() {
    [ "$(closed_by "$1")" = 1 ]
}

[ "$(closed_by sampson)$(closed_by gregory)" = 00 ] || fail "others have used the accounts of this case"
as sampson roster
eventually closed_once sampson
refused "service-unavailable" as gregory send "nobody-of-that-name@$DOMAIN" hello
eventually closed_once gregory
