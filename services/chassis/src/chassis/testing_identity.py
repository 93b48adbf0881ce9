"""For tests: an identity provider's keys on a page of their own, and tokens that must open nothing."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import AnyHttpUrl

from chassis.http.auth import Authenticator
from chassis.local_tokens import LOCAL_ALGORITHM
from chassis.settings import AuthSettings

KID: Final = "good"
LOCAL_KEY: Final = "a key of the tests, of enough characters"
PROVIDERS_KEY: Final = rsa.generate_private_key(public_exponent=65537, key_size=2048)
STRANGERS_KEY: Final = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CLAIMS: Final = {"sub": "ada", "iss": "watchbuddy", "aud": "watchbuddy", "exp": 2**33}


def public_jwk(key: rsa.RSAPrivateKey, *, kid: str = KID) -> dict[str, Any]:
    """Return the public half of a key, as a JWKS page has it."""
    public: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    return public | {"kid": kid, "use": "sig", "alg": "RS256"}


class KeysPage:
    """An identity provider's JWKS page on a port of its own."""

    def __init__(self) -> None:
        self.page = json.dumps({"keys": [public_jwk(PROVIDERS_KEY)]}).encode()
        self.reads = 0
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.reads += 1
                self.send_response(200)
                self.end_headers()
                self.wfile.write(provider.page)

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/jwks"

    @property
    def authenticator(self) -> Authenticator:
        """A new one, which knows no key yet."""
        return Authenticator(AuthSettings(auth_jwks_url=AnyHttpUrl(self.url)))


@contextmanager
def keys_page() -> Iterator[KeysPage]:
    """Serve the page."""
    provider = KeysPage()
    thread = threading.Thread(target=provider.server.serve_forever)
    thread.start()
    try:
        yield provider
    finally:
        provider.server.shutdown()
        provider.server.server_close()
        thread.join()


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signs tokens. Args: key: of the algorithm; header: of each token."""

    key: Any
    algorithm: str
    header: Mapping[str, Any]

    def token(self, **claims: object) -> str:
        """Return a token of user "ada" that is good but for these claims; one that is None is left out."""
        kept = {name: value for name, value in (CLAIMS | claims).items() if value is not None}
        return signed(self.key, self.algorithm, kept, **self.header)

    def bad_headers(self) -> dict[str, str | None]:
        """Return Authorization headers that open nothing, by what is wrong with them. None: there is none."""
        tomorrow = int((datetime.now(UTC) + timedelta(days=1)).timestamp())
        good = self.token()
        head, claims, signature = good.split(".")
        public = PROVIDERS_KEY.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        header = dict(self.header)
        own_key = {"jwk": public_jwk(STRANGERS_KEY), "jku": "https://keys.example.org/jwks"}
        tokens = {
            "a cut signature": good[:-4],
            "no signature": f"{head}.{claims}.",
            "other claims under the signature": f"{head}.{_part(CLAIMS | {'sub': 'eve'})}.{signature}",
            "another key": signed(_other(self.algorithm), self.algorithm, CLAIMS, **header),
            "a key that the token brings": signed(STRANGERS_KEY, "RS256", CLAIMS, **header | own_key),
            "alg none": f"{_part({'alg': 'none', 'typ': 'JWT'} | header)}.{_part(CLAIMS)}.",
            "alg None, signed": signed(self.key, self.algorithm, CLAIMS, **header | {"alg": "None"}),
            "HS256 by the public key": _hmac(public, CLAIMS, header),
            "HS256 by the key's page": _hmac(json.dumps(public_jwk(PROVIDERS_KEY)).encode(), CLAIMS, header),
            "HS256 by nothing": _hmac(b"", CLAIMS, header),
            "RS256 by a stranger": signed(STRANGERS_KEY, "RS256", CLAIMS, **header),
            "an unknown kid": signed(STRANGERS_KEY, "RS256", CLAIMS, kid="unknown"),
            "a kid that is a path": signed(STRANGERS_KEY, "RS256", CLAIMS, kid="../../../dev/null"),
            "a long kid": signed(STRANGERS_KEY, "RS256", CLAIMS, kid="x" * 8000),
            "a kid that is no text": signed(STRANGERS_KEY, "RS256", CLAIMS, kid=[KID]),
            "no kid": signed(STRANGERS_KEY, "RS256", CLAIMS),
            "crit": signed(self.key, self.algorithm, CLAIMS, **header | {"crit": ["b64"], "b64": False}),
            "expired": self.token(exp=1),
            "no exp": self.token(exp=None),
            "exp no number": self.token(exp="never"),
            "of tomorrow (nbf)": self.token(nbf=tomorrow),
            "of tomorrow (iat)": self.token(iat=tomorrow),
            "another audience": self.token(aud="other"),
            "no audience": self.token(aud=None),
            "another issuer": self.token(iss="other"),
            "no issuer": self.token(iss=None),
            "no sub": self.token(sub=None),
            "an empty sub": self.token(sub=""),
            "a sub that is no text": self.token(sub=7),
            "a sub with NUL": self.token(sub="a\x00"),
            "a sub that is too long": self.token(sub="a" * 256),
            "100 kB": self.token(further="x" * 100_000),
            "100 kB of no token": "x" * 100_000,
            "100,000 points": "." * 100_000,
            "nested claims": f"{head}.{_encoded(b'[' * 50_000)}.{signature}",
            "no JSON": f"{head}.{_encoded(b'ada')}.{signature}",
            "an array": f"{head}.{_part([CLAIMS])}.{signature}",
            "another alphabet": "ünïcode",
        }
        others = {"none": None, "an empty one": "", "no scheme": good, "Basic": f"Basic {good}", "nothing": "Bearer "}
        return others | {name: f"Bearer {token}" for name, token in tokens.items()}


LOCAL: Final = Issuer(LOCAL_KEY, LOCAL_ALGORITHM, {})
PROVIDER: Final = Issuer(PROVIDERS_KEY, "RS256", {"kid": KID})


def signed(key: Any, algorithm: str, claims: Mapping[str, Any], **header: object) -> str:  # noqa: ANN401 - of PyJWT
    """Return a token as a careless issuer makes it: PyJWT would refuse some of these headers and claims."""
    content = f"{_part({'alg': algorithm, 'typ': 'JWT'} | header)}.{_part(claims)}".encode()
    method = jwt.get_algorithm_by_name(algorithm)
    return f"{content.decode()}.{_encoded(method.sign(content, method.prepare_key(key)))}"


def _other(algorithm: str) -> Any:  # noqa: ANN401 - a key of PyJWT's
    return STRANGERS_KEY if algorithm == "RS256" else LOCAL_KEY.upper()


def _hmac(key: bytes, claims: Mapping[str, Any], header: Mapping[str, Any]) -> str:
    content = f"{_part({'alg': 'HS256', 'typ': 'JWT'} | dict(header))}.{_part(claims)}"
    return f"{content}.{_encoded(hmac.new(key, content.encode(), hashlib.sha256).digest())}"


def _part(value: object) -> str:
    return _encoded(json.dumps(value).encode())


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
