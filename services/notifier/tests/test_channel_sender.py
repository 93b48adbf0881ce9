import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from email import message_from_string
from email.header import decode_header, make_header
from functools import partial

import psutil
import pytest
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse

from chassis.testing import eventually
from notifier.channels.attempts import Failed
from notifier.channels.sender import Note, Sender, Webhook
from notifier.testing_channels import LOOPBACK, Got, raw_receiver, receiver, smtp_receiver


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    one = Sender(LOOPBACK)
    yield one
    await one.close()


@pytest.fixture
async def strict() -> AsyncIterator[Sender]:
    one = Sender("")
    yield one
    await one.close()


def note(url: str, body: str = "Synced 'Heists' & <b>more</b>") -> Note:
    return Note(url, "WatchBuddy", body, "warning")


def webhook(url: str) -> Webhook:
    return Webhook(url, {"webhook-id": "7"}, '{"type":"channel.test"}')


async def test_apprises_json_form_reaches_a_real_receiver(sender: Sender) -> None:
    async with receiver() as there:
        assert await sender.send(note(f"json://{there.host}/hook")) is None
    assert there.got[0].path == "/hook"
    body = json.loads(there.got[0].body)
    assert (body["title"], body["message"], body["type"]) == ("WatchBuddy", "Synced 'Heists' & <b>more</b>", "warning")


async def test_ntfys_form_reaches_a_real_receiver_with_its_topic(sender: Sender) -> None:
    async with receiver() as there:
        assert await sender.send(note(f"ntfy://{there.host}/heists")) is None
    body = json.loads(there.got[0].body)
    assert (body["topic"], body["title"], body["message"]) == ("heists", "WatchBuddy", "Synced 'Heists' & <b>more</b>")


async def test_mail_comes_by_smtp_as_text(sender: Sender) -> None:
    async with smtp_receiver() as (host, mails):
        address = f"mailto://{host}?from=watchbuddy@example.org&to=ada@example.org&mode=insecure"
        assert await sender.send(note(address)) is None
    assert "ada@example.org" in mails[0].to[0]
    mail = message_from_string(mails[0].text)
    assert str(make_header(decode_header(mail["Subject"]))) == "WatchBuddy"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_payload(decode=True) == b"Synced 'Heists' & <b>more</b>\r\n.\r\n"


async def test_a_webhook_is_one_post_with_the_headers_and_body_as_given(sender: Sender) -> None:
    async with receiver() as there:
        assert await sender.send(webhook(f"{there.url}/hooks/a?b=c")) is None
    got = there.got[0]
    assert (got.path, got.headers["webhook-id"], got.body) == ("/hooks/a", "7", b'{"type":"channel.test"}')


@pytest.mark.parametrize("kind", ["json", "webhook"])
async def test_what_the_receiver_says_is_known_with_when_it_wants_to_be_asked_again(sender: Sender, kind: str) -> None:
    def answer(_got: Got) -> Response:
        return PlainTextResponse("later", 429, {"Retry-After": "120"})

    async with receiver(answer) as there:
        what = webhook(there.url) if kind == "webhook" else note(f"json://{there.host}")
        assert await sender.send(what) == Failed("answered", 429, timedelta(minutes=2))
    assert len(there.got) == 1


@pytest.mark.parametrize("kind", ["json", "webhook"])
async def test_a_redirect_is_not_followed(sender: Sender, kind: str) -> None:
    async with receiver() as behind, receiver(lambda _got: RedirectResponse(behind.url, 307)) as there:
        what = webhook(there.url) if kind == "webhook" else note(f"json://{there.host}?redirect=yes")
        assert await sender.send(what) == Failed("redirected", 307)
    assert (len(there.got), behind.got) == (1, [])


@pytest.mark.parametrize(
    "url",
    [
        "json://{host}/x",
        "ntfy://localhost:{port}/topic",
        "json://0.0.0.0:{port}",
        "json://[::ffff:127.0.0.1]:{port}",
        "mailto://{host}?from=a@example.org&to=b@example.org&mode=insecure",
        "json://169.254.169.254/latest/meta-data",
        "json://2130706433:{port}",
        "json://0x7f.1:{port}",
    ],
)
async def test_nothing_reaches_this_machine_unless_it_is_allowed(strict: Sender, url: str) -> None:
    async with receiver() as there:
        port = there.host.partition(":")[2]
        outcome = await strict.send(note(url.format(host=there.host, port=port)))
    assert outcome in (Failed("address_refused"), Failed("address_wrong"))  # the latter: Apprise takes it for no host
    assert there.got == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0x7f.1", "169.254.169.254"])
async def test_no_webhook_reaches_this_machine_unless_it_is_allowed(strict: Sender, host: str) -> None:
    async with receiver() as there:
        port = there.host.partition(":")[2]
        assert await strict.send(webhook(f"http://{host}:{port}/")) == Failed("address_refused")
    assert there.got == []


async def test_no_proxy_of_the_environment_is_used(strict: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiver() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        outcome = await strict.send(note("json://192.0.2.1/"))
    assert (outcome, proxy.got) == (Failed("address_refused"), [])


async def test_a_file_of_this_machine_is_not_read(sender: Sender, tmp_path: "os.PathLike[str]") -> None:
    key = f"{os.fspath(tmp_path)}/key.asc"
    with open(key, "w") as file:  # noqa: ASYNC230, PTH123
        file.write("a secret of the machine")
    async with smtp_receiver() as (host, mails):
        address = f"mailto://{host}?from=a@example.org&to=b@example.org&mode=insecure&pgp=encrypt&pgppub={key}"
        assert await sender.send(note(address)) is not None
    assert mails == []


async def test_an_address_that_apprise_does_not_understand_is_wrong(sender: Sender) -> None:
    assert await sender.send(note("tgram://nonsense")) == Failed("address_wrong")


async def test_nobody_there_is_unreachable(sender: Sender) -> None:
    async with raw_receiver(silent) as host:
        pass
    assert await sender.send(webhook(f"http://{host}/")) == Failed("unreachable")
    assert await sender.send(note(f"json://{host}/")) == Failed("unreachable")


async def test_a_receiver_that_answers_slowly_for_ever_is_given_up_in_time(sender: Sender) -> None:
    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n")
        while True:  # each byte comes before any timeout of a read
            writer.write(b"a: b\r\n")
            await writer.drain()
            await asyncio.sleep(0.5)  # how slow it is is what is tested

    async with raw_receiver(drip) as slow, receiver() as there:
        began = time.monotonic()
        outcomes = await asyncio.gather(
            sender.send(webhook(f"http://{slow}/")),
            sender.send(note(f"json://{slow}/")),
            sender.send(note(f"json://{there.host}/")),
        )
    # http.client gives up after 100 headers; Apprise reads on.
    assert outcomes[0] is not None
    assert list(outcomes[1:]) == [Failed("timeout"), None]
    assert time.monotonic() - began < 30


async def test_an_answer_without_end_takes_no_memory(sender: Sender) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 1_000_000
            await asyncio.sleep(0)  # to see that the client went away

    def answer(_got: Got) -> Response:
        return StreamingResponse(endless())

    async with receiver(answer) as there:
        assert await sender.send(webhook(there.url)) is None  # it is not read
        assert await sender.send(note(f"json://{there.host}")) is not None
        assert len(there.got) == 2


async def test_the_process_is_there_while_it_is_needed_and_is_started_again() -> None:
    sender = Sender(LOOPBACK, idle=timedelta(milliseconds=100))
    async with receiver() as there:
        assert not sender.is_running
        for _ in range(2):
            assert await sender.send(webhook(there.url)) is None
            assert sender.is_running
            await eventually(lambda: _is_idle(sender))
    await sender.close()


async def test_a_killed_process_fails_what_is_under_way_and_nothing_after(sender: Sender) -> None:
    others = set(psutil.Process().children())
    is_reached = asyncio.Event()
    async with raw_receiver(partial(silent, is_reached=is_reached)) as host, receiver() as there:
        assert await sender.send(webhook(there.url)) is None
        (process,) = set(psutil.Process().children()) - others
        waiting = asyncio.create_task(sender.send(webhook(f"http://{host}/")))
        await is_reached.wait()
        os.killpg(process.pid, signal.SIGKILL)  # its fork, too, which would answer by itself
        assert await waiting == Failed("broken")
        assert await sender.send(webhook(there.url)) is None


async def test_closing_ends_what_is_under_way_at_once() -> None:
    sender = Sender(LOOPBACK)
    is_reached = asyncio.Event()
    async with raw_receiver(partial(silent, is_reached=is_reached)) as host:
        waiting = asyncio.create_task(sender.send(webhook(f"http://{host}/")))
        await is_reached.wait()
        async with asyncio.timeout(10):  # a job that nobody ends takes twenty seconds and more
            await sender.close()
            assert await waiting == Failed("broken")


async def silent(
    _reader: asyncio.StreamReader, _writer: asyncio.StreamWriter, is_reached: asyncio.Event | None = None
) -> None:
    """Take a connection and never answer."""
    if is_reached is not None:
        is_reached.set()
    await asyncio.Event().wait()


async def _is_idle(sender: Sender) -> bool:
    return not sender.is_running
