"""Errors of the admin API."""


class AdminError(Exception):
    """Ends an admin request; sent as `{"error": …}`."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
