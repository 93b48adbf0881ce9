"""What stands in front of an API that is served without a console."""

from starlette.types import ASGIApp

from chassis.http.forwarded import Forwarded, networks_of
from chassis.http.rate_limits import AddressLimits, RateLimits
from chassis.secured import Secured
from chassis.settings import CallerSettings


def guarded(app: ASGIApp, limits: RateLimits, settings: CallerSettings) -> ASGIApp:
    """Return the application behind what finds out who asks, the limits of addresses, and the headers of data."""
    return Forwarded(Secured(AddressLimits(app, limits)), networks_of(settings.trusted_proxies))
