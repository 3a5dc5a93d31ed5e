"""Two people of one server meet: subscription both ways, presence both ways, messages both ways, a second login, leave.

Usage: slixmpp_pair.py ONE OTHER, with DOMAIN, SERVER, PORT and CA in the environment. The two may know each other already.
"""

import sys

from person import Person, Unseen, run


async def pair(one_name, other_name):
    """The whole meeting."""
    one, other = Person(one_name), Person(other_name)
    contacts = await one.arrive()
    await other.arrive()

    if other.boundjid.bare not in contacts:
        await one.befriend(other)
        await one.expect_push(other.boundjid.bare, "to")
        await other.expect_push(one.boundjid.bare, "from")
        await other.befriend(one)
        await one.expect_push(other.boundjid.bare, "both")
        await other.expect_push(one.boundjid.bare, "both")
    else:
        await one.expect_presence(other.boundjid.bare, "available")
        await other.expect_presence(one.boundjid.bare, "available")

    for owner, contact in ((one, other), (other, one)):
        item = (await owner.contacts()).get(contact.boundjid.bare)
        if item is None or item["subscription"] != "both":
            raise Unseen(f"{owner.boundjid.bare}: {contact.boundjid.bare} with subscription both; got {item}")

    # A change of presence reaches the other, both ways.
    one.send_presence(pshow="away", pstatus="at the <masked> ball & back soon")
    seen = await other.expect_presence(one.boundjid.bare, "away")
    if seen["status"] != "at the <masked> ball & back soon" or seen["from"].full != one.boundjid.full:
        raise Unseen(f"{other.boundjid.bare}: the status of {one.boundjid.full}; got {seen}")
    other.send_presence(pshow="dnd")
    await one.expect_presence(other.boundjid.bare, "dnd")

    # A message to the account, the answer to the very resource it came from.
    ask, answer = "wherefore art thou? <&'\">", "\u00e0 bient\u00f4t \U0001f339\n]]> indeed"
    one.send_message(mto=other.boundjid.bare, mbody=ask, mtype="chat")
    got = await other.expect_message(one.boundjid.bare, ask)
    other.send_message(mto=got["from"], mbody=answer, mtype="chat")
    got = await one.expect_message(other.boundjid.bare, answer)
    if got["from"].full != other.boundjid.full or got["to"].full != one.boundjid.full:
        raise Unseen(f"{one.boundjid.bare}: full addresses on the answer; got {got}")

    # Going away is seen; coming back is seen by the one who stayed, and the newcomer is told who is there.
    await other.leave()
    await one.expect_presence(other.boundjid.bare, "unavailable")
    back = Person(other_name)
    if one.boundjid.bare not in await back.arrive():
        raise Unseen(f"{back.boundjid.bare}: the roster of before at the second login")
    await one.expect_presence(back.boundjid.bare, "available")
    await back.expect_presence(one.boundjid.bare, "away")

    await one.leave()
    await back.expect_presence(one.boundjid.bare, "unavailable")
    await back.leave()


if __name__ == "__main__":
    run(pair(sys.argv[1], sys.argv[2]))
