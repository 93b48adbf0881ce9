"""What the words for a kind of title mean, in the languages of the sites' exports.

IMDb writes them in the language of the account. A word that is not here loses nothing: the catalogue knows what an
IMDb id is.
"""

import unicodedata
from typing import Final, Literal

from watchbuddy_contracts import MediaType

NoTitle = Literal["episode", "season", "person", "video_game", "other_kind"]

_MOVIES: Final = """
movie|movies|film|films|featurefilm|feature|tvmovie|madefortvmovie|short|shortfilm|tvshort|video|directtovideo|videofilm
documentary|shortmovie|tvspecial|special
telefilm|courtmetrage|documentaire|emissionspeciale|emissiontvspeciale|specialtv|filmtv
spielfilm|fernsehfilm|kurzfilm|dokumentarfilm|tvfilm|tvkurzfilm|tvspezial|fernsehspecial
pelicula|peliculadetv|peliculaparatv|cortometraje|documental|especialdetv|cortodetv
cortometraggio|documentario|specialetv|filmpertv
filme|filmedetv|filmeparatv|telefilme|curtametragem|especialdatv
kortfilm|speelfilm|televisiefilm|film kinowy|filmtelewizyjny|filmkrotkometrazowy|fernsehfilm"""
_SHOWS: Final = """
show|shows|tv|tvshow|tvseries|series|serie|tvminiseries|miniseries|miniserie|tvpilot|anime series
serietelevisee|seriedetelevision|minserietelevisee|miniserietelevisee|serietv|miniserietv|serieteleviseemini
fernsehserie|tvserie|fernsehminiserie|tvminiserie
seriedetv|seriedetelevision|miniseriedetv|miniseriedetelevision
serietelevisiva|miniserietelevisiva
seriedetelevisao|seriedatv|minisseriedetv|minisseriedetelevisao|minisserie|minisseriedatv
tvseriemini|televisieserie|serialtelewizyjny|miniserialtelewizyjny|serialtv"""
_OTHERS: Final[dict[NoTitle, str]] = {
    "episode": """
episode|tvepisode|episodes|folge|tvfolge|tvepisoden|fernsehepisode|serienfolge|episodetelevise|episodetv|episodedeserie
episodedetelevision|episodedeserietelevisee|episodiodetv|episodiotv|episodiodeserie|episodiodetelevision|episodiodatv
episodiodetelevisao|episodio|aflevering""",
    "season": "season|seasons|staffel|saison|temporada|stagione",
    "person": "person|people|actor|actress|director|personne|persona|pessoa",
    "video_game": """
videogame|game|jeuvideo|videospiel|videojuego|videogioco|jogodevideogame|jogoeletronico|videojogo|grawideo""",
    "other_kind": """
book|comic|manga|boardgame|podcast|podcastseries|podcastepisode|musicvideo|music|album|audiobook|company""",
}


def _split(words: str) -> list[str]:
    return [word.replace(" ", "") for line in words.split("\n") for word in line.split("|") if word]


_MEANINGS: Final[dict[str, MediaType | NoTitle]] = {
    **dict.fromkeys(_split(_MOVIES), "movie"),
    **dict.fromkeys(_split(_SHOWS), "show"),
    **{word: kind for kind, words in _OTHERS.items() for word in _split(words)},
}


def meaning_of(word: str) -> MediaType | NoTitle | None:
    """Return what the word means; None: nobody here knows it, or it is blank."""
    return _MEANINGS.get(plain(word))


def plain(word: str) -> str:
    """Return the word's letters and digits, lower-case and without accents."""
    return "".join(one for one in unicodedata.normalize("NFKD", word[:100]).casefold() if one.isalnum())
