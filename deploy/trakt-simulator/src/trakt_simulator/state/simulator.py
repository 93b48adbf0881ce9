"""The whole state of one simulated Trakt."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trakt_simulator.catalogue.catalogue import Catalogue
from trakt_simulator.catalogue.media import Kind
from trakt_simulator.clock import Clock
from trakt_simulator.faults.fault import Fault
from trakt_simulator.faults.faults import Faults
from trakt_simulator.options import Options
from trakt_simulator.state.accounts import Accounts
from trakt_simulator.state.authorization_codes import AuthorizationCodes
from trakt_simulator.state.device_codes import DeviceCodes
from trakt_simulator.state.rate_limits import RateLimits
from trakt_simulator.state.request_log import RequestLog
from trakt_simulator.state.tokens import App, Tokens

DEFAULT_APP = App(
    client_id="watchbuddy-local",
    client_secret="watchbuddy-local-secret",  # noqa: S106 (the published secret of a local simulator)
    redirect_uris=("urn:ietf:wg:oauth:2.0:oob", "http://localhost:8000/callback", "http://127.0.0.1:8000/callback"),
)


@dataclass(slots=True)
class Simulator:
    """Everything that a request can read or change.

    `auth_url` is the OAuth host as a browser reaches it; None: the address that the caller used. `resets` counts the
    resets, for the state file.
    """

    catalogue: Catalogue
    first_options: Options = field(default_factory=Options)
    apps: dict[str, App] = field(default_factory=lambda: {DEFAULT_APP.client_id: DEFAULT_APP})
    clock: Clock = field(default_factory=Clock)
    auth_url: str | None = None
    options: Options = field(init=False)
    accounts: Accounts = field(init=False)
    tokens: Tokens = field(init=False)
    devices: DeviceCodes = field(init=False)
    authorizations: AuthorizationCodes = field(init=False)
    rate_limits: RateLimits = field(init=False)
    faults: Faults = field(default_factory=Faults)
    log: RequestLog = field(init=False)
    resets: int = 0

    def __post_init__(self) -> None:
        self.log = RequestLog(self.first_options.log_size)
        self._start()

    def _start(self) -> None:
        self.options = self.first_options
        self.accounts = Accounts()
        self.tokens = Tokens()
        self.devices = DeviceCodes()
        self.authorizations = AuthorizationCodes()
        self.rate_limits = RateLimits()

    def reset(self) -> None:
        """Go back to the start: no accounts, faults, log or advanced time, and the options of the command line.

        The numbers of faults and of logged requests go on.
        """
        self.resets += 1
        self._start()
        self.faults.clear()
        self.log.clear()
        self.log.size = self.options.log_size
        self.clock.reset()
        self.catalogue.forget_invented()

    def set_options(self, changes: dict[str, object]) -> Options:
        """Change some options.

        Raises:
            pydantic.ValidationError: an unknown name or a value out of range.
        """
        self.options = Options.model_validate({**self.options.model_dump(), **changes})
        self.log.size = self.options.log_size
        return self.options

    def find_or_invent(self, kind: Kind, ids: Mapping[str, object]) -> int | None:
        """Return the key of the title with these ids, made up where `unknown_ids_exist` says so; None when unknown."""
        key = self.catalogue.find(kind, ids)
        if key is None and self.options.unknown_ids_exist:
            key = self.catalogue.invent(kind, ids)
        return key

    def add_fault(self, fault: Fault) -> int:
        """Return the fault's number."""
        number = self.faults.add(fault)
        if fault.kind == "stale_lists":
            self.accounts.remember_lists(self.clock.now_ms(), int(fault.delay_s * 1000))
        self.accounts.remember_ms = max(self.accounts.remember_ms, self.faults.longest_stale_ms())
        return number
