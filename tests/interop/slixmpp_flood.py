"""One person sends many long messages as fast as it can and leaves.

Usage: slixmpp_flood.py NAME TO COUNT LENGTH, with DOMAIN, SERVER, PORT and CA in the environment.
"""

import sys

from person import Person, run


async def flood(name, to, count, length):
    """The stream's orderly end says that the server has read them all."""
    person = Person(name)
    await person.arrive()
    for _ in range(count):
        person.send_message(mto=to, mbody="x" * length, mtype="chat")
    await person.leave()


if __name__ == "__main__":
    run(flood(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
