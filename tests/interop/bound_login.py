"""Logs in with SCRAM-SHA-256-PLUS over OpenSSL's own client: the one TLS that is here and exports keys on the command line.

usage: bound_login.py HOST PORT DOMAIN CA USER PASSWORD FLAG OUTCOME
FLAG is the GS2 flag to send, OUTCOME the element that the server must answer with: `success` or a SASL condition.
A `!` behind the flag changes one bit of what is bound to, as it would be on another connection. OFFERS in the environment
names the kinds of binding that the server must offer.
"""

import base64
import hashlib
import hmac
import os
import re
import ssl
import subprocess
import sys
import threading

host, port, domain, ca, user, password, flag, wanted = sys.argv[1:]
tampered = flag.endswith("!")
flag = flag.rstrip("!")

HEADER = (
    f"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
    f"to='{domain}' version='1.0'>"
)
SASL = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'"

tls = subprocess.Popen(
    [
        "openssl", "s_client", "-connect", f"{host}:{port}", "-starttls", "xmpp", "-xmpphost", domain,
        "-servername", domain, "-CAfile", ca, "-verify_return_error", "-tls1_3", "-nocommands", "-ign_eof",
        "-keymatexport", "EXPORTER-Channel-Binding", "-keymatexportlen", "32",
    ],
    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0,
)
# Whatever happens, it ends.
timer = threading.Timer(12, tls.kill)
timer.daemon = True
timer.start()
heard = ""


def expect(pattern):
    """Reads on until the pattern is there; gives its groups and forgets what led up to it."""
    global heard
    while not (found := re.search(pattern, heard, re.DOTALL)):
        more = tls.stdout.read(4096)
        if not more:
            sys.exit(f"the connection ended before {pattern}: {heard}")
        heard += more.decode()
    heard = heard[found.end():]
    return found.groups()


def say(text):
    tls.stdin.write(text.encode())


def b64(octets):
    return base64.b64encode(octets).decode()


exported = bytes.fromhex(expect(r"Keying material: ([0-9A-F]+)")[0])
certificate = ssl.PEM_cert_to_DER_cert(open(ca).read())
data = {
    "p=tls-exporter": exported,
    "p=tls-server-end-point": hashlib.sha256(certificate).digest(),
}.get(flag, b"")
if tampered:
    data = bytes([data[0] ^ 1]) + data[1:]
mechanism = "SCRAM-SHA-256-PLUS" if flag.startswith("p") else "SCRAM-SHA-256"

say(HEADER)
(features,) = expect(r"<stream:features>(.*)</stream:features>")
kinds = os.environ.get("OFFERS", "tls-exporter tls-server-end-point").split()
for offer in ["<mechanism>SCRAM-SHA-256-PLUS<"] + [f"type='{kind}'" for kind in kinds]:
    if offer not in features:
        sys.exit(f"no {offer} in {features}")

bare = f"n={user},r=fyko+d2lbbFgONRv9qkxdawL"
say(f"<auth {SASL} mechanism='{mechanism}'>{b64(f'{flag},,{bare}'.encode())}</auth>")
kind, body = expect(r"<(challenge|failure)[^>]*>(.*?)</\1>")
if kind == "challenge":
    challenge = base64.b64decode(body).decode()
    nonce, salt, count = re.fullmatch(r"r=([^,]+),s=([^,]+),i=(\d+)", challenge).groups()
    signed = f"c={b64(f'{flag},,'.encode() + data)},r={nonce}"
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(salt), int(count))
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    said = f"{bare},{challenge},{signed}".encode()
    signature = hmac.digest(hashlib.sha256(client_key).digest(), said, "sha256")
    proof = bytes(a ^ b for a, b in zip(client_key, signature))
    say(f"<response {SASL}>{b64(f'{signed},p={b64(proof)}'.encode())}</response>")
    kind, body = expect(r"<(success|failure)[^>]*>(.*?)</\1>")

if kind == "success":
    verifier = hmac.digest(hmac.digest(salted, b"Server Key", "sha256"), said, "sha256")
    if base64.b64decode(body).decode() != f"v={b64(verifier)}":
        sys.exit("the server's signature is wrong")
    say(HEADER)
    expect(r"<stream:features>.*<bind.*</stream:features>")
    outcome = "success"
else:
    outcome = re.match(r"<([a-z-]+)", body)[1]
tls.kill()
if outcome != wanted:
    sys.exit(f"{flag}: {outcome}, not {wanted}")
print(f"{mechanism} {flag}: {outcome}")
