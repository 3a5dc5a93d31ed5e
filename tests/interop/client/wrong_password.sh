# The server's refusal is told as what it is.
. "$HERE/lib.sh"

refused "password|not-authorized" client "romeo@$DOMAIN" "not his secret" send --ca "$CA" "juliet@$DOMAIN" hello
refused "password|not-authorized" client "no-such-account@$DOMAIN" "any" roster --ca "$CA"
