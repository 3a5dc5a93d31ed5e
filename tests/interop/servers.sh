# The servers of the interop tests, each an ordinary process on 127.0.0.1 in a folder of its own; sourced by run.sh.
# `start_X DIR` starts one, waits until it listens, and sets server_pid, and what lib.sh names; it fails if it does not
# come up. `stop_server` ends the one that was started, by its pid, and gives its exit code.

export DOMAIN=localhost SERVER=127.0.0.1 PORT TLS_PORT CA LOG ORDERLY

NAMES="romeo juliet mercutio benvolio tybalt nurse peter paris sampson gregory"
server_pid=

# patiently SECONDS COMMAND...: repeats it until it succeeds; fails after the time, or as soon as the server is gone
patiently() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] && kill -0 "$server_pid" 2>/dev/null || return 1
        sleep 0.1
    done
}

stop_server() {
    local code=0
    [ -n "$server_pid" ] || return 0
    kill -TERM "$server_pid" 2>/dev/null || true
    for _ in $(seq 100); do
        kill -0 "$server_pid" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL "$server_pid" 2>/dev/null || true
    wait "$server_pid" || code=$?
    server_pid=
    return "$code"
}

free_port() {
    /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# certificate DIR: self-signed for localhost, marked as an authority as OpenSSL does unasked, with the XMPP name too
certificate() {
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=localhost" \
        -addext "subjectAltName=DNS:localhost,otherName:1.3.6.1.5.5.7.8.5;UTF8:localhost" \
        -keyout "$1/localhost.key" -out "$1/localhost.crt" 2>/dev/null
    chmod 600 "$1/localhost.key"
    cat "$1/localhost.crt" "$1/localhost.key" > "$1/localhost.pem"
    chmod 600 "$1/localhost.pem"
}

# STARTTLS required; at localhost SCRAM and nothing else. other.example shows the certificate of localhost.
start_prosody() {
    local dir=$1 name
    PORT=$(free_port) TLS_PORT=$(free_port) CA=$dir/localhost.crt LOG=$dir/prosody.log ORDERLY="closed: session closed"
    certificate "$dir"
    mkdir "$dir/data"
    cat > "$dir/prosody.cfg.lua" <<END
run_as_root = true
data_path = "$dir/data"
certificates = "$dir"
interfaces = { "127.0.0.1" }; local_interfaces = { "127.0.0.1" }
c2s_ports = { $PORT }; c2s_direct_tls_ports = { $TLS_PORT }; s2s_ports = {}; component_ports = {}; http_ports = {}; https_ports = {}
c2s_require_encryption = true
authentication = "internal_hashed"
disable_sasl_mechanisms = { "PLAIN" }
modules_enabled = { "roster", "saslauth", "tls", "disco", "ping", "presence", "message", "iq" }
modules_disabled = { "s2s", "admin_shell", "offline" }
log = { { levels = { min = "debug" }, to = "file", filename = "$LOG" } }
VirtualHost "localhost"
VirtualHost "other.example"
  ssl = { certificate = "$dir/localhost.crt", key = "$dir/localhost.key" }
END
    for name in $NAMES; do
        prosodyctl --root --config "$dir/prosody.cfg.lua" register "$name" localhost "secret of $name" \
            >> "$dir/register.log" 2>&1 || { cat "$dir/register.log" >&2; return 1; }
    done
    prosody --root --config "$dir/prosody.cfg.lua" -F < /dev/null > "$dir/server.log" 2>&1 &
    server_pid=$!
    patiently 20 grep -qsF "Activated service 'c2s' on [127.0.0.1]:$PORT" "$LOG" || {
        tail -n 20 "$dir/server.log" "$LOG" >&2
        return 1
    }
}

# The same terms at ejabberd. No node name, so no epmd and no ejabberdctl: the accounts are made inside the node.
start_ejabberd() {
    local dir=$1 name accounts="" libraries
    PORT=$(free_port) TLS_PORT=$(free_port) CA=$dir/localhost.crt LOG=$dir/ejabberd.log ORDERLY="Stream reset by peer"
    certificate "$dir"
    mkdir "$dir/db"
    cat > "$dir/ejabberd.yml" <<END
hosts: [localhost, other.example]
loglevel: info
certfiles: ["$dir/localhost.pem"]
auth_method: [internal]
auth_password_format: scram
disable_sasl_mechanisms: [PLAIN, X-OAUTH2]
acme: {auto: false}
s2s_access: none
listen:
  - {port: $PORT, ip: "127.0.0.1", module: ejabberd_c2s, starttls_required: true}
  - {port: $TLS_PORT, ip: "127.0.0.1", module: ejabberd_c2s, tls: true}
modules: {mod_roster: {}, mod_disco: {}, mod_ping: {}}
END
    for name in $NAMES; do
        accounts="$accounts ejabberd_auth:try_register(<<\"$name\">>, <<\"localhost\">>, <<\"secret of $name\">>),"
    done
    libraries=(/usr/lib/*/ejabberd-*)
    ( cd "$dir" && exec env HOME="$dir" ERL_LIBS="${libraries[0]%/*}" \
        EJABBERD_CONFIG_PATH="$dir/ejabberd.yml" EJABBERD_LOG_PATH="$LOG" ERL_CRASH_DUMP_BYTES=0 \
        erl -noinput -mnesia dir "\"$dir/db\"" -s ejabberd -eval \
        "{ok, _} = application:ensure_all_started(ejabberd), $accounts file:write_file(\"$dir/ready\", <<>>)." \
    ) < /dev/null > "$dir/server.log" 2>&1 &
    server_pid=$!
    patiently 40 test -e "$dir/ready" || {
        tail -n 20 "$dir/server.log" "$LOG" >&2
        return 1
    }
}

# tercet itself, with a certificate of its own making. No channel binding, which Debian's slixmpp takes up wherever it is
# offered, with `tls-unique` even under TLS 1.3.
start_tercet() {
    local dir=$1 name accounts=() first
    for name in $NAMES; do
        accounts+=(--account "$name@localhost:secret of $name")
    done
    "$TERCET" serve --domain localhost --listen 127.0.0.1:0 --no-channel-binding --data "$dir/data" "${accounts[@]}" \
        < /dev/null > "$dir/server.log" 2> "$dir/server.err" &
    server_pid=$!
    patiently 20 grep -qs '^listening on ' "$dir/server.log" || {
        cat "$dir/server.log" "$dir/server.err" >&2
        return 1
    }
    first=$(head -n 1 "$dir/server.log")
    [[ $first =~ ^listening\ on\ 127\.0\.0\.1:([0-9]+)\ for\ localhost,\ certificate\ (.+)$ ]] || {
        echo "the first line is not as promised: $first" >&2
        return 1
    }
    PORT=${BASH_REMATCH[1]} CA=${BASH_REMATCH[2]}
}

# The C example server.c, without channel binding for the same reason.
start_c() {
    local dir=$1 name
    CA=$dir/localhost.crt LOG=$dir/server.err
    certificate "$dir"
    for name in $NAMES; do
        "$BIN/server" --domain localhost --database "$dir/db" --add-account "$name" <<< "secret of $name" || return
    done
    "$BIN/server" --domain localhost --database "$dir/db" --cert "$CA" --key "$dir/localhost.key" \
        --port 0 --tls-port 0 --no-channel-binding --plain < /dev/null > "$dir/server.log" 2> "$dir/server.err" &
    server_pid=$!
    patiently 20 grep -qs '^TLS at ' "$dir/server.log" || {
        cat "$dir/server.log" "$dir/server.err" >&2
        return 1
    }
    PORT=$(sed -n 's/^STARTTLS at 127.0.0.1:\([0-9]*\)$/\1/p' "$dir/server.log")
    TLS_PORT=$(sed -n 's/^TLS at 127.0.0.1:\([0-9]*\)$/\1/p' "$dir/server.log")
}
