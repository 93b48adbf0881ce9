"""The desired state of a list: what Trakt should show."""

from dataclasses import dataclass, fields

from watchbuddy_contracts import Privacy, Title


@dataclass(frozen=True, slots=True)
class Details:
    """A Trakt list without its items, as Trakt names the fields."""

    name: str
    description: str
    privacy: Privacy = "private"
    display_numbers: bool = True
    allow_comments: bool = False

    def changes_from(self, actual: "Details | None") -> dict[str, str | bool]:
        """Return the fields that differ from `actual`; all of them for None."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if actual is None or getattr(self, field.name) != getattr(actual, field.name)
        }


@dataclass(frozen=True, slots=True)
class Desired:
    """What is wanted of one list.

    Args:
        is_present: False: nothing of it may be left on Trakt.
        items: by rank.
        is_ordered: whether a difference of order alone is sent. The first mirror is in order in any case.
    """

    is_present: bool
    details: Details
    items: tuple[Title, ...] = ()
    is_ordered: bool = False
