"""`python -m chassis.token --user U`: print a token for a user, signed with the local key."""

import argparse
import json
import os
import re
import sys
from datetime import timedelta
from pathlib import Path

from chassis.auth import issue_token


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m chassis.token", description="Print a token for a user.")
    parser.add_argument("--user", required=True, help="the user's id: the token's sub")
    parser.add_argument("--days", type=int, default=30, help="how long the token is good (default: 30)")
    arguments = parser.parse_args()
    found = _settings()
    if found is None:
        sys.exit("no key: set AUTH_LOCAL_KEY, write it into .env, or start the stack (make demo, make run)")
    key, issuer, audience = found
    lifetime = timedelta(days=arguments.days)
    print(issue_token(key, user_id=arguments.user, issuer=issuer, audience=audience, lifetime=lifetime))  # noqa: T201


def _settings() -> tuple[str, str, str] | None:
    """Return key, issuer, audience: of the environment, else of the running stack, else of .env."""
    issuer = os.environ.get("AUTH_ISSUER", "watchbuddy")
    audience = os.environ.get("AUTH_AUDIENCE", "watchbuddy")
    if key := os.environ.get("AUTH_LOCAL_KEY"):
        return key, issuer, audience
    stack = Path(".local/stack.json")
    if stack.is_file():
        auth = json.loads(stack.read_text())["auth"]
        return auth["local_key"], auth["issuer"], auth["audience"]
    env_file = Path(".env")
    if env_file.is_file():
        values = dict(re.findall(r"^(AUTH_\w+)=(.+)$", env_file.read_text(), flags=re.MULTILINE))
        if key := values.get("AUTH_LOCAL_KEY"):
            return key.strip(), values.get("AUTH_ISSUER", issuer), values.get("AUTH_AUDIENCE", audience)
    return None


if __name__ == "__main__":
    main()
