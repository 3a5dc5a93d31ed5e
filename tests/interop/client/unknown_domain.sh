# A server that does not serve the domain says so before TLS.
. "$HERE/lib.sh"

refused "host-unknown" client "romeo@elsewhere.example" "any" roster --ca "$CA"
