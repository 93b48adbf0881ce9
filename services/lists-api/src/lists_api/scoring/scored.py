"""A title with its place in a ranking."""

from dataclasses import dataclass

from lists_api.catalogue.domain.title import CatalogueTitle


@dataclass(frozen=True, slots=True)
class Scored:
    """A ranked title.

    Args:
        score: falls along a ranking; comparable within one ranking only.
        reasons: the top factors in words, the most important first.
    """

    title: CatalogueTitle
    score: int
    reasons: tuple[str, ...] = ()

    @property
    def explanation(self) -> str:
        """The reasons as one text: "8.1 from 12,000 votes; matches Comedy, Romance; you liked 3 like it"."""
        return "; ".join(self.reasons)
