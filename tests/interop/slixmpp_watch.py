"""One person asks to see another's presence and prints each one that comes, to the first `unavailable`.

Usage: slixmpp_watch.py NAME CONTACT, with DOMAIN, SERVER, PORT and CA in the environment. The contact's consent is given
by logging in as the contact too, for a moment. Prints `ready`, then `available` and `unavailable` as they come.
"""

import sys

from person import Person, run


async def watch(name, contact_name):
    """Subscribes, then watches."""
    watcher, contact = Person(name), Person(contact_name)
    await watcher.arrive()
    await contact.arrive()
    await watcher.befriend(contact)
    await contact.leave()
    await watcher.expect_presence(contact.boundjid.bare, "unavailable")
    print("ready", flush=True)
    for kind in ("available", "unavailable"):
        await watcher.expect_presence(contact.boundjid.bare, kind)
        print(kind, flush=True)
    await watcher.leave()


if __name__ == "__main__":
    run(watch(sys.argv[1], sys.argv[2]))
