"""Tokens of an identity provider. Its keys come from its JWKS page, which may be away or broken."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from chassis.errors import TransientError, UnauthorizedError
from chassis.testing_identity import CLAIMS, PROVIDERS_KEY, KeysPage, keys_page


@pytest.fixture
def provider() -> Iterator[KeysPage]:
    with keys_page() as page:
        yield page


def bearer(*, kid: str = "good", **claims: object) -> str:
    return "Bearer " + jwt.encode(CLAIMS | claims, PROVIDERS_KEY, algorithm="RS256", headers={"kid": kid})


async def test_a_token_signed_with_the_providers_key_names_the_user(provider: KeysPage) -> None:
    assert await provider.authenticator.user_id(bearer()) == "ada"


async def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(provider: KeysPage) -> None:
    public = PROVIDERS_KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
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
async def test_another_key_issuer_audience_or_time_is_refused(provider: KeysPage, changes: dict[str, Any]) -> None:
    with pytest.raises(UnauthorizedError):
        await provider.authenticator.user_id(bearer(**changes))


async def test_a_provider_that_is_away_is_a_transient_error(provider: KeysPage) -> None:
    authenticator = provider.authenticator
    provider.server.server_close()
    with pytest.raises(TransientError):
        await authenticator.user_id(bearer())


async def test_a_provider_whose_gateway_answers_with_a_page_is_a_transient_error(provider: KeysPage) -> None:
    provider.page = b"<html>maintenance"
    with pytest.raises(TransientError):
        await provider.authenticator.user_id(bearer())


@pytest.mark.parametrize(
    "page",
    [b" " * 2_000_000, b"[" * 100_000, b"[]", b"{}", b'{"keys": 7}', b'{"keys": []}', b"\xff"],
    ids=["2 MB", "100,000 levels", "an array", "no keys", "keys that are none", "an empty page", "no UTF-8"],
)
async def test_a_page_of_keys_that_is_none_opens_nothing(provider: KeysPage, page: bytes) -> None:
    provider.page = page
    with pytest.raises((TransientError, UnauthorizedError)):
        await provider.authenticator.user_id(bearer())


async def test_a_provider_that_did_not_answer_is_not_asked_by_every_request(provider: KeysPage) -> None:
    provider.page = b"<html>maintenance"
    authenticator = provider.authenticator
    for _ in range(20):
        with pytest.raises(TransientError):
            await authenticator.user_id(bearer())
    assert provider.reads < 5  # a slow machine may take more than two seconds


async def test_a_token_may_be_good_for_as_long_as_no_calendar_goes(provider: KeysPage) -> None:
    assert await provider.authenticator.user_id(bearer(exp=10**400)) == "ada"
