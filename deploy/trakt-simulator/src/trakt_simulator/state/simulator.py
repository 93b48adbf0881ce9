"""The whole state of one simulated Trakt."""

from dataclasses import dataclass, field

from trakt_simulator.catalogue.catalogue import Catalogue
from trakt_simulator.clock import Clock
from trakt_simulator.faults.faults import Fault, Faults
from trakt_simulator.options import Options
from trakt_simulator.state.accounts import World
from trakt_simulator.state.authorization_codes import Authorizations
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
    """Everything that a request can see or change.

    `auth_url` is the OAuth host as a browser reaches it; None: the address that the caller used.
    """

    catalogue: Catalogue
    first_options: Options = field(default_factory=Options)
    apps: dict[str, App] = field(default_factory=lambda: {DEFAULT_APP.client_id: DEFAULT_APP})
    clock: Clock = field(default_factory=Clock)
    auth_url: str | None = None
    options: Options = field(init=False)
    world: World = field(default_factory=World)
    tokens: Tokens = field(default_factory=Tokens)
    devices: DeviceCodes = field(default_factory=DeviceCodes)
    authorizations: Authorizations = field(default_factory=Authorizations)
    limits: RateLimits = field(default_factory=RateLimits)
    faults: Faults = field(default_factory=Faults)
    log: RequestLog = field(init=False)
    resets: int = 0

    def __post_init__(self) -> None:
        self.options = self.first_options
        self.log = RequestLog(self.options.log_size)

    def reset(self) -> None:
        """Back to the start: no accounts, faults, log or advanced time; the options of the command line."""
        self.resets += 1
        self.options = self.first_options
        self.world = World()
        self.tokens.clear()
        self.devices.clear()
        self.authorizations.clear()
        self.limits.clear()
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

    def add_fault(self, fault: Fault) -> int:
        number = self.faults.add(fault)
        self.world.remember_ms = max(self.world.remember_ms, self.faults.longest_stale_ms())
        return number
