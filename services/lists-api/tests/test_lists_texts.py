"""The rule for titles and descriptions: something is visible, and nothing in it is a control character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from lists_api.http.schemas.texts import Description, TitleText
from lists_api.lists.domain import changes
from lists_api.lists.domain.properties import ListProperties
from lists_api.testing import Api

TITLE = TypeAdapter[str](TitleText)
DESCRIPTION = TypeAdapter[str](Description)

INVISIBLE = {
    "control character": "\u0001",
    "C1 control character": "\u0080",
    "zero-width space": "\u200b",
    "zero-width joiner": "\u200d",
    "byte-order mark": "\ufeff",
    "noncharacter": "\uffff",
    "unassigned": "\U0003ffff",
    "private use": "\ue000",
    "variation selector": "\ufe0f",
    "direction marks": "\u200e\u202e\u2066",
    "soft hyphen": "\u00ad",
    "Hangul filler": "\u3164",
    "empty Braille pattern": "\u2800",
    "a mix with spaces": "\u200b \ufeff\u3000\u2060",
}
CONTROL = ["Hei\u0001sts", "Heists\u007f", "Hei\u009fsts", "Hei\x00sts", "Hei\x1bsts", "Hei\u0085sts"]
FINE = [
    "Heists",
    "盗み",
    "\U0001f3ac",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",  # a family: emoji joined by zero-width joiners
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian is written with zero-width non-joiners
    "❤\ufe0f",
    "\ufeffHeists",
    "e\u0301",
    "…",
    "5",
]


@pytest.mark.parametrize("text", INVISIBLE.values(), ids=INVISIBLE.keys())
async def test_a_text_of_nothing_visible_is_refused_and_the_field_is_named(api: Api, text: str) -> None:
    made = await api.create()
    for field in ("title", "description"):
        for method, path in (("POST", "/api/lists"), ("PATCH", f"/api/lists/{made['id']}")):
            body = ({"title": "Heists", "list_type": "manual"} if method == "POST" else {}) | {field: text}
            response = await api.call(method, path, json=body)
            assert (response.status_code, response.json()["slug"]) == (422, "invalid-request")
            assert [error["field"] for error in response.json()["errors"]] == [f"body.{field}"]
    assert (await api.call("GET", "/api/lists")).json()["lists"] == [made]


@pytest.mark.parametrize("text", CONTROL)
async def test_a_control_character_within_a_text_is_refused_and_named(api: Api, text: str) -> None:
    for field in ("title", "description"):
        response = await api.call("POST", "/api/lists", json={"title": "x", "list_type": "manual"} | {field: text})
        (error,) = response.json()["errors"]
        assert error["field"] == f"body.{field}"
        assert "must not contain the control character U+00" in error["message"]


@pytest.mark.parametrize("text", FINE)
async def test_every_script_is_fine(api: Api, text: str) -> None:
    made = await api.create(title=text, description=text)
    assert (made["title"], made["description"]) == (text, text)


async def test_a_description_may_have_lines_and_tabs_and_may_be_empty_and_a_title_may_not(api: Api) -> None:
    for text in ("First\r\nsecond\n\tthird", ""):
        assert (await api.create(description=text))["description"] == text
        response = await api.call("POST", "/api/lists", json={"title": text, "list_type": "manual"})
        assert response.status_code == 422


@given(st.text(max_size=300))
def test_what_is_accepted_follows_the_rule_whatever_the_text(text: str) -> None:
    for kind in (TITLE, DESCRIPTION):
        try:
            accepted = kind.validate_python(text)
        except ValidationError:
            continue
        assert accepted in (text, text.strip())
        assert not set(accepted) & {chr(code) for code in (*range(9), 11, 12, *range(14, 32), *range(127, 160))}
        assert accepted == "" or any(character.isprintable() and character != " " for character in accepted)


def test_the_core_takes_what_events_from_before_the_rule_carry() -> None:
    assert changes.create(ListProperties("\u0001", "manual"), [], list_id=1, user_id="ada").after.version == 1
