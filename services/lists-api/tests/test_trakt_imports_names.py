"""What names a list on Trakt, and which texts of Trakt a list here may have."""

from uuid import uuid4

import pytest

from lists_api.imports.domain.trakt import TraktReference, parse_reference, properties_of
from lists_api.testing import Api
from lists_api.testing_trakt_imports import ADDRESS, PATH, found

NAMED = {
    "501": ("me", "501"),
    "best-heists": ("me", "best-heists"),
    "Best_Heists": ("me", "best_heists"),
    "https://trakt.tv/users/grace/lists/best-heists": ("grace", "best-heists"),
    "http://trakt.tv/users/grace/lists/best-heists/": ("grace", "best-heists"),
    "trakt.tv/users/grace/lists/best-heists": ("grace", "best-heists"),
    "https://www.trakt.tv/users/me/lists/best-heists": ("me", "best-heists"),
    "https://app.trakt.tv/users/grace/lists/best-heists?mode=media": ("grace", "best-heists"),
    "https://trakt.tv/users/grace/lists/best-heists/rank,asc#top": ("grace", "best-heists"),
    "https://trakt.tv/lists/501": ("me", "501"),
    "HTTPS://TRAKT.TV/users/Grace/lists/Best-Heists": ("grace", "best-heists"),
}
NAMELESS = [
    "",
    " ",
    "best heists",
    "bést",
    "..",
    "a/b",
    "https://trakt.tv/users/grace/watchlist",
    "https://trakt.tv/users/grace/lists",
    "https://trakt.tv/users/../lists/x",
    "https://trakt.tv.example.org/users/grace/lists/x",
    "https://example.org/?trakt.tv/users/grace/lists/x",
    "javascript:alert(1)",
    "x" * 256,
]


@pytest.mark.parametrize("text", NAMED)
def test_a_list_is_named_by_its_address_its_number_or_its_slug(text: str) -> None:
    assert parse_reference(text) == TraktReference(*NAMED[text])


@pytest.mark.parametrize("text", NAMELESS, ids=[str(number) for number in range(len(NAMELESS))])
async def test_what_names_no_list_on_trakt_is_refused(api: Api, text: str) -> None:
    with pytest.raises(ValueError, match=r"trakt\.tv"):
        parse_reference(text)
    response = await api.call("POST", PATH, json={"trakt_list": text})
    assert response.status_code == 422


async def test_a_smart_list_cannot_be_made_of_one(api: Api) -> None:
    response = await api.call("POST", PATH, json={"trakt_list": ADDRESS, "list_type": "smart"})
    assert response.status_code == 422


TEXTS = {
    "plain": ("Heists", "Plans", "Heists", "Plans"),
    "blank": ("  ", "", "Trakt list 501", None),
    "control": ("He\x00is\x07ts", "a\x00b\nc", "Heists", "ab\nc"),
    "long": ("x" * 300, "y" * 5000, "x" * 255, "y" * 4000),
    "invisible": ("\u200b", "\u200b", "Trakt list 501", None),
}


@pytest.mark.parametrize("case", TEXTS)
def test_texts_of_trakt_become_texts_that_a_list_may_have(case: str) -> None:
    name, description, title, text = TEXTS[case]
    made = properties_of(found(uuid4(), name=name, description=description), "manual")
    assert (made.title, made.description, made.filling) == (title, text, None)
