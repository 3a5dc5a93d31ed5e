# A libstrophe program at server.c: STARTTLS with the certificate checked, SCRAM, presence, messages both ways, an
# orderly end.
. "$HERE/lib.sh"

start strophe "$BIN/strophe" "nurse@$DOMAIN" "secret of nurse" "$SERVER" "$PORT" "$CA" "gregory@$DOMAIN" "from strophe: <&> 🌹"
eventually says strophe ready
c_as peter "nurse@$DOMAIN" "to strophe: ]]> & peace"
finish strophe
shows strophe "message from peter@$DOMAIN"
shows strophe "to strophe: ]]> & peace"
grep -qF 'mechanism="SCRAM-SHA-256"' "$WORK/strophe.err" || fail "strophe did not log in by SCRAM"
as gregory listen --count 1 > "$WORK/listener.out"
shows listener "nurse@$DOMAIN"
shows listener "from strophe: <&> 🌹"
