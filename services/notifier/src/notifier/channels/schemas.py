"""What requests and responses about channels have in common."""

from datetime import time
from typing import Annotated, Final, Literal, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, ConfigDict, Discriminator, Field, StringConstraints, Tag, model_validator

from notifier.catalogue import Severity
from notifier.channels.channel import Digest, Given, Plan, Window
from watchbuddy_contracts.documented import Documented


def _visible(value: str) -> str:
    if not value.isprintable() or not value.strip():
        raise ValueError("needs a visible character, and no control character")
    return value


def _time_zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("is no IANA time zone, such as Europe/Berlin")
    return value


def _each_once(value: list[Severity]) -> list[Severity]:
    return list(dict.fromkeys(value))


def _what_needs_someone() -> list[Severity]:
    return ["warning", "error"]


Name = Annotated[str, StringConstraints(min_length=1, max_length=80), AfterValidator(_visible)]
Severities = Annotated[list[Severity], Field(min_length=1, max_length=4), AfterValidator(_each_once)]
TimeZone = Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(_time_zone)]
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
MINUTES: Final = "%H:%M"


class _Part(Documented):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class QuietHours(_Part):
    """A time of each day at which nothing is sent; what comes is sent together at its end."""

    begin: TimeOfDay
    end: TimeOfDay
    """On the next day when it is before `begin`."""

    @model_validator(mode="after")
    def _have_a_length(self) -> Self:
        if self.begin == self.end:
            raise ValueError("begin and end need to be two times")
        return self

    @classmethod
    def of(cls, window: Window) -> Self:
        begin, end = window
        return cls(begin=begin.strftime(MINUTES), end=end.strftime(MINUTES))

    def window(self) -> Window:
        return time.fromisoformat(self.begin), time.fromisoformat(self.end)


class EveryHours(_Part):
    """A digest every so many hours, from midnight."""

    every_hours: Literal[1, 2, 3, 4, 6, 8, 12]

    def digest(self) -> Digest:
        return Digest(every_hours=self.every_hours)


class Daily(_Part):
    """A digest at a time of the day."""

    at: TimeOfDay

    def digest(self) -> Digest:
        return Digest(at=time.fromisoformat(self.at))


def _kind_of(value: object) -> str:
    is_every = "every_hours" in value if isinstance(value, dict) else isinstance(value, EveryHours)
    return "every_hours" if is_every else "at"


# The discriminator names what is wrong in the one that is meant.
DigestModel = Annotated[
    Annotated[EveryHours, Tag("every_hours")] | Annotated[Daily, Tag("at")], Discriminator(_kind_of)
]


def digest_model(digest: Digest) -> EveryHours | Daily | None:
    if digest.every_hours is not None:
        return EveryHours.model_validate({"every_hours": digest.every_hours})
    return None if digest.at is None else Daily(at=digest.at.strftime(MINUTES))


class SettingsModel(Documented):
    """What a user decides of a channel, its address aside."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Name
    severities: Severities = Field(default_factory=_what_needs_someone)
    """Of the messages that are sent."""
    time_zone: TimeZone = "UTC"
    """Of quiet hours and digests: an IANA name."""
    quiet_hours: QuietHours | None = None
    digest: DigestModel | None = None
    """Null: each message at once."""
    enabled: bool = True
    """What comes while it is false is not sent later."""

    def given(self) -> Given:
        quiet = self.quiet_hours.window() if self.quiet_hours else None
        digest = self.digest.digest() if self.digest else Digest()
        return Given(self.name, Plan(self.severities, self.time_zone, quiet, digest), self.enabled)


def settings_fields(given: Given) -> dict[str, object]:
    """Return the fields of a SettingsModel."""
    plan = given.plan
    return {
        "name": given.name,
        "severities": plan.severities,
        "time_zone": plan.time_zone,
        "quiet_hours": QuietHours.of(plan.quiet) if plan.quiet else None,
        "digest": digest_model(plan.digest),
        "enabled": given.enabled,
    }
