# When no descriptor is left server.c says so, and lets in who waits when others have gone.
. "$HERE/lib.sh"

# It holds for all that is started here; the crowd is twice as many.
ulimit -n 40
c_server --no-channel-binding
crowd() {
    bounded "$PYTHON" -c '
import socket, sys, time
held = [socket.create_connection((sys.argv[1], int(sys.argv[2]))) for _ in range(30)]
time.sleep(3)' "$SERVER" "$PORT"
}
start one crowd
start other crowd
eventually grep -q "no descriptor is left" "$LOG"
c_as romeo "romeo@$DOMAIN" "room at last" > "$WORK/client.out"
shows client "room at last"
finish one
finish other
end c_server
finish c_server
