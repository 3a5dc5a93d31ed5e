# `tercet listen` ends in order when it is told to, and others see it come and go.
. "$HERE/lib.sh"

start watch slixmpp slixmpp_watch.py tybalt paris
eventually says watch ready
start listener as paris listen
eventually says watch available
end listener
finish watch
shows watch unavailable
finish listener
