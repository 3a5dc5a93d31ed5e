# A person at profanity, in a terminal of tmux, talks by way of server.c: looks at the certificate, types the password,
# reads, writes, quits.
. "$HERE/lib.sh"

terminal() {
    tmux -S "$WORK/tmux" -f /dev/null "$@"
}
trap 'terminal kill-server 2> /dev/null || true; end_started' EXIT

type_in() {
    terminal send-keys -l "$1"
    terminal send-keys Enter
}

# screen TEXT: it can be read there now
screen() {
    terminal capture-pane -p > "$WORK/screen"
    grep -qF -- "$1" "$WORK/screen"
}

terminal new-session -d -x 200 -y 50 env HOME="$WORK" XDG_CONFIG_HOME="$WORK/config" XDG_DATA_HOME="$WORK/data" \
    LANG=C.UTF-8 TERM=screen profanity
eventually screen "Type '/help'"
type_in "/connect mercutio@$DOMAIN server $SERVER port $PORT tls force"
eventually screen "Enter password:"
type_in "secret of mercutio"
eventually screen "Use '/tls allow'"
fingerprint=$(openssl x509 -in "$CA" -noout -fingerprint -sha1 | sed 's/.*=//; s/://g' | tr A-F a-f)
screen "$fingerprint" || fail "the certificate is another one"
type_in "/tls allow"
eventually screen "logged in successfully"

start listener c_as tybalt --count 1
eventually says listener "presence from"
type_in "/msg tybalt@$DOMAIN from profanity: <&> ok"
finish listener
shows listener "message from mercutio@$DOMAIN/profanity"
shows listener "from profanity: <&> ok"
c_as tybalt "mercutio@$DOMAIN" "to <profanity> & back"
eventually screen "to <profanity> & back"

type_in "/quit"

gone() {
    ! terminal list-sessions > /dev/null 2>&1
}
eventually gone
peer=$(sed -n "s/^\(.*\): session of mercutio@$DOMAIN\/profanity.* begins$/\1/p" "$LOG" | tail -n 1)
eventually grep -qF "$peer: stream closed, by the peer first" "$LOG"
