# A message that the server sends back is a failure that names the reason.
. "$HERE/lib.sh"

refused "service-unavailable" as romeo send "nurse@$DOMAIN" "nobody is there"
refused "service-unavailable" as romeo send "nobody-of-that-name@$DOMAIN" "nobody has that name"
