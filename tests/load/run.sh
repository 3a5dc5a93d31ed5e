#!/usr/bin/env bash
# Load on the C example server.c: connections held open and logged in, then messages between random pairs.
#
#   tests/load/run.sh [CONNECTIONS [MESSAGES]]      10000 and 200000
#
# The clients are one process (load.c), the server is another, all TLS is real. Fails where a message is lost, doubled
# or out of order, or where the limit on descriptors is too low, which is said. Prints what an idle connection costs, each
# part apart, as the server counts it; `heap` is all that malloc gave, `resident` what the system counts. Ends with 1
# where something fails, with 2 for wrong usage. Needs gcc, pkg-config, OpenSSL, SQLite and python3.
set -Eeuo pipefail

connections=${1:-10000} messages=${2:-200000}
if [ $# -gt 2 ] || ! [[ $connections =~ ^[1-9][0-9]*$ && $messages =~ ^[0-9]+$ ]] || [ "$connections" -lt 2 ]; then
    echo "usage: tests/load/run.sh [CONNECTIONS [MESSAGES]], of connections two or more" >&2
    exit 2
fi
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/tercet-load.XXXXXX")
server_pid=

clean_up() {
    if [ -n "$server_pid" ]; then
        kill -KILL "$server_pid" 2> /dev/null || true
        wait "$server_pid" 2> /dev/null || true
    fi
    rm -rf "$work"
}
trap clean_up EXIT
# Whatever code a tool ends with.
trap 'exit 1' ERR INT TERM

"$root/bindings/install.sh" --prefix "$work/tree" > "$work/install.log" 2>&1 || { cat "$work/install.log"; exit 1; }
export PKG_CONFIG_PATH=$work/tree/lib/pkgconfig
compile() {
    gcc -std=c11 -O2 -Wall -Wextra -pedantic -Werror "$@" $(pkg-config --cflags --libs tercet openssl sqlite3) \
        "-Wl,-rpath,$work/tree/lib"
}
compile -o "$work/server" "$root"/bindings/c/examples/{server,store,system}.c
compile -o "$work/load" "$here/load.c"

cd "$work"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=localhost" \
    -addext "subjectAltName=DNS:localhost" -keyout key.pem -out cert.pem 2> /dev/null
# One account by the program; the others have its keys, for keys do not depend on the name.
./server --domain localhost --database db --add-account user0 <<< load
python3 - "$connections" << 'END'
import sqlite3, sys

with sqlite3.connect("db") as db:
    keys = db.execute("SELECT sha256, sha1 FROM account").fetchone()
    names = (f"user{number}@localhost" for number in range(1, int(sys.argv[1])))
    db.executemany("INSERT INTO account VALUES (?, ?, ?)", ((name, *keys) for name in names))
END

./server --domain localhost --database db --cert cert.pem --key key.pem --port 0 --tls-port 0 > out 2> err &
server_pid=$!
for _ in $(seq 100); do
    ! grep -qs '^TLS at ' out || break
    sleep 0.1
done
port() {
    sed -n "s/^$1 at .*:\([0-9]*\)$/\1/p" out
}
./load --ca cert.pem --port "$(port STARTTLS)" --tls-port "$(port TLS)" --server-pid "$server_pid" \
    --connections "$connections" --messages "$messages" | tee load.out || {
    tail -n 5 err >&2
    exit 1
}
kill -TERM "$server_pid"
wait "$server_pid" || { echo "the server ended with $?" >&2; exit 1; }
server_pid=

# What the second look at memory has more than the first, for each connection.
python3 - "$connections" << 'END'
import re, sys

connections = int(sys.argv[1])
empty, full = (re.findall(r"(\w+) (\d+)", line.split("bytes:")[1]) for line in open("out") if "bytes:" in line)
print("bytes for an idle connection: ", end="")
parts = [f"{name} {(int(more) - int(less)) / connections:.0f}" for (name, less), (_, more) in zip(empty, full)]
resident = [int(line.split()[1]) for line in open("load.out") if line.startswith("resident:")]
print(", ".join(parts + [f"resident {(resident[1] - resident[0]) * 1024 / connections:.0f}"]))
END
