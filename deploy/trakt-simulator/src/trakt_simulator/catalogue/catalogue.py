"""Which titles exist: look-up by any id, and the objects that answers hold."""

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from itertools import islice

import orjson

from trakt_simulator.catalogue.media import MAX_ID, SINGULAR, Kind, key_of, kind_of, trakt_id_of
from trakt_simulator.catalogue.titles import Title
from trakt_simulator.identifiers import free_slug

ID_NAMES = ("trakt", "slug", "imdb", "tmdb", "tvdb")
# No source of seasons is shipped, so each show has these (and as season 0 specials): made up, but the same at every start.
SEASONS_PER_SHOW = 10
EPISODES_PER_SEASON = 24
_SEASON_FACTOR = 1_000
_EPISODE_FACTOR = 1_000_000
# Far above the numbers of a catalogue, so that invented titles never meet real ones.
_FIRST_INVENTED = 900_000_000
# When a show airs is in no catalogue file, but clients read the object (pytrakt fails without it).
_NO_AIRS = {"day": None, "time": None, "timezone": None}


class Catalogue:
    """The titles that Trakt knows.

    Ids are numbers or texts as clients send them; a wrong type finds nothing.

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
                raise ValueError(f"title {len(self) + 1}, {title.name!r}: {word} {title.trakt} was there before")
            self._put(title)

    def __len__(self) -> int:
        return len(self._titles)

    def fingerprint(self, count: int | None = None) -> tuple[int, str]:
        """Return how many titles there are (of the first `count`, without invented ones), and a digest of which they are."""
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
        """Make up a title that bears these ids; None when none of them is usable, or it is no movie, show or person.

        Seasons and episodes belong to a show, which their ids do not name.
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
        """The made-up titles, in the order they were made; `restore_invented` takes them back."""
        return [self._titles[key] for key in self._invented]

    def restore_invented(self, titles: Iterable[Title]) -> None:
        self._invented.extend(self._put(title) for title in titles)

    def season(self, show: int, number: int) -> int | None:
        """Return the key of a show's season (0: its specials), or None when it has none of this number."""
        if not 0 <= number <= SEASONS_PER_SHOW:
            return None
        return key_of(Kind.SEASON, trakt_id_of(show) * _SEASON_FACTOR + number)

    def episode(self, show: int, season: int, number: int) -> int | None:
        """Return the key of an episode, or None when the season has none of this number."""
        if not (0 <= season <= SEASONS_PER_SHOW and 1 <= number <= EPISODES_PER_SEASON):
            return None
        return key_of(Kind.EPISODE, trakt_id_of(show) * _EPISODE_FACTOR + season * _SEASON_FACTOR + number)

    def show_of(self, key: int) -> int:
        """Return the key of the show that a season or an episode belongs to."""
        factor = _SEASON_FACTOR if kind_of(key) is Kind.SEASON else _EPISODE_FACTOR
        return key_of(Kind.SHOW, trakt_id_of(key) // factor)

    def season_of(self, episode: int) -> int:
        """Return the key of the season that an episode belongs to."""
        show, rest = divmod(trakt_id_of(episode), _EPISODE_FACTOR)
        return key_of(Kind.SEASON, show * _SEASON_FACTOR + rest // _SEASON_FACTOR)

    def numbers_of(self, episode: int) -> tuple[int, int]:
        """Return an episode's season and number."""
        season, number = divmod(trakt_id_of(episode) % _EPISODE_FACTOR, _SEASON_FACTOR)
        return season, number

    def row(self, key: int) -> bytes:
        """Return the part of a list item that names its thing: `"type":"movie","movie":{…}`, in JSON, kept for reuse."""
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = orjson.dumps(self.fields(key))[1:-1]
        return row

    def fields(self, key: int, *, is_full: bool = False) -> dict[str, object]:
        """Return `type` and the thing's object, with its show when it is a season or an episode."""
        kind = kind_of(key)
        word = SINGULAR[kind]
        fields: dict[str, object] = {"type": word, word: self.media(key, is_full=is_full)}
        if kind in (Kind.SEASON, Kind.EPISODE):
            fields["show"] = self.media(self.show_of(key))
        return fields

    def media(self, key: int, *, is_full: bool = False) -> dict[str, object]:
        title = self._titles.get(key)
        if title is not None:
            return _full(title) if is_full else _minimal(title)
        number = trakt_id_of(key)
        ids = {"trakt": number, "tvdb": None, "tmdb": None}
        if kind_of(key) is Kind.SEASON:
            return {"number": number % _SEASON_FACTOR, "ids": ids}
        season, episode = number // _SEASON_FACTOR % _SEASON_FACTOR, number % _SEASON_FACTOR
        return {"season": season, "number": episode, "title": f"Episode {episode}", "ids": {**ids, "imdb": None}}

    def _by_trakt_id(self, kind: Kind, value: int | str) -> int | None:
        if not isinstance(value, int) or not 0 < value < MAX_ID:
            return None
        key = key_of(kind, value)
        if key in self._titles:
            return key
        if kind is Kind.SEASON:
            show, number = divmod(value, _SEASON_FACTOR)
            return self.season(show_key, number) if (show_key := key_of(Kind.SHOW, show)) in self._titles else None
        if kind is Kind.EPISODE:
            show, rest = divmod(value, _EPISODE_FACTOR)
            show_key = key_of(Kind.SHOW, show)
            return self.episode(show_key, *divmod(rest, _SEASON_FACTOR)) if show_key in self._titles else None
        return None

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


def _minimal(title: Title) -> dict[str, object]:
    ids: dict[str, object] = {"trakt": title.trakt, "slug": title.slug, "imdb": title.imdb, "tmdb": title.tmdb}
    if title.kind is Kind.PERSON:
        return {"name": title.name, "ids": ids}
    if title.kind is Kind.SHOW:
        ids = {"trakt": title.trakt, "slug": title.slug, "tvdb": title.tvdb, "imdb": title.imdb, "tmdb": title.tmdb}
    return {"title": title.name, "year": title.year, "ids": ids}


def _full(title: Title) -> dict[str, object]:
    """The fields of `extended=full` that the catalogue knows; the others are null or empty as Trakt has them."""
    is_show = title.kind is Kind.SHOW
    dates: dict[str, object] = {"first_aired": None, "airs": _NO_AIRS} if is_show else {"released": None}
    counts = {"network": None, "aired_episodes": SEASONS_PER_SHOW * EPISODES_PER_SEASON} if is_show else {}
    return {
        **_minimal(title),
        "tagline": "",
        "overview": None,
        **dates,
        "runtime": title.runtime,
        "country": None,
        "status": None,
        "rating": title.rating,
        "votes": title.votes,
        "comment_count": 0,
        "trailer": None,
        "homepage": None,
        "updated_at": None,
        "language": title.language,
        "languages": [title.language] if title.language else [],
        "available_translations": [],
        "genres": [genre.strip().lower().replace(" ", "-") for genre in title.genres.split("|") if genre],
        "subgenres": [],
        "certification": None,
        "original_title": title.name,
        **counts,
    }
