# A certificate nobody vouches for is refused; one for another name is refused even where it is trusted, and the message
# says which name was expected; `--insecure` takes both; a file that vouches for somebody else is no help.
. "$HERE/lib.sh"

refused "nobody trusted has signed" client "romeo@$DOMAIN" "secret of romeo" roster
refused "nobody trusted has signed" client "romeo@$DOMAIN" "secret of romeo" send "juliet@$DOMAIN" hello

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$DOMAIN" \
    -addext "subjectAltName=DNS:$DOMAIN" -keyout "$WORK/stranger.key" -out "$WORK/stranger.crt" 2>/dev/null
refused "certificate|signature" client "romeo@$DOMAIN" "secret of romeo" roster --ca "$WORK/stranger.crt"

refused "expected a certificate for other\.example.*$DOMAIN" client "romeo@other.example" "any" roster --ca "$CA"

client "romeo@$DOMAIN" "secret of romeo" roster --insecure
# Past the certificate, so it is the password that fails: other.example has no accounts.
refused "password|not-authorized" client "romeo@other.example" "any" roster --insecure
