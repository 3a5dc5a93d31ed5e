# A domain that is not served is refused before TLS, in words that `tercet roster` passes on.
. "$HERE/client/unknown_domain.sh"
