"""A title that may be on a list, with what scoring needs of it."""

from dataclasses import dataclass

from lists_api.catalogue.domain.matching import Thumb
from lists_api.catalogue.domain.title import CatalogueTitle
from watchbuddy_contracts import MediaType


@dataclass(frozen=True, slots=True)
class Candidate:
    """A title beside the others of its media type, and what its reader has of it.

    The votes of one source are in the hundreds where those of another are in the millions. So quality and fame are
    measured within the titles of one media type and one source (`store/candidates.py` has the formulas).

    Args:
        quality: the rating, shrunk by votes: 500 is the mean, 700 one standard deviation above it; 0 to 1000.
        fame: logarithm of the rank by votes and popularity: 1000 the best known, 1 the least known, 0 without votes.
        is_watched: the user has watched it.
        thumb: what the user says of it.
    """

    title: CatalogueTitle
    quality: int
    fame: int
    is_watched: bool = False
    thumb: Thumb = 0

    @property
    def tie_breaker(self) -> tuple[MediaType, str, int, int, int]:
        """An order of all titles that does not depend on the catalogue's own numbers, unless nothing else differs."""
        ids = self.title.ids
        return ids.media_type, ids.imdb or "", ids.tmdb or 0, ids.trakt or 0, self.title.title_id
