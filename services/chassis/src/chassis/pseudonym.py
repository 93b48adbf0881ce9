"""`python -m chassis.pseudonym --user U`: print how traces name a user (`enduser.pseudo.id`)."""

import sys

from chassis.arguments import Parser
from chassis.setting_sources import FromEnvironment
from chassis.settings import load
from chassis.telemetry.users import pseudonym


class PseudonymSettings(FromEnvironment):
    """What may stand in the environment or in secret files."""

    trace_user_key: str = ""


def main() -> None:
    parser = Parser(prog="python -m chassis.pseudonym", description="Print how traces name a user.")
    parser.add_argument("--user", required=True, help="the user's id: their tokens' sub")
    arguments = parser.parse_args()
    key = load(PseudonymSettings).trace_user_key
    if not key:
        sys.exit("TRACE_USER_KEY is not set: traces name no users")
    print(pseudonym(key, arguments.user))  # noqa: T201


if __name__ == "__main__":
    main()
