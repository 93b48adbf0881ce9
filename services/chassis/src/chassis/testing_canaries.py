"""For tests: secrets that are known, and everything that came out, in which they must not be."""

import io
from collections.abc import Iterable
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from urllib.parse import quote

import httpx
import structlog

from chassis.postgres.database import Pool
from chassis.telemetry.logs import configure_logs
from chassis.testing_doors import rows_of


@dataclass(slots=True)
class Canaries:
    """Secrets by what they are, and what came out by where it did."""

    secrets: dict[str, str] = field(default_factory=dict)
    came_out: dict[str, str] = field(default_factory=dict)
    _logs: io.StringIO = field(default_factory=io.StringIO)
    _answers: list[str] = field(default_factory=list)

    def know(self, **secrets: str) -> None:
        """Add secrets. Short ones are found by chance."""
        assert all(len(value) >= 12 for value in secrets.values())  # noqa: PLR2004
        self.secrets.update(secrets)

    def note(self, answer: httpx.Response) -> httpx.Response:
        """Keep an answer in which no secret may be."""
        self._answers.append(f"{answer.url} {answer.text} {answer.headers}".replace(str(answer.url), "", 1))
        return answer

    async def look_into(self, pool: Pool) -> None:
        """Keep what stands in the database, and how its connections are called."""
        rows = await rows_of(pool)
        self.came_out["the database"] = "\n".join(row for of_table in rows.values() for row in of_table)
        names = await pool.fetch(
            "SELECT DISTINCT application_name FROM pg_stat_activity WHERE datname = current_database()"
        )
        self.came_out["the names of connections"] = "\n".join(str(name) for (name,) in names)

    def assert_silent(self, *, told_events: Iterable[str] = ()) -> None:
        """Fail when a secret came out anywhere."""
        assert self._answers
        logs = self._logs.getvalue()
        assert "\n" in logs, "nothing was logged"
        everything = self.came_out | {"the logs": logs, "answers": "\n".join(self._answers)}
        everything["events"] = "\n".join(told_events)
        found = [
            (what, where)
            for what, secret in self.secrets.items()
            for where, text in everything.items()
            if secret in text or quote(secret, safe="") in text or repr(secret)[1:-1] in text
        ]
        assert not found, f"secrets came out: {found}"


def canaries() -> Canaries:
    """Return canaries. Until the test ends everything is logged, as a process does with LOG_LEVEL=DEBUG."""
    known = Canaries()
    with redirect_stderr(known._logs):  # noqa: SLF001 - its own
        configure_logs("canaries", "DEBUG")
    structlog.configure(cache_logger_on_first_use=False)
    return known
