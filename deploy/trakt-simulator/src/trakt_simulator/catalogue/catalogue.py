"""The titles that exist, found by any of their ids."""

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from itertools import islice

import orjson

from trakt_simulator.catalogue import episodes
from trakt_simulator.catalogue.media import MAX_ID, SINGULAR, Kind, key_of, kind_of
from trakt_simulator.catalogue.media_objects import full_object, minimal_object
from trakt_simulator.catalogue.titles import Title
from trakt_simulator.identifiers import free_slug

ID_NAMES = ("trakt", "slug", "imdb", "tmdb", "tvdb")
# Far above the numbers of a catalogue, so that invented titles never have the id of a real one.
_FIRST_INVENTED = 900_000_000


class Catalogue:
    """The titles that Trakt knows.

    Ids are numbers or texts as clients send them. An id of a wrong type finds nothing.

    Raises:
        ValueError: two titles of a kind have the same trakt id.
    """

    def __init__(self, titles: Iterable[Title]) -> None:
        self._titles: dict[int, Title] = {}
        self._by_id: dict[Kind, dict[str, dict[int | str, int]]] = {
            kind: {name: {} for name in ID_NAMES if name != "trakt"} for kind in Kind
        }
        self._by_name: dict[tuple[Kind, str, int | None], int] | None = None
        self._rows: dict[int, bytes] = {}
        self._invented: list[int] = []
        self._suffixes: dict[Kind, dict[str, int]] = {kind: {} for kind in Kind}
        for title in titles:
            if key_of(title.kind, title.trakt) in self._titles:
                word = SINGULAR[title.kind]
                raise ValueError(f"title {len(self) + 1}, {title.name!r}: {word} {title.trakt} is there twice")
            self._put(title)

    def __len__(self) -> int:
        return len(self._titles)

    def fingerprint(self, count: int | None = None) -> tuple[int, str]:
        """Return the number of titles (of the first `count`, without invented ones), and a digest of them."""
        own = len(self._titles) - len(self._invented)
        titles = list(islice(self._titles.values(), own if count is None else min(count, own)))
        digest = blake2b(digest_size=16)
        for title in titles:
            digest.update(f"{title.kind} {title.trakt} {title.slug}\n".encode())
        return len(titles), digest.hexdigest()

    def title(self, key: int) -> Title | None:
        """Return the movie, show or person; None for seasons, episodes and unknown keys."""
        return self._titles.get(key)

    def find(self, kind: Kind, ids: Mapping[str, object]) -> int | None:
        """Return the key of the first id that is known, in Trakt's order (trakt, slug, imdb, tmdb, tvdb), or None."""
        for name in ID_NAMES:
            value = ids.get(name)
            if value is None or isinstance(value, bool) or not isinstance(value, int | str):
                continue
            key = self._by_trakt_id(kind, value) if name == "trakt" else self._by_id[kind][name].get(value)
            if key is not None:
                return key
        return None

    def find_named(self, kind: Kind, name: str, year: int | None) -> int | None:
        """Return the key of the title with this name and year, or None."""
        if self._by_name is None:
            self._by_name = {(t.kind, t.name.casefold(), t.year): key for key, t in self._titles.items()}
        return self._by_name.get((kind, name.casefold(), year))

    def invent(self, kind: Kind, ids: Mapping[str, object]) -> int | None:
        """Make up a title with these ids and return its key; None when no id is usable.

        Seasons and episodes are not made up: they belong to a show, which their ids do not name.
        """
        if kind in (Kind.SEASON, Kind.EPISODE):
            return None
        sent = {name: value for name in ID_NAMES if (value := ids.get(name)) and _is_usable(name, value)}
        if not sent:
            return None
        trakt_id = sent.get("trakt")
        if not isinstance(trakt_id, int):
            trakt_id = _FIRST_INVENTED + len(self._invented) + 1
            while key_of(kind, trakt_id) in self._titles:
                trakt_id += 1
        word = SINGULAR[kind]
        title = Title(kind=kind, trakt=trakt_id, slug=f"{word}-{trakt_id}", name=f"{word.title()} {trakt_id}")
        for name in ("slug", "imdb", "tmdb", "tvdb"):
            if name in sent:
                setattr(title, name, sent[name])
        key = self._put(title)
        self._invented.append(key)
        return key

    def forget_invented(self) -> None:
        for key in self._invented:
            title = self._titles.pop(key)
            self._rows.pop(key, None)
            for name, index in self._by_id[title.kind].items():
                if index.get(getattr(title, name)) == key:
                    del index[getattr(title, name)]
        self._invented.clear()
        self._by_name = None

    def invented(self) -> list[Title]:
        """Return the made-up titles in order, for `restore_invented`."""
        return [self._titles[key] for key in self._invented]

    def restore_invented(self, titles: Iterable[Title]) -> None:
        self._invented.extend(self._put(title) for title in titles)

    def row(self, key: int) -> bytes:
        """Return the `fields` of a title as a part of a JSON object, kept for reuse: `"type":"movie","movie":{…}`."""
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = orjson.dumps(self.fields(key))[1:-1]
        return row

    def fields(self, key: int, *, is_full: bool = False) -> dict[str, object]:
        """Return `type` and the title's object, with its show for a season or an episode."""
        kind = kind_of(key)
        word = SINGULAR[kind]
        fields: dict[str, object] = {"type": word, word: self.media_object(key, is_full=is_full)}
        if kind in (Kind.SEASON, Kind.EPISODE):
            fields["show"] = self.media_object(episodes.show_of(key))
        return fields

    def media_object(self, key: int, *, is_full: bool = False) -> dict[str, object]:
        title = self._titles.get(key)
        if title is None:
            return episodes.media_object(key)
        return full_object(title) if is_full else minimal_object(title)

    def _by_trakt_id(self, kind: Kind, value: int | str) -> int | None:
        if not isinstance(value, int) or not 0 < value < MAX_ID:
            return None
        key = key_of(kind, value)
        if key in self._titles:
            return key
        if kind not in (Kind.SEASON, Kind.EPISODE):
            return None
        show, child = episodes.key_from_id(kind, value)
        return child if show in self._titles else None

    def _put(self, title: Title) -> int:
        key = key_of(title.kind, title.trakt)
        indexes = self._by_id[title.kind]
        slugs = indexes["slug"]
        if title.slug in slugs and title.year and title.kind is Kind.SHOW:
            title.slug = f"{title.slug}-{title.year}"
        suffixes = self._suffixes[title.kind]
        title.slug = free_slug(title.slug, slugs.__contains__, otherwise=str(title.trakt), suffixes=suffixes)
        self._titles[key] = title
        slugs[title.slug] = key
        for name, value in (("imdb", title.imdb), ("tmdb", title.tmdb), ("tvdb", title.tvdb)):
            if value is not None:
                indexes[name].setdefault(value, key)
        return key


def _is_usable(name: str, value: object) -> bool:
    if name in ("slug", "imdb"):
        return isinstance(value, str)
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < MAX_ID
