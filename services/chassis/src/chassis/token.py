"""`python -m chassis.token --user U`: print a token for a user, signed with the local key."""

import argparse
import os
import sys
from datetime import timedelta
from typing import Final

from chassis.arguments import Parser
from chassis.env_file import EnvFileError, read_env_file
from chassis.local_tokens import MAX_USER_ID, issue_token
from chassis.setting_sources import FromEnvironment
from chassis.settings import load


class TokenSettings(FromEnvironment):
    """What may stand in the environment or in secret files."""

    auth_local_key: str = ""
    auth_issuer: str = ""
    auth_audience: str = ""


MAX_DAYS: Final = 36_500


def main() -> None:
    parser = Parser(prog="python -m chassis.token", description="Print a token for a user.")
    parser.add_argument("--user", required=True, type=_user_id, help="the user's id: the token's sub")
    parser.add_argument("--days", type=_days, default=30, help="how long the token is good (default: 30)")
    arguments = parser.parse_args()
    try:
        found = _settings()
    except EnvFileError as error:
        sys.exit(str(error))
    if found is None:
        sys.exit("no key: set AUTH_LOCAL_KEY, or write it into .env; for a local stack: make token, while it runs")
    key, issuer, audience = found
    lifetime = timedelta(days=arguments.days)
    print(issue_token(key, user_id=arguments.user, issuer=issuer, audience=audience, lifetime=lifetime))  # noqa: T201


def _user_id(text: str) -> str:
    if not 0 < len(text) <= MAX_USER_ID or not text.isprintable():
        raise argparse.ArgumentTypeError(f"give 1 to {MAX_USER_ID} printable characters")
    return text


def _days(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= MAX_DAYS:
        raise argparse.ArgumentTypeError(f"give 1 to {MAX_DAYS}")
    return int(text)


def _settings() -> tuple[str, str, str] | None:
    """Return key, issuer and audience. As in Docker Compose, the environment wins over .env; .env wins over files."""
    of_files = {name.upper(): value for name, value in load(TokenSettings).model_dump(exclude_unset=True).items()}
    values = {**of_files, **read_env_file(), **{name: value for name, value in os.environ.items() if value}}
    key = values.get("AUTH_LOCAL_KEY")
    return (key, values.get("AUTH_ISSUER", "watchbuddy"), values.get("AUTH_AUDIENCE", "watchbuddy")) if key else None


if __name__ == "__main__":
    main()
