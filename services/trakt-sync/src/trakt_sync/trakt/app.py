"""Our registration at Trakt."""

from dataclasses import dataclass

from pydantic import SecretStr


@dataclass(frozen=True, slots=True)
class App:
    """Our registration at Trakt."""

    client_id: str
    client_secret: SecretStr
    redirect_uri: str

    @property
    def credentials(self) -> dict[str, str]:
        """Return what the OAuth host knows us by, as it names the fields."""
        return {"client_id": self.client_id, "client_secret": self.client_secret.get_secret_value()}
