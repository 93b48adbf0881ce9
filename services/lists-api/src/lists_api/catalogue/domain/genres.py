"""One vocabulary of genres, and the names that IMDb, TMDB, Trakt and the shipped titles have for them."""

from functools import lru_cache
from types import MappingProxyType
from typing import Final

from lists_api.catalogue.domain.text import fold

GENRES: Final = MappingProxyType(
    {
        "action": "Action",
        "adult": "Adult",
        "adventure": "Adventure",
        "animation": "Animation",
        "anime": "Anime",
        "biography": "Biography",
        "comedy": "Comedy",
        "crime": "Crime",
        "disaster": "Disaster",
        "documentary": "Documentary",
        "donghua": "Donghua",
        "drama": "Drama",
        "epic": "Epic",
        "family": "Family",
        "fantasy": "Fantasy",
        "film-noir": "Film Noir",
        "game-show": "Game Show",
        "history": "History",
        "holiday": "Holiday",
        "home-and-garden": "Home & Garden",
        "horror": "Horror",
        "indie": "Indie",
        "kids": "Kids",
        "martial-arts": "Martial Arts",
        "music": "Music",
        "musical": "Musical",
        "mystery": "Mystery",
        "news": "News",
        "politics": "Politics",
        "reality": "Reality",
        "road": "Road",
        "romance": "Romance",
        "science-fiction": "Science Fiction",
        "short": "Short",
        "soap": "Soap",
        "special-interest": "Special Interest",
        "sport": "Sport",
        "spy": "Spy",
        "superhero": "Superhero",
        "supernatural": "Supernatural",
        "suspense": "Suspense",
        "talk-show": "Talk Show",
        "teen": "Teen",
        "thriller": "Thriller",
        "travel": "Travel",
        "tv-movie": "TV Movie",
        "war": "War",
        "western": "Western",
    }
)
"""The label of each genre by its slug, in the order of the slugs."""

_NAMES: Final = """
action: one-person army action
adult: erotic, erotica
adventure: quest, urban adventure, globetrotting adventure, desert adventure, survival
animation: animated, cartoon, computer animation, hand-drawn animation
anime: shonen, seinen, iyashikei, mecha, slice of life
biography: biopic, biographical
comedy: dark comedy, black comedy, quirky comedy, raunchy comedy, buddy comedy, high-concept comedy, screwball comedy,
  sitcom, satire, parody, slapstick, mockumentary, stand-up, fan film
crime: gangster, heist, serial killer, drug crime, hard-boiled detective
documentary: docuseries, docu
drama: psychological drama, legal drama, medical drama, workplace drama, financial drama, prison drama, showbiz drama,
  period drama, costume drama, korean drama, tragedy, coming-of-age
epic:
family:
fantasy: dark fantasy, fairy tale, sword and sorcery
film-noir: noir
game-show: game, quiz, quiz show
history: historical
holiday: christmas
horror: psychological horror, monster horror, body horror, kaiju
kids: children, childrens
martial-arts: kung fu, samurai, eastern, wuxia
music: concert
mystery: whodunnit, whodunit, bumbling detective
politics: political
reality: reality tv, survival competition, dating reality tv
road: road movie
romance: romantic, steamy romance, feel-good romance
science-fiction: sci-fi, sf, scientific fiction, space sci-fi, dystopian sci-fi, artificial intelligence,
  alien invasion, time travel
soap: soap opera, telenovela
sport: sports, sporting event, soccer, football, basketball, motorsport
spy: espionage
superhero: superheroes
talk-show: talk
thriller: psychological thriller, cyber thriller, conspiracy thriller, legal thriller
travel:
tv-movie: television movie, tv film
western: contemporary western, classical western
"""

_COMBINED: Final = """
action and adventure: action adventure
sci-fi and fantasy: fantasy science-fiction
war and politics: politics war
suspense mystery: mystery suspense
supernatural fantasy: fantasy supernatural
supernatural horror: horror supernatural
true crime: crime documentary
crime documentary: crime documentary
sports documentary: documentary sport
history documentary: documentary history
travel documentary: documentary travel
docudrama: drama history
adult animation: animation
teen drama: drama teen
teen comedy: comedy teen
teen romance: romance teen
teen fantasy: fantasy teen
teen horror: horror teen
teen adventure: adventure teen
romantic comedy: comedy romance
holiday romance: holiday romance
political drama: drama politics
political thriller: politics thriller
police procedural: crime drama
cop drama: crime drama
erotic thriller: adult thriller
vampire horror: horror supernatural
zombie horror: horror
animal adventure: adventure family
dinosaur adventure: adventure science-fiction
sword and sandal: adventure epic history
action epic: action epic
adventure epic: adventure epic
fantasy epic: epic fantasy
sci-fi epic: epic science-fiction
war epic: epic war
historical epic: epic history
news and documentary: documentary news
foreign:
none:
mini-series:
"""
"""Names of several genres. The last ones are no genres: they are known, and mean none."""

_TMDB_IDS: Final = """
28 action, 12 adventure, 16 animation, 35 comedy, 80 crime, 99 documentary, 18 drama, 10751 family, 14 fantasy,
36 history, 27 horror, 10402 music, 9648 mystery, 10749 romance, 878 sci-fi, 10770 tv movie, 53 thriller, 10752 war,
37 western, 10759 action and adventure, 10762 kids, 10763 news, 10764 reality, 10765 sci-fi and fantasy, 10766 soap,
10767 talk, 10768 war and politics, 10769 foreign
"""


def _key(name: str) -> str:
    # "Sci-Fi & Fantasy", "scifi fantasy" and "Science-Fiction and Fantasy" differ in what is dropped here
    return "".join(word for word in fold(name.replace("_", " ")).split() if word != "and")


def _vocabulary() -> dict[str, tuple[str, ...]]:
    known: dict[str, tuple[str, ...]] = {}
    for line in _NAMES.replace(",\n ", ",").strip().splitlines():
        slug, _, names = line.partition(":")
        known |= {_key(name): (slug,) for name in names.split(",") if name.strip()}
    for line in _COMBINED.strip().splitlines():
        name, _, slugs = line.partition(":")
        known[_key(name)] = tuple(slugs.split())
    for slug, label in GENRES.items():
        known[_key(slug)] = known[_key(label)] = (slug,)
    known[_key("science fiction and fantasy")] = known[_key("sci-fi and fantasy")]
    for pair in _TMDB_IDS.replace("\n", " ").split(","):
        number, name = pair.strip().split(" ", 1)
        known[number] = known[_key(name)]
    return known


_KNOWN: Final = MappingProxyType(_vocabulary())


@lru_cache(maxsize=4096)
def genre_slugs(name: str) -> tuple[str, ...]:
    """Return the slugs of a genre's name, label, slug or TMDB id, sorted; empty when it is not known or means none.

    Case, spaces, hyphens, accents and "&" make no difference.
    """
    return _KNOWN.get(_key(name), ())


def is_genre(name: str) -> bool:
    """Return whether the vocabulary knows the name, be it that it means no genre ("none", "Foreign")."""
    return _key(name) in _KNOWN


def slugs_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the slugs of all the names, each once, sorted."""
    return tuple(sorted({slug for name in names for slug in genre_slugs(name)}))
