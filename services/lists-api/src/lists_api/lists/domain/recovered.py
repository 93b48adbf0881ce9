"""What an event of the lists' own topic makes of a list in a database that is older than it."""

from dataclasses import replace

from lists_api.lists.domain.media_list import MediaList
from lists_api.lists.domain.properties import ListProperties
from lists_api.lists.domain.source import ListSource
from watchbuddy_contracts import ListCreated, ListDeleted, ListState, ListUpdated, Title, keys_of


def recovered(current: MediaList, event: ListState | ListDeleted) -> MediaList | None:
    """Return the list as the event left it; None: it is not newer, or another user's.

    How a list fills itself is in no event: that stays as it is in the database. What came to a custom list by its
    owner's hand is pinned, as it was.
    """
    if current.is_deleted or event.version <= current.version or event.user_id != current.user_id:
        return None
    if isinstance(event, ListDeleted):
        return replace(current, version=event.version, items=(), pins=frozenset(), exclusions=(), is_deleted=True)
    before = current.properties
    properties = replace(
        before,
        title=event.title,
        description=event.description,
        privacy=event.privacy,
        mirror=event.mirror,
        has_own_title=before.has_own_title or before.title != event.title,
    )
    items = tuple(Title.of(item) for item in event.items)
    pins = frozenset(title for title in items if not keys_of(current.pins).isdisjoint(title.keys))
    if before.list_type == "custom" and isinstance(event, ListCreated | ListUpdated):
        known = keys_of(current.items)
        pins |= {title for title in items if known.isdisjoint(title.keys)}
    return replace(current, version=event.version, properties=properties, items=items, pins=pins)


def new_list(event: ListState | ListDeleted) -> MediaList:
    """Return a list that the database does not know. With its filters lost, its owner's hand alone fills it.

    Of a deleted one, return what the event deletes: nothing older may bring it back.
    """
    if isinstance(event, ListDeleted):
        return MediaList(event.list_id, event.user_id, event.version - 1, ListProperties(event.title, "manual"))
    source = event.source if isinstance(event, ListCreated) else None
    return MediaList(
        event.list_id,
        event.user_id,
        event.version,
        ListProperties(event.title, "manual", event.description, event.privacy, event.mirror),
        tuple(Title.of(item) for item in event.items),
        source=None if source is None else ListSource(source.kind, source.url),
    )
