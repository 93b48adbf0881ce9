"""The places between two effects of trakt-sync, by name. See `chassis.kill_points`."""

from enum import StrEnum

from chassis import kill_points
from chassis.kill_points import reached

__all__ = ["KillPoint", "arm", "reached"]


class KillPoint(StrEnum):
    """Where a process may die. What was done before it stays, what comes after it was not done."""

    EVENTS_RECORDED = "events_recorded"
    """Before the offsets are committed: the events come again."""
    STATES_RECORDED = "states_recorded"
    """Before what else came with them: deletions, imports, a user's syncs."""

    READ_ANSWERED = "read_answered"
    """Before the record of what was read."""
    WRITE_PLANNED = "write_planned"
    WRITE_BEGUN = "write_begun"
    """Saved that it is sent, and not sent."""
    WRITE_ANSWERED = "write_answered"
    """Carried out, and not recorded."""
    RECORD_SAVED = "record_saved"
    """In the transaction that tells others too, after the step and before the user's other lists."""
    RECORD_TOLD = "record_told"
    """In it, before the end."""
    STEP_RECORDED = "step_recorded"
    """Before the relay is woken."""

    AUDIT_READ = "audit_read"
    AUDIT_RECORDED = "audit_recorded"

    HISTORY_READ = "history_read"
    """What the user watched. Nobody was told of it."""
    HISTORY_RECORDED = "history_recorded"
    """Before it is put off until the next look."""

    ACCOUNT_IDENTIFIED = "account_identified"
    TOKENS_SAVED = "tokens_saved"
    LISTS_CHECKED = "lists_checked"
    """After the account was connected, before the first of its lists."""
    TOKENS_REVOKED = "tokens_revoked"
    """Of an account that its user leaves, and still ours."""
    WAITING_RESUMED = "waiting_resumed"
    """At the start, and when Trakt is back: before the imports that waited for it."""

    IMPORT_READ = "import_read"
    IMPORT_RECORDED = "import_recorded"


def arm() -> None:
    """Take up what a test wants of this process.

    Raises:
        ValueError: there is no such point.
    """
    kill_points.arm([*KillPoint])
