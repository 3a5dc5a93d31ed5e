# A gloox program at server.c: STARTTLS with the certificate checked, SCRAM, presence, messages both ways, an orderly end.
. "$HERE/lib.sh"

# gloox takes the host's name for that of the certificate.
start gloox "$BIN/gloox" "tybalt@$DOMAIN" "secret of tybalt" "$DOMAIN" "$PORT" "$CA" "gregory@$DOMAIN" "from gloox: <&> 🌹"
eventually says gloox ready
c_as paris "tybalt@$DOMAIN" "to gloox: ]]> & peace"
finish gloox
shows gloox "message from paris@$DOMAIN"
shows gloox "to gloox: ]]> & peace"
as gregory listen --count 1 > "$WORK/listener.out"
shows listener "tybalt@$DOMAIN"
shows listener "from gloox: <&> 🌹"
