"""One person logs in, asks for the presence of somebody who always agrees, sends one message, waits for the same words
from there, and leaves.

Usage: slixmpp_ask.py NAME OTHER BODY, with DOMAIN, SERVER, PORT and CA in the environment. OTHER is a bare address.
"""

import sys

from person import Person, run


async def ask(name, other, body):
    """The answer is looked for at this session alone: it is still there when the other side answers."""
    person = Person(name)
    await person.arrive()
    person.send_presence_subscription(pto=other, ptype="subscribe")
    await person.expect_presence(other, "subscribed")
    await person.expect_presence(other, "available")
    person.send_message(mto=other, mbody=body, mtype="chat")
    await person.expect_message(other, body)
    await person.leave()


if __name__ == "__main__":
    run(ask(*sys.argv[1:4]))
