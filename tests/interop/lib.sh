# What every case stands on; sourced first thing. The driver (run.sh) gives, in the environment:
#   TERCET       the command under test
#   BIN          the folder of the C programs: client and, in the group c, server, strophe, gloox
#   SERVER PORT  where the server listens
#   TLS_PORT     where it wants TLS from the first octet (servers other than tercet)
#   DOMAIN CA    what it serves; the PEM file that vouches for it
#   LOG ORDERLY  the server's log, and how it says there that a client closed its stream (servers other than tercet)
#   WORK         an empty folder of this case
#   HERE         the folder of this file
# A case passes if it ends with 0. Every account's password is `secret of NAME`.
set -euo pipefail

PATIENCE=15                 # seconds that one command may take; on loopback they take well under one
PYTHON=/usr/bin/python3     # Debian's own: another python3 on PATH does not see Debian's packages
started=()

# Ends what the case left running. Each background job is a process group of its own, so nothing of it stays.
end_started() {
    local pid
    for pid in "${started[@]}"; do
        kill -TERM -- "-$pid" 2>/dev/null || true
    done
}
trap end_started EXIT
trap 'exit 1' TERM INT

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# as NAME COMMAND [ARGUMENT...]: the tercet command in the client's role, trusting the server's certificate
as() {
    client "$1@$DOMAIN" "secret of $1" "$2" --ca "$CA" "${@:3}"
}

# client JID PASSWORD COMMAND [ARGUMENT...]: the same with nothing decided but the server
client() {
    TERCET_PASSWORD=$2 bounded "$TERCET" "$3" --jid "$1" --server "$SERVER:$PORT" "${@:4}"
}

# c_as NAME [ARGUMENT...]: the C example client.c, by STARTTLS
c_as() {
    c_client "$1@$DOMAIN" "secret of $1" --port "$PORT" --ca "$CA" "${@:2}"
}

# c_client JID PASSWORD [ARGUMENT...]: the same with nothing decided but the server
c_client() {
    TERCET_PASSWORD=$2 bounded "$BIN/client" --server "$SERVER" "$1" "${@:3}"
}

# c_server [OPTION...]: one more C example server.c, of this case alone, with the accounts romeo and juliet; its ports and
# its log take the place of the other server's, `finish c_server` waits for its end
c_server() {
    local name arguments=(--domain "$DOMAIN" --database "$WORK/db")
    for name in romeo juliet; do
        "$BIN/server" "${arguments[@]}" --add-account "$name" <<< "secret of $name"
    done
    start c_server "$BIN/server" "${arguments[@]}" --cert "$CA" --key "${CA%.crt}.key" --port 0 --tls-port 0 "$@"
    eventually grep -q '^TLS at ' "$WORK/c_server.out"
    PORT=$(sed -n 's/^STARTTLS at .*:\([0-9]*\)$/\1/p' "$WORK/c_server.out")
    TLS_PORT=$(sed -n 's/^TLS at .*:\([0-9]*\)$/\1/p' "$WORK/c_server.out")
    LOG=$WORK/c_server.err
}

# go_as NAME [ARGUMENT...]: go-sendxmpp, which knows no option for a CA but the variable that Go reads
go_as() {
    go_client "$1@$DOMAIN" "secret of $1" "${@:2}"
}

# go_client JID PASSWORD [ARGUMENT...]
go_client() {
    HOME=$WORK SSL_CERT_FILE=$CA bounded go-sendxmpp -u "$1" -p "$2" -j "$SERVER:$PORT" "${@:3}"
}

# slixmpp SCRIPT [ARGUMENT...]
slixmpp() {
    PATIENCE=60 bounded "$PYTHON" -B "$HERE/$1" "${@:2}"
}

# bounded COMMAND...: for $PATIENCE seconds at most. In a background job it takes the place of the shell, so that a signal
# to the job reaches the command and the job's exit code is the command's.
bounded() {
    local limited=(timeout --foreground -k 2 "$PATIENCE" "$@")
    [ "$BASHPID" = "$$" ] || exec "${limited[@]}"
    "${limited[@]}"
}

# start NAME COMMAND...: in the background, output to $WORK/NAME.out and .err; `finish NAME` waits for it
start() {
    local name=$1
    shift
    : > "$WORK/$name.out"
    set -m
    "$@" > "$WORK/$name.out" 2> "$WORK/$name.err" < /dev/null &
    set +m
    started+=($!)
    declare -g "pid_of_$name=$!"
}

# finish NAME [CODE]: the job ends by itself (each has a time limit) with this exit code, or else the case fails
finish() {
    local pid="pid_of_$1" wanted=${2:-0} code=0
    wait "${!pid}" || code=$?
    [ "$code" = "$wanted" ] || {
        cat "$WORK/$1.out" "$WORK/$1.err" >&2
        fail "$1 ended with $code, not with $wanted"
    }
}

# end NAME: asks the job to end, as a person does
end() {
    local pid="pid_of_$1"
    kill -TERM "${!pid}"
}

# eventually COMMAND...: repeats it until it succeeds
eventually() {
    local deadline=$((SECONDS + PATIENCE))
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || fail "in vain for $PATIENCE s: $*"
        sleep 0.1
    done
}

# says NAME TEXT: the job's standard output has a line with this text
says() {
    grep -qF -- "$2" "$WORK/$1.out"
}

# shows NAME TEXT: as `says`, now or the case fails
shows() {
    says "$@" || {
        cat "$WORK/$1.out" >&2
        fail "$1 does not show: $2"
    }
}

# fails TEXT COMMAND...: it ends with 1, and what it says on standard error has TEXT
fails() {
    local text=$1 code=0
    shift
    "$@" > "$WORK/refused.out" 2> "$WORK/refused.err" || code=$?
    cat "$WORK/refused.out" "$WORK/refused.err" >&2
    [ "$code" = 1 ] || fail "exit code $code, not 1: $*"
    grep -qiE -- "$text" "$WORK/refused.err" || fail "the error does not say: $text"
}

# refused TEXT COMMAND...: the same, in one line, and it says nothing else
refused() {
    fails "$@"
    [ "$(wc -l < "$WORK/refused.err")" = 1 ] || fail "the error is not one line"
    [ ! -s "$WORK/refused.out" ] || fail "a refused command wrote output"
}
