"""The titles that the package ships."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from trakt_simulator.catalogue.catalogue import Catalogue
from trakt_simulator.catalogue.titles import CatalogueFileError, Title, read_titles

SHIPPED_TITLES = Path(__file__).with_name("titles.csv.gz")
"""The project's one copy of the titles. Other catalogues can be filled from it, too."""
_SHIPPED = (SHIPPED_TITLES, Path(__file__).with_name("people.csv"))


def shipped_titles() -> Iterator[Title]:
    """Read the 4,098 movies and shows of the package, and five people."""
    return chain.from_iterable(map(read_titles, _SHIPPED))


def catalogue_from(path: Path | None = None) -> Catalogue:
    """Read a catalogue file; None: the titles of the package.

    Raises:
        CatalogueFileError: the file cannot be used.
    """
    if path is None:
        return Catalogue(shipped_titles())
    try:
        return Catalogue(read_titles(path))
    except ValueError as error:
        raise CatalogueFileError(f"{path}: {error}") from error
