"""A large catalogue file with the shipped titles' distributions: `python -m benchmarks.catalogue_rows FILE [ROWS]`.

Each row has the genres, year, language, runtime, rating and votes of a shipped title, votes and popularity within a
third of them, ids of its own, and a name made of words of shipped names: common words are as common as they are there.
The same number of rows gives the same file everywhere.
"""

import csv
import gzip
import random
import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Final

ROWS: Final = 1_400_000
SEED: Final = 8
FIRST_IMDB: Final = 10_000_000


def write_rows(path: Path, rows: int = ROWS) -> None:
    """Write a CSV file of our own format."""
    header, shipped = _shipped()
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header)
        table.writerows(generated(header, shipped, rows))


def generated(header: list[str], shipped: list[list[str]], rows: int) -> Iterator[list[str]]:
    """Return the rows."""
    chance = random.Random(SEED)  # noqa: S311 - nothing secret
    place = {name: position for position, name in enumerate(header)}
    title, votes, popularity = place["title"], place["vote_count"], place["popularity"]
    names = [row[title].split() for row in shipped]
    for number in range(1, rows + 1):
        row = list(chance.choice(shipped))
        first, second = chance.choice(names), chance.choice(names)
        row[title] = " ".join(first[: 1 + len(first) // 2] + second[len(second) // 2 :])
        row[place["imdb_id"]] = f"tt{FIRST_IMDB + number}"
        row[place["tmdb_id"]] = str(number)
        row[place["tvdb_id"]] = ""
        spread = 2 / 3 + chance.random() * 2 / 3
        row[votes] = str(int(float(row[votes] or 0) * spread))
        row[popularity] = f"{float(row[popularity] or 0) * spread:.2f}"
        yield row


def _shipped() -> tuple[list[str], list[list[str]]]:
    path = resources.files("trakt_simulator") / "catalogue" / "titles.csv.gz"
    with path.open("rb") as file, gzip.open(file, "rt", newline="", encoding="utf-8") as text:
        header, *rows = csv.reader(text)
    return header, rows


if __name__ == "__main__":
    write_rows(Path(sys.argv[1]), *map(int, sys.argv[2:3]))
