"""What waits for a channel is sent, and what came of it recorded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID, uuid4

import structlog
from standardwebhooks import Webhook as Signer

from chassis.clock import Clock
from chassis.postgres.database import Pool
from chassis.sealing import Sealer
from chassis.telemetry.declared import DELIVERIES, DELIVERY_OUTCOME
from chassis.telemetry.instruments import Counter, counter
from notifier.channels import content, delivery_store
from notifier.channels.addresses import AddressError, check
from notifier.channels.attempts import Failed, Outcome, next_wait
from notifier.channels.delivery_store import Delivery
from notifier.channels.rules import ChannelRules
from notifier.channels.schedule import quiet_until
from notifier.channels.sender import Note, Sending, Webhook

log = structlog.get_logger()

LEASE: Final = timedelta(minutes=1)
"""Longer than sending may take (sender.PATIENCE): a channel has one sender. That of a killed one waits so long."""


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Hands messages over and sends them.

    Args:
        sending: how.
        rules: which addresses may be sent to.
        tell: is called with the id of a user who has a new message.
        spread: draws a number between -1 and 1 (attempts.next_wait).
    """

    pool: Pool
    sending: Sending
    sealer: Sealer
    rules: ChannelRules
    tell: Callable[[str], None]
    spread: Callable[[], float]
    now: Clock
    lease: timedelta = LEASE
    attempted: Counter = field(default_factory=partial(counter, DELIVERIES))

    async def hand_over(self, user_ids: Sequence[str] | None = None) -> None:
        """Make new messages of these users part of deliveries. Args: user_ids: None: of all."""
        while await delivery_store.hand_over(self.pool, user_ids, self.now()):
            pass

    async def claim(self, limit: int) -> list["Claimed"]:
        """Take up to `limit` channels that have something to send."""
        now, lease = self.now(), uuid4()
        ids = await delivery_store.claim(self.pool, now, lease, until=now + self.lease, limit=limit)
        return [Claimed(self, channel_id, lease) for channel_id in ids]

    async def next_due(self) -> datetime | None:
        """Return when something is to be sent; None: nothing is."""
        return await delivery_store.next_due(self.pool)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A channel that nobody else sends to meanwhile."""

    deliveries: Deliveries
    channel_id: int
    lease: UUID

    async def serve(self) -> None:
        """Make the next attempt, and give the channel back."""
        of, now = self.deliveries, self.deliveries.now()
        delivery = await delivery_store.take(of.pool, self.channel_id, self.lease, now)
        if delivery is not None:
            quiet = quiet_until(delivery.plan, now)
            if quiet > now and not delivery.is_test:
                await delivery_store.put_off(of.pool, delivery, quiet)
            else:
                await self._attempt(delivery)
        await delivery_store.give_back(of.pool, self.channel_id, self.lease)

    async def _attempt(self, delivery: Delivery) -> None:
        of = self.deliveries
        await delivery_store.begin(of.pool, delivery, of.now())
        outcome = await self._send(delivery)
        now = of.now()
        about = {"channel_id": self.channel_id, "delivery_id": str(delivery.id), "attempt": delivery.attempts + 1}
        if outcome is None:
            await delivery_store.sent(of.pool, delivery, self.lease, now)
            of.attempted.add(1, {DELIVERY_OUTCOME: "sent"})
            log.info("delivery_sent", **about, messages=len(delivery.messages))
            return
        wait = None if delivery.is_test else next_wait(delivery.attempts + 1, outcome, of.spread())
        is_told = await delivery_store.failed(
            of.pool,
            delivery,
            self.lease,
            outcome,
            now,
            next_at=None if wait is None else now + wait,
            told=content.lost_text(delivery.name, outcome.failure, outcome.status),
        )
        of.attempted.add(1, {DELIVERY_OUTCOME: "exhausted" if wait is None else "failed"})
        log.warning("delivery_failed", **about, failure=outcome.failure, status=outcome.status, is_last=wait is None)
        if is_told:
            of.tell(delivery.user_id)

    async def _send(self, delivery: Delivery) -> Outcome:
        of = self.deliveries
        address = of.sealer.open(delivery.address)
        if address is None:
            log.error("channel_not_opened", channel_id=self.channel_id)  # the keys are not those that encrypted it
            return Failed("broken")
        try:
            check(delivery.kind, address, schemes=of.rules.schemes, is_http_allowed=of.rules.is_http_allowed)
        except AddressError:  # the settings have changed
            return Failed("address_refused")
        if delivery.kind == "webhook":
            return await of.sending.send(self._webhook(delivery, address))
        title, severity = content.title_of(delivery.messages), content.severity_of(delivery.messages)
        return await of.sending.send(Note(address, title, content.text_of(delivery.messages), severity))

    def _webhook(self, delivery: Delivery, address: str) -> Webhook:
        of, now = self.deliveries, self.deliveries.now()
        body = content.webhook_body(delivery.messages, is_test=delivery.is_test, created_at=delivery.created_at)
        sealed = [secret for secret in (delivery.secret, delivery.old_secret) if secret is not None]
        secrets = [secret for one in sealed if (secret := of.sealer.open(one)) is not None]
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "WatchBuddy",
            "webhook-id": str(delivery.id),
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(Signer(one).sign(str(delivery.id), now, body) for one in secrets),
        }
        return Webhook(address, headers, body)
