"""One account of a slixmpp script: it remembers what arrives and lets the script wait for it.

Every wait is bounded. What was expected and did not come is an Unseen, whose text lists what came instead.
"""

import asyncio
import logging
import os
import sys
from pathlib import Path

import slixmpp
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

PATIENCE = 10.0  # seconds; on loopback an answer takes milliseconds


class Unseen(Exception):
    """Something expected did not arrive in time."""


class Person(slixmpp.ClientXMPP):
    """A client whose stanzas of interest pile up in `unread` until `expect` takes them out."""

    def __init__(self, name):
        """The account `name`, at the server that the environment describes."""
        super().__init__(f"{name}@{os.environ['DOMAIN']}/slixmpp", f"secret of {name}")
        self.ca_certs = Path(os.environ["CA"])
        # Subscriptions are answered by the script alone, so that every step of them is seen.
        self.auto_authorize = None
        self.auto_subscribe = False
        self.unread = []
        self._arrival = asyncio.Event()
        for kind in ("message", "presence"):
            path = MatchXPath(f"{{{self.default_ns}}}{kind}")
            self.register_handler(Callback(f"keep {kind}", path, self._keep))
        self.add_event_handler("roster_update", self._keep)
        for trouble in ("failed_all_auth", "ssl_invalid_cert", "connection_failed", "stream_error"):
            self.add_event_handler(trouble, self._keep)

    def _keep(self, stanza):
        self.unread.append(stanza)
        self._arrival.set()

    async def arrive(self):
        """Connects, logs in, asks for the roster, becomes available. Returns the roster's items."""
        started = self.wait_until("session_start", PATIENCE)
        self.connect((os.environ["SERVER"], int(os.environ["PORT"])), force_starttls=True)
        try:
            await started
        except asyncio.TimeoutError:
            raise Unseen(f"{self.boundjid.bare}: no session; got {self._listing()}") from None
        await self.get_roster(timeout=PATIENCE)
        self.send_presence()
        return await self.contacts()

    async def contacts(self):
        """The roster as the server has it now, whole: `get_roster` may ask for the changes since a version only."""
        request = self.make_iq_get()
        request.enable("roster")
        answer = await request.send(timeout=PATIENCE)
        return {str(jid): item for jid, item in answer["roster"]["items"].items()}

    async def befriend(self, other):
        """Gets to see the presence of `other`, a Person as well. Each step of RFC 6121 section 3.1 is waited for."""
        self.send_presence_subscription(pto=other.boundjid.bare, ptype="subscribe")
        await other.expect_presence(self.boundjid.bare, "subscribe")
        other.send_presence_subscription(pto=self.boundjid.bare, ptype="subscribed")
        await self.expect_presence(other.boundjid.bare, "subscribed")
        await self.expect_presence(other.boundjid.bare, "available")

    async def expect(self, what, holds):
        """Takes out the first stanza for which `holds` is true, now or soon."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while True:
            for stanza in self.unread:
                if holds(stanza):
                    self.unread.remove(stanza)
                    return stanza
            self._arrival.clear()
            try:
                await asyncio.wait_for(self._arrival.wait(), deadline - asyncio.get_running_loop().time())
            except asyncio.TimeoutError:
                raise Unseen(f"{self.boundjid.bare}: no {what}; got {self._listing()}") from None

    async def expect_message(self, sender, body):
        """Waits for a message with this body from this bare address."""
        return await self.expect(
            f"message {body!r} from {sender}",
            lambda it: it.name == "message" and it["from"].bare == sender and it["body"] == body,
        )

    async def expect_presence(self, sender, kind):
        """Waits for presence of this type (slixmpp calls a plain one `available`, one with a show by its show)."""
        return await self.expect(
            f"presence {kind} from {sender}",
            lambda it: it.name == "presence" and it["from"].bare == sender and it["type"] == kind,
        )

    async def expect_push(self, contact, subscription):
        """Waits for a roster push that gives the contact this subscription."""

        def holds(it):
            items = it["roster"]["items"] if it.name == "iq" and it["type"] == "set" else {}
            return any(jid == contact and item["subscription"] == subscription for jid, item in items.items())

        return await self.expect(f"roster push of {contact} with {subscription}", holds)

    async def leave(self):
        """Closes the stream and insists on the server's closing tag."""
        ended = self.wait_until("disconnected", PATIENCE)
        self.disconnect(wait=PATIENCE)
        reason = await ended
        if reason != "End of stream":
            raise Unseen(f"{self.boundjid.bare}: no closing tag; the connection ended with {reason!r}")

    def _listing(self):
        return "; ".join(str(stanza) for stanza in self.unread) or "nothing"


def run(script):
    """Runs one script and makes its outcome the exit code."""
    if os.environ.get("INTEROP_WIRE"):
        logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
    try:
        asyncio.run(asyncio.wait_for(script, 50.0))
    except (Unseen, asyncio.TimeoutError, slixmpp.exceptions.XMPPError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
