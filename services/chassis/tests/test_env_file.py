"""`.env` is read as Docker Compose reads it."""

from pathlib import Path

import pytest

from chassis.env_file import EnvFileError, read_env_file


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("KEY=plain", "plain"),
        ("KEY = plain ", "plain"),
        ('KEY="in double quotes"', "in double quotes"),
        ("KEY='in single quotes'", "in single quotes"),
        ("KEY=plain # a comment", "plain"),
        ("KEY=plain#part-of-it", "plain#part-of-it"),
        ('KEY="with # inside" # a comment', "with # inside"),
        ("KEY='with $ and # inside'", "with $ and # inside"),
        ("export KEY=exported", "exported"),
        ("KEY=ends-with-equals==", "ends-with-equals=="),
        ("BASE=one\nKEY=${BASE}-two", "one-two"),
        ("#KEY=commented\nKEY=given", "given"),
        ("KEY=first\nKEY=last", "last"),
        ("KEY=windows\r", "windows"),
        ("\ufeffKEY=marked", "marked"),
    ],
)
def test_a_value_is_read_as_compose_reads_it(line: str, value: str, tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(f"{line}\n".encode())
    assert read_env_file(path)["KEY"] == value


def test_a_variable_without_a_value_is_not_given(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("EMPTY=\nBARE\nQUOTED=''\n")
    assert read_env_file(path) == {}


def test_no_file_gives_nothing(tmp_path: Path) -> None:
    assert read_env_file(tmp_path / ".env") == {}


def test_a_file_that_is_not_utf_8_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes("KEY=é\n".encode("utf-16"))
    with pytest.raises(EnvFileError, match="it is not UTF-8"):
        read_env_file(path)
