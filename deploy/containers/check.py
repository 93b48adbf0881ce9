"""Check the containers for real: `python3 deploy/containers/check.py`. It needs a Docker engine with Compose.

Brings the whole system of docker-compose.yml up with the settings of .env.example and secrets of its own, in a project
of its own on its own ports;
makes a list, sees it on the simulator and in the messages; stops everything with a change on its way; starts it again;
sees that nothing is lost and nothing is done twice; removes what it made. Exit status 0 only if all of it was seen.
"""  # noqa: INP001 - a script, not a package

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parent.parent.parent
PROJECT = f"watchbuddy-check-{os.getpid()}"
UP_GOAL_S = 90
SEEN_WITHIN_S = 60
USER = "demo"
HEAT, STING, DOGS = ({"media_type": "movie", "ids": {"imdb": imdb}} for imdb in ("tt0113277", "tt0070735", "tt0105236"))
T = TypeVar("T")


class CheckError(Exception):
    """Something was not as it must be; the text says what was seen."""


class System:
    """The running containers, and what a user of theirs sees."""

    def __init__(self, env_file: Path, ports: Sequence[int]) -> None:
        self._env_file = env_file
        addresses = (f"http://127.0.0.1:{port}" for port in ports)
        self._lists, _, _, self._trakt = addresses
        self._token = ""

    def compose(self, *arguments: str, given: str | None = None) -> str:
        """Run Compose; return its standard output."""
        command = ["docker", "compose", "--project-name", PROJECT, "--env-file", str(self._env_file), *arguments]
        kept = {name: value for name, value in os.environ.items() if name.startswith(("DOCKER_", "PATH", "HOME"))}
        done = subprocess.run(command, cwd=ROOT, env=kept, input=given, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise CheckError(f"docker compose {' '.join(arguments)}: {done.stderr.strip()[-2000:]}")
        return done.stdout

    def connect(self) -> None:
        """Give the user an account on the simulator, and a token for our own API."""
        pair = _http("POST", f"{self._trakt}/_admin/accounts", {"username": USER})
        account = ("python", "-m", "trakt_sync", "account", "import", "--user", USER)
        self.compose("exec", "-T", "trakt-sync-work", *account, given=json.dumps(pair))
        token = ("python", "-m", "chassis.token", "--user", USER)
        self._token = self.compose("exec", "-T", "lists-api", *token).strip()
        status = _http("GET", f"{self._lists}/api/trakt/status", token=self._token)  # as the console asks
        expect(status["state"] == "connected", f"trakt-sync says that the account is connected: {status['state']}")

    def ask(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        return _http(method, f"{self._lists}{path}", body, token=self._token)

    def messages(self) -> list[str]:
        """Return the texts, oldest first."""
        answer = _http("GET", f"{self._lists}/api/notifications", token=self._token)
        return [message["text"] for message in reversed(answer["messages"])]

    def on_trakt(self) -> dict[str, Any]:
        """Return the account's lists on the simulator, by name; each has id and items.

        Raises:
            CheckError: two of them have one name.
        """
        accounts = _http("GET", f"{self._trakt}/_admin/state")["accounts"]
        lists = [there for account in accounts if account["username"] == USER for there in account["lists"]]
        by_name = {there["name"]: {"id": there["ids"]["trakt"], "items": len(there["items"])} for there in lists}
        names = [there["name"] for there in lists]
        expect(len(by_name) == len(names), f"each list is there once: {names}", quiet=True)
        return by_name

    def writes(self) -> list[str]:
        """Return the requests that changed something on the simulator, as far as its log goes back (to its start)."""
        log = _http("GET", f"{self._trakt}/_admin/requests")
        return [f"{entry['method']} {entry['path']}" for entry in log if entry["method"] != "GET"]

    def offsets(self) -> dict[str, int]:
        """Return what each consumer group has committed, by group, topic and partition."""
        tool = ("/opt/kafka/bin/kafka-consumer-groups.sh", "--bootstrap-server", "kafka:9092")
        rows = self.compose("exec", "-T", "kafka", *tool, "--describe", "--all-groups").splitlines()
        words = [row.split() for row in rows if "watchbuddy." in row]
        return {" ".join(row[:3]): int(row[3]) for row in words if row[3] != "-"}


def check(system: System) -> None:
    up(system, "--build")
    look_at_containers(system)
    system.connect()
    first = make(system, "Heist night", [HEAT, STING])
    see("messages", lambda: has(system.messages(), "Created list 'Heist night' on Trakt", "Synced to Trakt: +2 -0"))
    known = see("lists-api knows its Trakt list", lambda: in_sync(system, first))
    before = (system.on_trakt(), system.messages(), system.offsets())
    second = system.ask("POST", "/api/lists", new_list("Made while it went down", [DOGS]))["id"]
    say("made another list, and stopped everything at once")
    stop(system)
    up(system)
    look_for_losses(system, known, before)
    see("the other list arrives", lambda: in_sync(system, second))
    expect(system.on_trakt()["Made while it went down"]["items"] == 1, "with its item, once")
    changes(system, first, second, known["trakt_list_id"])


def make(system: System, title: str, items: list[Any]) -> int:
    list_id: int = system.ask("POST", "/api/lists", new_list(title, items))["id"]
    say(f"made the list '{title}'")
    see("it is on the simulator", lambda: system.on_trakt().get(title, {}).get("items") == len(items))
    return list_id


def look_for_losses(system: System, known: Any, before: tuple[Any, list[str], dict[str, int]]) -> None:  # noqa: ANN401
    lists, messages, offsets = before
    expect(system.ask("GET", f"/api/lists/{known['id']}") == known, "the list is as it was, its Trakt id too")
    expect(system.on_trakt().items() >= lists.items(), "it is on the simulator as it was")
    expect(system.messages()[: len(messages)] == messages, "the messages are as they were")
    now = see("the consumer groups answer", system.offsets)
    expect(all(now.get(name, -1) >= offset for name, offset in offsets.items()), "Kafka has the groups' offsets")


def changes(system: System, first: int, second: int, trakt_list_id: int) -> None:
    """Change and delete after the restart; then count everything that was ever done."""
    system.ask("PATCH", f"/api/lists/{first}", {"title": "Heist weekend"})
    system.ask("DELETE", f"/api/lists/{second}")
    want = {"Heist weekend": {"id": trakt_list_id, "items": 2}}
    see("renamed and deleted on the simulator", lambda: system.on_trakt() == want)
    gone = ("Deleted 'Made while it went down' from Trakt", f"List {second} deleted.")
    messages = see("messages", lambda: has(system.messages(), *gone))
    time.sleep(3)  # what comes twice comes late
    expect(system.messages() == messages, "no message came twice")
    expect(len(messages) == len(set(messages)), f"every message came once: {messages}")
    writes = system.writes()
    expect(writes.count("POST /users/me/lists") <= 1, f"since the start, Trakt was asked for: {writes}")


def up(system: System, *options: str) -> None:
    begin = time.monotonic()
    system.compose("up", "--wait", *options)
    took = time.monotonic() - begin
    command = " ".join(("docker compose up --wait", *options))
    say(f"{command}: {took:.0f} s (goal: {UP_GOAL_S}{', missed' if took > UP_GOAL_S else ''})")


def stop(system: System) -> None:
    begin = time.monotonic()
    system.compose("stop")
    took = time.monotonic() - begin
    rows = [json.loads(row) for row in system.compose("ps", "--all", "--format", "json").splitlines()]
    ends = {row["Service"]: row["ExitCode"] for row in rows}
    killed = sorted(name for name, status in ends.items() if status not in {0, 143})  # 143: Java's, after SIGTERM
    expect(not killed, f"docker compose stop: {took:.0f} s; ended by themselves: all but {killed or 'none'}")
    system.compose("down")


def look_at_containers(system: System) -> None:
    """See that our processes are not root and cannot write, and what they hold."""
    ours = [row for row in system.compose("ps", "--services").split() if row not in {"kafka", "postgres"}]
    for name in ours:
        probe = "import os; print(os.getuid(), os.access('/', os.W_OK), os.statvfs('/').f_flag & 1)"
        seen = system.compose("exec", "-T", name, "python", "-c", probe).split()
        expect(seen == ["10001", "False", "1"], f"{name}: user {seen[0]}, read-only root", quiet=True)
    say(f"user 10001 and a read-only root in {len(ours)} containers")
    ids = system.compose("ps", "--quiet").split()
    stats = ("docker", "stats", "--no-stream", "--format", "  {{.Name}}  {{.MemUsage}}", *ids)
    say(subprocess.run(stats, capture_output=True, text=True, check=True).stdout.rstrip())  # noqa: S603


def new_list(title: str, items: list[Any]) -> dict[str, Any]:
    return {"title": title, "list_type": "manual", "items": items}


def in_sync(system: System, list_id: int) -> Any:  # noqa: ANN401 - JSON
    found = system.ask("GET", f"/api/lists/{list_id}")
    return found if found["mirror_state"]["state"] == "in_sync" else None


def has(texts: list[str], *wanted: str) -> list[str] | None:
    return texts if set(wanted) <= set(texts) else None


def see(what: str, look: Callable[[], T | None]) -> T:
    """Look until something is there; return it."""
    begin = time.monotonic()
    while not (seen := look()):
        if time.monotonic() - begin > SEEN_WITHIN_S:
            raise CheckError(f"not seen within {SEEN_WITHIN_S} s: {what}")
        time.sleep(0.2)
    say(f"{what}  ({time.monotonic() - begin:.1f} s)")
    return seen


def expect(is_so: bool, what: str, *, quiet: bool = False) -> None:
    if not is_so:
        raise CheckError(f"not so: {what}")
    if not quiet:
        say(what)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _http(method: str, url: str, body: object = None, *, token: str = "") -> Any:  # noqa: ANN401
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310 - our own addresses
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            content = answer.read()
    except urllib.error.HTTPError as error:
        raise CheckError(f"{method} {url}: {error.code} {error.read().decode()}") from error
    return json.loads(content) if content else None


def _kept_ports(count: int) -> list[int]:
    """Return free ports; bound without listening, so that no program that asks for any gets one before Docker does."""
    kept = [socket.socket() for _ in range(count)]
    for one in kept:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in kept]
    for one in kept:
        one.detach()  # open until this script ends
    return ports


def main() -> int:
    ports = _kept_ports(4)
    names = ("LISTS_API_PORT", "NOTIFIER_PORT", "TRAKT_SYNC_PORT", "SIMULATOR_PORT")
    own = "\n".join(f"{name}={port}" for name, port in zip(names, ports, strict=True))
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([ROOT / "deploy" / "containers" / "make-env", folder], check=True)  # noqa: S603 - our own
        env_file = Path(folder, ".env")
        env_file.write_text(f"{env_file.read_text()}\nSECRETS_FOLDER={folder}/secrets\n{own}\n")
        system = System(env_file, ports)
        try:
            check(system)
        except (CheckError, OSError) as error:
            say(f"FAILED: {error}")
            say(system.compose("logs", "--tail", "15"))
            return 1
        finally:
            system.compose("down", "--volumes", "--remove-orphans")
    say("all seen; removed again")
    return 0


if __name__ == "__main__":
    sys.exit(main())
