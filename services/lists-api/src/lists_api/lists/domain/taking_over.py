"""What an edit by hand on Trakt changes here, where the list's owner wants it taken over."""

from dataclasses import replace

from lists_api.lists.domain import items as item_edits
from lists_api.lists.domain import pins
from lists_api.lists.domain.changes import Change, updated
from lists_api.lists.domain.media_list import MediaList
from lists_api.lists.domain.texts import title_of_trakt
from watchbuddy_contracts import Title, TraktDriftFound


def asks_for_change(event: TraktDriftFound) -> bool:
    """Whether something of the list here is to become as it is on Trakt."""
    wanted = (event.new_title, event.new_privacy)
    return event.action == "kept" and (any(one is not None for one in wanted) or bool(event.removed_items))


def take_over(current: MediaList, event: TraktDriftFound, *, keeps_privacy: bool) -> Change:
    """Take over what was done on Trakt to the version that the event names.

    What the list's owner has changed here since then stays. Titles that are taken off a list that fills itself are kept
    out, as by its owner's own hand, so that no run brings them back.

    Args:
        keeps_privacy: the privacy was changed here since then.
    """
    properties = current.properties
    if event.new_title is not None and properties.title == event.title:
        title = title_of_trakt(event.new_title)
        if title is not None and title != properties.title:
            properties = replace(properties, title=title, has_own_title=True)
    if event.new_privacy is not None and not keeps_privacy:
        properties = replace(properties, privacy=event.new_privacy)
    after = _without(current, [Title.of(item) for item in event.removed_items])
    return replace(updated(current, replace(after, properties=properties)), cause="trakt")


def _without(current: MediaList, removed: list[Title]) -> MediaList:
    if not removed:
        return current
    left = item_edits.remove(current.items, removed)
    if len(left.items) == len(current.items):  # none of them is there any more
        return current
    if current.properties.filling is None:
        return replace(current, items=left.items)
    keys = {key for title in left.items for key in title.keys}
    gone = [title for title in current.items if keys.isdisjoint(title.keys)]
    return pins.keep_out(current, gone)[0]
