# A client that does not read is sent away when too much waits for it, and the others notice nothing.
. "$HERE/lib.sh"

c_server --no-channel-binding
start sleeper c_as juliet
eventually says sleeper "presence from"
kill -STOP -- "-$pid_of_sleeper"
slixmpp slixmpp_flood.py romeo "juliet@$DOMAIN" 300 100000
eventually grep -q "resource-constraint" "$LOG"
start listener c_as romeo --count 1
eventually says listener "presence from"
c_as romeo "romeo@$DOMAIN" "still here"
finish listener
shows listener "still here"
kill -CONT -- "-$pid_of_sleeper"
finish sleeper 1
end c_server
finish c_server
