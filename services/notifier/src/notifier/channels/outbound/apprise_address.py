"""One message through Apprise, which says only whether it was taken. What its HTTP says is noted on the way."""

import logging
from typing import Any, Final

import requests
from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType, PersistentStoreMode

from notifier.channels.outbound.answers import Answer
from notifier.channels.outbound.webhook import TIMEOUT_S, answered

TYPES: Final = {
    "info": NotifyType.INFO,
    "success": NotifyType.SUCCESS,
    "warning": NotifyType.WARNING,
    "error": NotifyType.FAILURE,
}
CONNECT_S: Final = 5.0

Apprise.instantiate("json://localhost")  # loads all plugins, here and not in each fork: half a second of processor time


class _Noted(requests.adapters.HTTPAdapter):
    """Every plugin's way to HTTP: `requests` makes its adapters by this name (see `send`)."""

    last: Answer | None = None

    def send(self, request: Any, **arguments: Any) -> Any:  # type: ignore[override] # noqa: ANN401 - requests' own
        try:
            response = super().send(request, **arguments)
        except requests.Timeout:
            _Noted.last = Answer("timeout")
            raise
        except requests.RequestException:
            _Noted.last = Answer("unreachable")
            raise
        _Noted.last = answered(response.status_code, response.headers.get("Retry-After"))
        if _Noted.last.failure == "redirected":
            raise requests.TooManyRedirects("redirects are not followed")
        return response


def send(url: str, *, title: str, body: str, severity: str) -> Answer:
    """Return whether the address took the message."""
    logging.disable()  # it logs hosts and users
    requests.sessions.HTTPAdapter = _Noted  # type: ignore[attr-defined]
    # Nothing is kept between messages, and no picture is named: it would be one of another site.
    asset = AppriseAsset(
        app_id="WatchBuddy",
        app_desc="WatchBuddy",
        async_mode=False,
        http_redirects=False,
        storage_mode=PersistentStoreMode.MEMORY,
        image_url_mask="",
        image_url_logo="",
    )
    plugin = Apprise.instantiate(url, asset=asset)
    if plugin is None:
        return Answer("address_wrong")
    plugin.socket_connect_timeout, plugin.socket_read_timeout = CONNECT_S, TIMEOUT_S
    services = Apprise(asset=asset)
    services.add(plugin)
    if services.notify(body=body, title=title, notify_type=TYPES[severity], body_format=NotifyFormat.TEXT):
        return Answer(None, _Noted.last.status if _Noted.last else None)
    if _Noted.last is None or _Noted.last.failure is None:
        return Answer("not_accepted")
    return _Noted.last
