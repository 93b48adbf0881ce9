"""For tests: an OpenID Connect provider, a real server with one user. It checks what the standards have it check."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from chassis.clock import Clock, utc_now

CLIENT: Final = "watchbuddy console"
SECRET: Final = "a secret: of the client"


@dataclass
class FakeProvider:
    """The provider. Its tokens are good for five minutes."""

    clock: Clock = utc_now
    url: str = ""
    key: Any = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    kid: str = "1"
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    refresh_tokens: set[str] = field(default_factory=set)
    renewals: int = 0
    revoked: list[str] = field(default_factory=list)
    user: str = "ada"
    is_away: bool = False
    changes: dict[str, Any] = field(default_factory=dict)
    """Claims of the id_token, and `audience` of the access token, as a provider in error would have them."""
    answers: list[str] = field(default_factory=list)
    """Every secret that it gave away."""

    def app(self) -> Starlette:
        routes = [
            Route("/.well-known/openid-configuration", self.discovery),
            Route("/keys", self.keys),
            Route("/authorize", self.authorize),
            Route("/token", self.token, methods=["POST"]),
            Route("/revoke", self.revoke, methods=["POST"]),
        ]
        return Starlette(routes=routes)

    async def discovery(self, _request: Request) -> Response:
        if self.is_away:
            return Response("<html>bad gateway</html>", 502)
        return JSONResponse(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "revocation_endpoint": f"{self.url}/revoke",
                "jwks_uri": f"{self.url}/keys",
                "code_challenge_methods_supported": ["S256"],
            }
        )

    async def keys(self, _request: Request) -> Response:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return JSONResponse({"keys": [public | {"kid": self.kid, "alg": "RS256", "use": "sig"}]})

    async def authorize(self, request: Request) -> Response:
        query = dict(request.query_params)
        assert query["client_id"] == CLIENT
        assert (query["response_type"], query["code_challenge_method"]) == ("code", "S256")
        assert "openid" in query["scope"].split()
        code = self._new()
        self.codes[code] = query
        back = httpx.URL(query["redirect_uri"]).copy_merge_params({"code": code, "state": query["state"]})
        return RedirectResponse(str(back), 302)

    async def token(self, request: Request) -> Response:
        if self.is_away:
            return Response("", 503)
        form = {name: str(value) for name, value in (await request.form()).items()}
        name, _, password = base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).partition(b":")
        assert (httpx.URL(f"?a={name.decode()}").params["a"], httpx.URL(f"?a={password.decode()}").params["a"]) == (
            CLIENT,
            SECRET,
        )
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] not in self.refresh_tokens:
                return JSONResponse({"error": "invalid_grant"}, 400)
            self.refresh_tokens.remove(form["refresh_token"])  # each is good for one renewal
            self.renewals += 1
            return self._tokens({})
        login = self.codes.pop(form["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        if (
            login is None
            or login["code_challenge"] != challenge.decode()
            or login["redirect_uri"] != form["redirect_uri"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        return self._tokens({"nonce": login["nonce"]})

    async def revoke(self, request: Request) -> Response:
        self.revoked.append(str((await request.form())["token"]))
        return Response("")

    def _tokens(self, claims: dict[str, Any]) -> Response:
        refresh = self._new()
        self.refresh_tokens.add(refresh)
        access = self._signed({"aud": self.changes.get("audience", "watchbuddy"), "jti": self._new()})
        given = self._signed({"aud": CLIENT} | claims | self.changes.get("id_token", {}))
        self.answers += [access, given]
        answer = {"access_token": access, "id_token": given, "refresh_token": refresh, "token_type": "Bearer"}
        return JSONResponse({key: one for key, one in answer.items() if key not in self.changes.get("without", ())})

    def _signed(self, claims: dict[str, Any]) -> str:
        base = {"iss": self.url, "sub": self.user, "exp": self.clock() + timedelta(minutes=5)}
        return jwt.encode(base | claims, self.key, algorithm="RS256", headers={"kid": self.kid})

    def _new(self) -> str:
        self.answers.append(secrets.token_urlsafe(24))
        return self.answers[-1]

    def settings(self) -> dict[str, Any]:
        """Return the settings of an installation whose users it has."""
        return {
            "auth_local_key": None,
            "auth_jwks_url": f"{self.url}/keys",
            "auth_issuer": self.url,
            "oidc_client_id": CLIENT,
            "oidc_client_secret": SECRET,
        }
