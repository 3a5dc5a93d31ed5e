"""One person logs in, says `ready` on standard output, waits for one message and leaves.

Usage: slixmpp_receive.py NAME SENDER BODY, with DOMAIN, SERVER, PORT and CA in the environment. SENDER is a bare address.
"""

import sys

from person import Person, run


async def receive(name, sender, body):
    """Logs in and does not leave before the message is there."""
    person = Person(name)
    await person.arrive()
    # An answered request comes after the presence: from here on the server delivers to this resource.
    await person.contacts()
    print("ready", flush=True)
    await person.expect_message(sender, body)
    await person.leave()


if __name__ == "__main__":
    run(receive(*sys.argv[1:4]))
