"""One person logs in, sends one message and leaves.

Usage: slixmpp_send.py NAME TO BODY, with DOMAIN, SERVER, PORT and CA in the environment.
"""

import sys

from person import Person, run


async def send(name, to, body):
    """The stream's orderly end says that the server has read the message."""
    person = Person(name)
    await person.arrive()
    person.send_message(mto=to, mbody=body, mtype="chat")
    await person.leave()


if __name__ == "__main__":
    run(send(*sys.argv[1:4]))
