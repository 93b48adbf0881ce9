"""How traces name users."""

import pytest

from chassis import pseudonym as command
from chassis.telemetry.users import pseudonym

KEY = "a key of the tests, of enough characters"


def test_a_pseudonym_is_of_the_user_and_of_the_key() -> None:
    names = [pseudonym(KEY, "ada"), pseudonym(KEY, "Ada"), pseudonym(f"{KEY}.", "ada"), pseudonym(KEY, "ada")]
    assert len(set(names)) == 3
    assert names[0] == names[3]


def test_operators_are_told_a_pseudonym(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("TRACE_USER_KEY", KEY)
    monkeypatch.setattr("sys.argv", ["pseudonym", "--user", "ada"])
    command.main()
    assert capsys.readouterr().out.strip() == pseudonym(KEY, "ada")
    monkeypatch.delenv("TRACE_USER_KEY")
    with pytest.raises(SystemExit, match="TRACE_USER_KEY is not set"):
        command.main()
