"""Tokens of an identity provider. Its keys come from its JWKS page, which may be away or broken."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import AnyHttpUrl

from chassis.errors import TransientError, UnauthorizedError
from chassis.http.auth import Authenticator
from chassis.settings import AuthSettings

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CLAIMS = {"sub": "ada", "iss": "watchbuddy", "aud": "watchbuddy", "exp": 2**33}


def jwks() -> bytes:
    key: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
    return json.dumps({"keys": [key | {"kid": "good", "use": "sig", "alg": "RS256"}]}).encode()


class Provider:
    """An identity provider's JWKS page on a port of its own."""

    def __init__(self) -> None:
        self.page = jwks()
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(provider.page)

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def authenticator(self) -> Authenticator:
        url = AnyHttpUrl(f"http://127.0.0.1:{self.server.server_port}/jwks")
        return Authenticator(AuthSettings(auth_jwks_url=url))


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    thread = threading.Thread(target=provider.server.serve_forever)
    thread.start()
    yield provider
    provider.server.shutdown()
    provider.server.server_close()
    thread.join()


def bearer(*, kid: str = "good", **claims: object) -> str:
    return "Bearer " + jwt.encode(CLAIMS | claims, KEY, algorithm="RS256", headers={"kid": kid})


async def test_a_token_signed_with_the_providers_key_names_the_user(provider: Provider) -> None:
    assert await provider.authenticator.user_id(bearer()) == "ada"


async def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(provider: Provider) -> None:
    public = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    head, payload = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
        for part in (
            {"alg": "HS256", "kid": "good"},
            CLAIMS,
        )
    )
    signed = hmac.new(public, head + b"." + payload, hashlib.sha256).digest()
    forged = b".".join((head, payload, base64.urlsafe_b64encode(signed).rstrip(b"="))).decode()
    with pytest.raises(UnauthorizedError, match="alg value is not allowed"):
        await provider.authenticator.user_id(f"Bearer {forged}")


@pytest.mark.parametrize("changes", [{"kid": "unknown"}, {"iss": "other"}, {"aud": "other"}, {"exp": 1}], ids=str)
async def test_another_key_issuer_audience_or_time_is_refused(provider: Provider, changes: dict[str, Any]) -> None:
    with pytest.raises(UnauthorizedError):
        await provider.authenticator.user_id(bearer(**changes))


async def test_a_provider_that_is_away_is_a_transient_error(provider: Provider) -> None:
    authenticator = provider.authenticator
    provider.server.server_close()
    with pytest.raises(TransientError):
        await authenticator.user_id(bearer())


async def test_a_provider_whose_gateway_answers_with_a_page_is_a_transient_error(provider: Provider) -> None:
    provider.page = b"<html>maintenance"
    with pytest.raises(TransientError):
        await provider.authenticator.user_id(bearer())
