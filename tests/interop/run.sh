#!/usr/bin/env bash
# Interop tests: tercet against the servers and clients that people run.
#
#   tests/interop/run.sh [GROUP...]      groups: prosody ejabberd tercet c; without one: all of them
#
#   prosody, ejabberd   client/*.sh: `tercet send`, `roster`, `listen` and the C example client.c at that server,
#                       STARTTLS and SCRAM required
#   tercet              server/*.sh: slixmpp and go-sendxmpp as clients of `tercet serve`
#   c                   the same at the C example server.c, and c/*.sh: libstrophe, gloox, profanity and client.c; what
#                       has the name of one in server/ stands in for it
#
# Prints one line for each case and `N passed, N failed`; ends with 1 on any failure. Servers are ordinary processes on
# 127.0.0.1 in a temporary folder. What is missing is installed from Debian, which needs root; where that cannot be done
# the run is skipped, which counts as a failure when CI=true. In the environment:
#   TERCET=PATH       the command to test (default: built here, release)
#   CASES=WORD        only cases with WORD in their name
#   KEEP=1            keep the temporary folder with all logs, and say where it is
#   INTEROP_WIRE=1    slixmpp logs every stanza
#   TERCET_C_FLAGS    more words for the C compiler, such as -fsanitize=address
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
export HERE
. "$HERE/servers.sh"

passed=0
failed=0

main() {
    local groups=("$@") group
    [ $# -gt 0 ] || groups=(prosody ejabberd tercet c)
    for group in "${groups[@]}"; do
        case $group in
            prosody | ejabberd | tercet | c) ;;
            *) echo "no such group: $group" >&2; exit 2 ;;
        esac
    done

    install_missing "${groups[@]}"
    TOP=$(mktemp -d "${TMPDIR:-/tmp}/tercet-interop.XXXXXX")
    trap clean_up EXIT
    trap 'exit 1' INT TERM
    build
    build_c "${groups[@]}"
    for group in "${groups[@]}"; do
        run_group "$group"
    done
    echo "$passed passed, $failed failed"
    [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}

skip() {
    echo "skipped: $*" >&2
    [ "${CI:-}" != true ] || exit 1
    exit 0
}

install_missing() {
    local package missing=()
    local wanted=(openssl python3 python3-slixmpp go-sendxmpp gcc pkg-config libc6-dev libssl-dev libsqlite3-dev)
    [[ " $* " != *" prosody "* ]] || wanted+=(prosody lua-sec)
    [[ " $* " != *" ejabberd "* ]] || wanted+=(ejabberd)
    [[ " $* " != *" c "* ]] || wanted+=(g++ libstrophe-dev libgloox-dev profanity tmux)
    command -v dpkg-query > /dev/null || skip "these tests take their peers from Debian, and this is not Debian"
    for package in "${wanted[@]}"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    [ "$(id -u)" = 0 ] || skip "missing packages, and only root can install them: ${missing[*]}"
    echo "installing ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
}

build() {
    if [ -z "${TERCET:-}" ]; then
        (cd "$ROOT" && cargo build --release --bin tercet)
        TERCET=${CARGO_TARGET_DIR:-$ROOT/target}/release/tercet
    fi
    [ -x "$TERCET" ] || { echo "no such command: $TERCET" >&2; exit 1; }
    export TERCET
}

# build_c GROUP...: the C examples with the library as it is installed, and the programs that meet them.
build_c() {
    local examples=$ROOT/bindings/c/examples bin=$TOP/bin
    local strict=(-O2 -g -Wall -Wextra -pedantic -Werror) more
    local -x PKG_CONFIG_PATH=$TOP/tree/lib/pkgconfig
    read -ra more <<< "${TERCET_C_FLAGS:-}"
    mkdir "$bin"
    "$ROOT/bindings/install.sh" --prefix "$TOP/tree" > "$TOP/install.log" 2>&1 || { cat "$TOP/install.log"; exit 1; }
    build_one() {
        "$1" "${strict[@]}" -o "$bin/$2" "${@:4}" $(pkg-config --cflags --libs $3) "-Wl,-rpath,$TOP/tree/lib" || exit
    }
    build_one gcc server "tercet openssl sqlite3" -std=c11 "${more[@]}" "$examples"/{server,store,system}.c
    build_one gcc client "tercet openssl" -std=c11 "${more[@]}" "$examples/client.c"
    if [[ " $* " == *" c "* ]]; then
        build_one gcc strophe libstrophe -std=c11 "$HERE/c/strophe.c"
        build_one g++ gloox gloox -std=c++17 -pthread "$HERE/c/gloox.cpp"
    fi
    export BIN=$bin
}

clean_up() {
    stop_server || true
    if [ -n "${KEEP:-}" ]; then echo "logs are in $TOP"; else rm -rf "$TOP"; fi
}

run_group() {
    local group=$1 dir=$TOP/$1 kinds=client case began kind
    case $group in
        tercet) kinds=server ;;
        c) kinds="server c" ;;
    esac
    mkdir "$dir"
    if ! "start_$group" "$dir" 2> "$dir/start.err"; then
        report "$group/start" 1 "$dir/start.err" 0
        stop_server || true
        return 0
    fi
    for kind in $kinds; do
        for case in "$HERE/$kind"/*.sh; do
            [ "$kind" = "$group" ] || [ ! -e "$HERE/$group/${case##*/}" ] || continue
            run_case "$group" "$case"
        done
    done
    [ "$kinds" != client ] || { stop_server || true; return 0; }
    began=$SECONDS
    local code=0
    stop_server || code=$?
    cp "$dir/server.err" "$dir/stop.log"
    report "$group/stop" "$code" "$dir/stop.log" $((SECONDS - began))
}

run_case() {
    local name code=0 began=$SECONDS
    name=$1/$(basename "$2" .sh)
    [[ $name == *"${CASES:-}"* ]] || return 0
    mkdir "$TOP/$name"
    WORK=$TOP/$name timeout -k 5 100 bash "$2" < /dev/null > "$TOP/$name.log" 2>&1 || code=$?
    report "$name" "$code" "$TOP/$name.log" $((SECONDS - began))
}

# report NAME CODE LOG SECONDS: the log is shown only if it is of use
report() {
    if [ "$2" = 0 ]; then
        passed=$((passed + 1))
        echo "ok      $1 ($4 s)"
    else
        failed=$((failed + 1))
        echo "FAILED  $1 ($4 s, exit code $2)"
        sed 's/^/        | /' "$3"
    fi
}

main "$@"
