"""Writes the cases of the parser's tests as documents for split.

documents.py SHARED FILE...: what stands in SHARED/conformance and SHARED/corpus, by itself or in a stream, as it is
meant, dealt out to the files. Cases above 4096 octets are left out, since each is read as often as it has octets.
"""

import base64
import json
import sys
from pathlib import Path

LONGEST = 4096
OPENING = (
    b"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'"
    b" xmlns:db='jabber:server:dialback' xmlns:sasl='urn:ietf:params:xml:ns:xmpp-sasl' version='1.0'>"
)


def documents(shared):
    for path in sorted([*shared.glob("conformance/*.jsonl"), *shared.glob("corpus/*.jsonl")]):
        for line in path.open(encoding="utf-8"):
            case = json.loads(line)
            if "payload_b64" in case:
                yield b"stream", OPENING + base64.b64decode(case["payload_b64"])
            elif "xml_b64" in case:
                octets = base64.b64decode(case["xml_b64"])
                yield b"document", octets
                if "wrapped_expect" in case:
                    yield b"stream", OPENING + octets + b"</stream:stream>"
            elif case.get("expect") == "document":
                yield b"document", case["xml"].encode()
            elif case.get("expect") == "stream-prefix":
                yield b"stream", case["xml"].encode()
            else:
                yield b"stream", OPENING + case["xml"].encode() + b"</stream:stream>"


def main():
    files = [open(path, "wb") for path in sys.argv[2:]]
    left_out = 0
    for number, (kind, document) in enumerate(documents(Path(sys.argv[1]))):
        if len(document) > LONGEST:
            left_out += 1
        else:
            files[number % len(files)].write(b"%s %d\n%s" % (kind, len(document), document))
    print(f"{left_out} cases above {LONGEST} octets are left out")


main()
