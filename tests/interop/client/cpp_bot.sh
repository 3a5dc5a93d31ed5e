# The C++ example echo_bot.cpp logs in, agrees to be seen, says to slixmpp what slixmpp said, and leaves in order; what
# is wrong is said. It is built with the library as it is installed beside $BIN.
. "$HERE/lib.sh"

[ -f /usr/include/asio.hpp ] || { echo "skipped: no Asio"; exit 0; }
cpp=$HERE/../../bindings/cpp tree=$BIN/../tree
g++ -std=c++17 -O1 -Wall -Wextra -Werror -I "$cpp" -o "$WORK/echo_bot" "$cpp/examples/echo_bot.cpp" \
    $(PKG_CONFIG_PATH=$tree/lib/pkgconfig pkg-config --cflags --libs tercet openssl) -pthread "-Wl,-rpath,$tree/lib"

# bot PASSWORD ARGUMENT...: as mercutio
bot() {
    TERCET_PASSWORD=$1 PATIENCE=60 bounded "$WORK/echo_bot" --host "$SERVER" --port "$PORT" "${@:2}" "mercutio@$DOMAIN"
}

start bot bot "secret of mercutio" --ca "$CA"
eventually says bot "bound: mercutio@$DOMAIN/"
slixmpp slixmpp_ask.py sampson "mercutio@$DOMAIN" "O <3 & 🌹"
shows bot "sampson@$DOMAIN/slixmpp: O <3 & 🌹"
end bot
finish bot

fails "refused the login" bot wrong --ca "$CA"
fails "certificate verify failed" bot "secret of mercutio"
