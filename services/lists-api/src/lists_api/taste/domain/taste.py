"""What a user likes, as scoring asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Taste:
    """A user's thumbs and history, summed up. An empty one says nothing: scores are then the same for everybody.

    Args:
        liked: the genres of each title with a thumb up that the catalogue knows, newest first.
        disliked: the same with a thumb down.
        watched_genres: how many watched titles have the genre.
        watched_titles: how many watched titles the catalogue knows.
        languages: how many liked and watched titles have the language.
    """

    liked: tuple[frozenset[str], ...] = ()
    disliked: tuple[frozenset[str], ...] = ()
    watched_genres: Mapping[str, int] = field(default_factory=dict)
    watched_titles: int = 0
    languages: Mapping[str, int] = field(default_factory=dict)
