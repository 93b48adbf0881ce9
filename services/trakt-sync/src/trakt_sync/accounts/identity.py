"""Whose Trakt account it is. Lists are mirrored once for each, so it must not be mistaken."""

from trakt_sync.mirroring.remote import Owner


def is_same_account(before: Owner, after: Owner) -> bool | None:
    """Return whether two logins are for one Trakt account; None: that cannot be told."""
    if before.trakt_id is None or after.trakt_id is None:
        return None
    if _kind(before.trakt_id) == _kind(after.trakt_id):
        return before.trakt_id == after.trakt_id
    return True if before.slug is not None and before.slug == after.slug else None


def _kind(trakt_id: str) -> str:
    """Return which of Trakt's ids it is: its uuid has no prefix."""
    return trakt_id.partition(":")[0] if ":" in trakt_id else ""
