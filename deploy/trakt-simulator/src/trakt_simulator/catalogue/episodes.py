"""Seasons and episodes. No source of them is shipped, so every show has the same made-up ones.

The trakt id of a season or an episode holds the id of its show, so that no table of them is needed.
"""

from trakt_simulator.catalogue.media import Kind, key_of, kind_of, trakt_id_of

SEASONS_PER_SHOW = 10
"""Beside season 0, the specials."""
EPISODES_PER_SEASON = 24
_SEASON_FACTOR = 1_000
_EPISODE_FACTOR = 1_000_000


def season_key(show: int, number: int) -> int | None:
    """Return the key of a season of the show with this key; None when there is none of this number."""
    if not 0 <= number <= SEASONS_PER_SHOW:
        return None
    return key_of(Kind.SEASON, trakt_id_of(show) * _SEASON_FACTOR + number)


def episode_key(show: int, season: int, number: int) -> int | None:
    """Return the key of an episode; None when the season has none of this number."""
    if not (0 <= season <= SEASONS_PER_SHOW and 1 <= number <= EPISODES_PER_SEASON):
        return None
    return key_of(Kind.EPISODE, trakt_id_of(show) * _EPISODE_FACTOR + season * _SEASON_FACTOR + number)


def episodes_of(key: int) -> list[int]:
    """Return the keys of a season's episodes, or of a show's episodes without its specials."""
    if kind_of(key) is Kind.SHOW:
        show, seasons = key, range(1, SEASONS_PER_SHOW + 1)
    else:
        number = trakt_id_of(key) % _SEASON_FACTOR
        show, seasons = show_of(key), range(number, number + 1)
    keys = (episode_key(show, season, number) for season in seasons for number in range(1, EPISODES_PER_SEASON + 1))
    return [key for key in keys if key is not None]


def key_from_id(kind: Kind, trakt_id: int) -> tuple[int, int | None]:
    """Return the key of the show in the trakt id of a season or an episode, and its own key (None: no such one)."""
    if kind is Kind.SEASON:
        show_id, number = divmod(trakt_id, _SEASON_FACTOR)
        show = key_of(Kind.SHOW, show_id)
        return show, season_key(show, number)
    show_id, rest = divmod(trakt_id, _EPISODE_FACTOR)
    show = key_of(Kind.SHOW, show_id)
    return show, episode_key(show, *divmod(rest, _SEASON_FACTOR))


def show_of(key: int) -> int:
    """Return the key of the show of a season or an episode."""
    factor = _SEASON_FACTOR if kind_of(key) is Kind.SEASON else _EPISODE_FACTOR
    return key_of(Kind.SHOW, trakt_id_of(key) // factor)


def season_of(episode: int) -> int:
    """Return the key of the season of an episode."""
    show, rest = divmod(trakt_id_of(episode), _EPISODE_FACTOR)
    return key_of(Kind.SEASON, show * _SEASON_FACTOR + rest // _SEASON_FACTOR)


def numbers_of(episode: int) -> tuple[int, int]:
    """Return the season number and the episode number of an episode."""
    season, number = divmod(trakt_id_of(episode) % _EPISODE_FACTOR, _SEASON_FACTOR)
    return season, number


def media_object(key: int) -> dict[str, object]:
    """Return the object of a season or an episode."""
    ids = {"trakt": trakt_id_of(key), "tvdb": None, "tmdb": None}
    if kind_of(key) is Kind.SEASON:
        return {"number": trakt_id_of(key) % _SEASON_FACTOR, "ids": ids}
    season, number = numbers_of(key)
    return {"season": season, "number": number, "title": f"Episode {number}", "ids": {**ids, "imdb": None}}
