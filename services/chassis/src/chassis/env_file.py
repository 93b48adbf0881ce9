"""Reads `.env`, the file from which Docker Compose takes its variables, as Compose reads it.

Quotes, comments after a value and `export` mean the same. Two differences remain (python-dotenv 1.2): `$NAME` without
braces stays as it is, and `${NAME}` is replaced within single quotes too.
"""

from pathlib import Path

from dotenv import dotenv_values

from chassis.errors import PermanentError

ENV_FILE = Path(".env")


class EnvFileError(PermanentError):
    """The file is there and cannot be read. The text is one line for the user."""


def read_env_file(path: Path = ENV_FILE) -> dict[str, str]:
    """Return name → value of every variable that has one; empty when there is no file.

    Raises:
        EnvFileError: it may not be read, or it is not UTF-8.
    """
    try:
        # A byte-order mark, as some editors write it, is not part of the first name.
        values = dotenv_values(path, encoding="utf-8-sig") if path.is_file() else {}
    except OSError as error:
        raise EnvFileError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise EnvFileError(f"cannot read {path}: it is not UTF-8") from error
    return {name: value for name, value in values.items() if value}
