"""For tests of channels: receivers on this machine, and channels whose sending is noted instead of done."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from chassis.postgres.database import Pool
from chassis.sealing import Sealer
from chassis.testing import FakeClock, served
from notifier import store
from notifier.catalogue import Severity
from notifier.channels import log_store
from notifier.channels.addresses import SCHEMES
from notifier.channels.attempts import Outcome, State
from notifier.channels.delivering import Deliveries
from notifier.channels.networks import Networks
from notifier.channels.requests import ChannelIn
from notifier.channels.rules import ChannelRules
from notifier.channels.sender import Note, Sending, Webhook
from notifier.channels.use_cases import Channels
from notifier.messages import Message, NewMessage, Told
from notifier.testing import ENCRYPTION_KEY

LOOPBACK: Final = "127.0.0.0/8,::1"
"""A setting that lets tests send to this machine."""
METHODS: Final = ["GET", "POST", "PUT"]


@dataclass(frozen=True, slots=True)
class Got:
    """A request that a receiver got."""

    path: str
    headers: dict[str, str]
    body: bytes


def _ok(_got: Got) -> Response:
    return PlainTextResponse("taken")


@dataclass(slots=True)
class Receiver:
    """An HTTP server that notes what it gets. Args: answer: what it says to it."""

    answer: Callable[[Got], Response] = _ok
    got: list[Got] = field(default_factory=list)
    url: str = ""

    async def take(self, request: Request) -> Response:
        got = Got(request.url.path, dict(request.headers), await request.body())
        self.got.append(got)
        return self.answer(got)

    @property
    def host(self) -> str:
        """Return its host and port."""
        return self.url.removeprefix("http://")


@asynccontextmanager
async def receiver(answer: Callable[[Got], Response] = _ok) -> AsyncIterator[Receiver]:
    """Serve a receiver on a free port of 127.0.0.1."""
    one = Receiver(answer)
    async with served(Starlette(routes=[Route("/{path:path}", one.take, methods=METHODS)])) as url:
        one.url = url
        yield one


@asynccontextmanager
async def raw_receiver(answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]) -> AsyncIterator[str]:
    """Serve connections by a coroutine function; give host and port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(reader, writer)  # type: ignore[misc]
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        host, port = server.sockets[0].getsockname()
        yield f"{host}:{port}"
    finally:
        server.close()


@dataclass(slots=True)
class Mail:
    """What an SMTP server got: the recipients, and the message as text."""

    to: list[str]
    text: str


@asynccontextmanager
async def smtp_receiver() -> AsyncIterator[tuple[str, list[Mail]]]:
    """Serve enough of SMTP (RFC 5321) to take mail; give host and port, and the mail that comes."""
    mails: list[Mail] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to: list[str] = []
        writer.write(b"220 here\r\n")
        while line := (await reader.readline()).decode().strip():
            verb = line[:4].upper()
            if verb == "RCPT":
                to.append(line)
            if verb == "DATA":
                writer.write(b"354 go on\r\n")
                text = await reader.readuntil(b"\r\n.\r\n")
                mails.append(Mail(to, text.decode()))
            writer.write(b"221 bye\r\n" if verb == "QUIT" else b"250 ok\r\n")
            await writer.drain()

    async with raw_receiver(serve) as host:
        yield host, mails


@dataclass(slots=True)
class NotedSending:
    """Notes what is sent, and lets a test say what comes of it."""

    outcome: Callable[[Webhook | Note], Outcome] = lambda _what: None
    sent: list[Webhook | Note] = field(default_factory=list)

    async def send(self, what: Webhook | Note) -> Outcome:
        self.sent.append(what)
        return self.outcome(what)

    @property
    def texts(self) -> list[str]:
        """Return what was sent."""
        return [what.body for what in self.sent]


async def tell(pool: Pool, now: datetime, *texts: str, severity: Severity = "warning", user_id: str = "ada") -> None:
    """Store messages for a user, about no list of theirs."""
    told = []
    for text in texts:
        event_id, message = uuid4(), Message(text, severity, "account_told")
        told.append(Told(event_id, user_id, NewMessage(event_id, event_id, user_id, now, message), ()))
    await store.add(pool, told, group="notifier", now=now)


RULES: Final = ChannelRules(SCHEMES, Networks.of_setting(LOOPBACK))


class Delivering:
    """The processes of channels on a clock that a test moves, without waiting and without a network."""

    def __init__(self, pool: Pool, clock: FakeClock) -> None:
        self.pool = pool
        self.clock = clock
        self.sending = NotedSending()
        self.told: list[str] = []
        self.channels = Channels(pool, Sealer([ENCRYPTION_KEY]), RULES, lambda _user: None, clock)

    def deliveries(self, sending: Sending | None = None) -> Deliveries:
        """Return what one process of `deliver` works with."""
        sealer, tell = Sealer([ENCRYPTION_KEY]), self.told.append
        return Deliveries(self.pool, sending or self.sending, sealer, RULES, tell, lambda: 0.0, self.clock)

    async def add(self, user_id: str = "ada", **fields: object) -> int:
        """Make a channel for every severity, unless the fields say otherwise; return its id."""
        usual = {"name": "Phone", "kind": "apprise", "address": "json://127.0.0.1/a"}
        given = {"severities": ["info", "success", "warning", "error"]} | usual | fields
        channel, _ = await self.channels.add(user_id, ChannelIn.model_validate(given))
        return channel.id

    async def tell(self, *texts: str, severity: Severity = "warning") -> None:
        """Store messages for Ada, now."""
        await tell(self.pool, self.clock(), *texts, severity=severity)

    async def states(self, channel_id: int) -> list[State]:
        """Return those of the deliveries of a channel of Ada's, oldest first."""
        log = await log_store.page(self.pool, "ada", channel_id, limit=100, offset=0)
        assert log is not None
        return [entry.state for entry in reversed(log.entries)]

    async def settle(self) -> None:
        """Hand over and send until nothing is due."""
        of = self.deliveries()
        await of.hand_over()
        while claimed := await of.claim(8):
            for one in claimed:
                await one.serve()

    async def pass_time(self, by: timedelta, *, step: timedelta = timedelta(minutes=1)) -> None:
        """Let time pass, and send what falls due."""
        end = self.clock() + by
        await self.settle()
        while self.clock() < end:
            due = await self.deliveries().next_due()
            self.clock.now = min(end, self.clock() + timedelta(hours=1), max(self.clock() + step, due or end))
            await self.settle()
