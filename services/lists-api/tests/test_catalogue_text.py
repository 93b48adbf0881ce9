import pytest
from hypothesis import given
from hypothesis import strategies as st

from lists_api.catalogue.domain.text import MAX_FOLDED, fold, search_form

CASES = {
    "Le Fabuleux Destin d'Amélie Poulain": "le fabuleux destin d amelie poulain",
    "Ocean's Eleven": "oceans eleven",
    "Don\u2019t Look Up": "dont look up",
    "S.W.A.T.": "swat",
    "Fast & Furious": "fast and furious",
    "Straße nach Ørsted": "strasse nach orsted",
    "Łódź": "lodz",
    "Spider-Man: No Way Home": "spider man no way home",
    "WALL·E": "wall e",
    "Ёлки": "елки",
    "七人の侍": "七人の侍",
    "गाइड": "गाइड",
    "\uff26\uff35\uff2c\uff2c": "full",
    "İstanbul": "istanbul",
    "???": "???",
    "  two   spaces ": "two spaces",
    "": "",
}


@pytest.mark.parametrize(("name", "folded"), CASES.items(), ids=[f"case {number}" for number in range(len(CASES))])
def test_names_are_folded(name: str, folded: str) -> None:
    assert fold(name) == folded


def test_the_search_form_has_the_original_name_where_it_is_another_one() -> None:
    assert search_form("Amélie", "Le Fabuleux Destin") == "amelie | le fabuleux destin"
    assert search_form("Amélie", "AMELIE") == search_form("Amelie") == "amelie"
    assert search_form("Heat", "") == "heat"


@given(st.text())
def test_folding_any_text_is_bounded_and_folding_it_again_changes_nothing(text: str) -> None:
    folded = fold(text)
    assert len(folded) <= MAX_FOLDED
    assert folded == " ".join(folded.split())
    assert fold(folded) == folded


@given(st.text(st.characters(categories=("Lu", "Ll", "Lt", "Zs"))))
def test_case_makes_no_difference_to_words(text: str) -> None:
    assert fold(text.casefold()) == fold(text)
