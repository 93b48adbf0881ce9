"""Which Trakt the system speaks to: the simulator, one given from outside, or the real one."""

from collections.abc import Mapping
from pathlib import Path

from chassis.env_file import ENV_FILE, EnvFileError, read_env_file
from local_stack.errors import CannotStartError
from local_stack.system.description import Trakt

API_URL = "https://api.trakt.tv"
AUTH_URL = "https://auth.trakt.tv"
# The client that the simulator knows without being told.
SIMULATOR_CLIENT_ID = "watchbuddy-local"
SIMULATOR_CLIENT_SECRET = "watchbuddy-local-secret"  # noqa: S105 - opens nothing but a simulator


def simulated(url: str) -> Trakt:
    return Trakt(url, url, f"{url}/_admin", SIMULATOR_CLIENT_ID, SIMULATOR_CLIENT_SECRET)


def given(environment: Mapping[str, str], *, real_allowed: bool, env_file: Path = ENV_FILE) -> Trakt | None:
    """Return the Trakt that the environment names, or None for a simulator of our own.

    Args:
        environment: the caller's.
        real_allowed: whether a client id alone means the real Trakt; its id and secret may stand in `env_file` then.
        env_file: as Docker Compose takes it; it need not exist.

    Raises:
        CannotStartError: `env_file` cannot be read, or it and the environment do not say which Trakt is meant.
    """
    own = _read(env_file) if real_allowed else {}
    values = {**own, **{name: value for name, value in environment.items() if value}}
    client_id, client_secret = values.get("TRAKT_CLIENT_ID"), values.get("TRAKT_CLIENT_SECRET")
    if api_url := environment.get("TRAKT_API_URL"):
        url = api_url.rstrip("/")
        admin_url = None if url == API_URL else f"{url}/_admin"
        return Trakt(
            url,
            environment.get("TRAKT_AUTH_URL", AUTH_URL if admin_url is None else url).rstrip("/"),
            admin_url,
            client_id or SIMULATOR_CLIENT_ID,
            client_secret or SIMULATOR_CLIENT_SECRET,
        )
    if not (real_allowed and client_id):
        return None
    if not client_secret:
        raise CannotStartError("TRAKT_CLIENT_ID is set, and TRAKT_CLIENT_SECRET is not (environment, .env)")
    if not environment.get("TRAKT_CLIENT_ID") and own.get("TRAKT_API_URL", API_URL).rstrip("/") != API_URL:
        # The containers would go to that address, and we to the real Trakt.
        raise CannotStartError(
            f"{env_file} has a TRAKT_CLIENT_ID of the real Trakt, and TRAKT_API_URL={own['TRAKT_API_URL']}: "
            "take out one of them"
        )
    return Trakt(API_URL, AUTH_URL, None, client_id, client_secret)


def _read(env_file: Path) -> dict[str, str]:
    try:
        return read_env_file(env_file)
    except EnvFileError as error:
        raise CannotStartError(str(error)) from error
