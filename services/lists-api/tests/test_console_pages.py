"""The console's pages: their types, caching, compression, and the headers that keep browsers safe; CORS."""

import gzip
import re
from pathlib import Path

import pytest

from lists_api.console.pages import LOGIN, STATIC, TYPES
from lists_api.testing import Api, running_api

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FILES = [
    *(f"/console/{path.relative_to(STATIC).as_posix()}" for path in sorted(STATIC.rglob("*")) if path.suffix in TYPES),
    *(f"/login/{path.relative_to(LOGIN).as_posix()}" for path in sorted(LOGIN.rglob("*")) if path.suffix in TYPES),
]
PAGES = ["/", "/login"]
PARTS = [path for path in FILES if path.endswith((".css", ".js"))]
OTHERS = ["/openapi.json", "/health/live", "/api/lists", "/api/trakt/status", "/nowhere", "/console/nowhere.js"]


@pytest.mark.parametrize("path", [*PAGES, *sorted({*FILES} - {*PARTS}), *OTHERS])
async def test_every_answer_keeps_browsers_safe(api: Api, path: str) -> None:
    headers = (await api.http.get(path)).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in headers["permissions-policy"]
    assert "strict-transport-security" not in headers  # there is no TLS


@pytest.mark.parametrize("path", PARTS)
async def test_what_a_page_loads_is_taken_for_nothing_else_and_leaves_policies_to_the_page(api: Api, path: str) -> None:
    headers = (await api.http.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "content-security-policy" not in headers


async def test_with_tls_browsers_are_told_to_stay_with_it(dsn: str) -> None:
    async with running_api(dsn, public_url="https://lists.example.org") as api:
        for path in ("/", "/api/lists"):
            assert (await api.http.get(path)).headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize("path", [*PAGES, *FILES])
async def test_no_page_needs_what_the_policy_forbids(api: Api, path: str) -> None:
    text = (await api.http.get(path)).text
    if path.endswith((".html", "/", "/login")):
        assert not re.search(r"<style|style=|\son[a-z]+=|javascript:", text)
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))
    assert not re.search(r"""(src|href)=["'](https?:)?//""", text)


async def test_every_file_that_a_page_names_is_there(api: Api) -> None:
    for page in PAGES:
        for path in re.findall(r'(?:src|href)="(/[^"]*)"', (await api.http.get(page)).text):
            assert (await api.http.get(path)).status_code == 200, path


async def test_the_types_are_written_down(api: Api) -> None:
    assert (await api.http.get("/")).headers["content-type"] == "text/html; charset=utf-8"
    assert (await api.http.get("/login/login.js")).headers["content-type"] == "text/javascript; charset=utf-8"
    assert (await api.http.get("/login/login.css")).headers["content-type"] == "text/css; charset=utf-8"
    lost = [path for folder in (STATIC, LOGIN) for path in folder.rglob("*") if path.is_file()]
    assert [path for path in lost if path.suffix not in TYPES] == []


async def test_all_styles_come_with_one_request_in_the_cascades_order(api: Api) -> None:
    named = re.findall(r'@import "([^"]+)";', (STATIC / "styles.css").read_text())
    assert sorted(named) == sorted(f"styles/{path.name}" for path in (STATIC / "styles").iterdir())
    sent = (await api.http.get("/console/styles.css")).text
    assert "@import" not in sent
    assert sent.endswith("".join((STATIC / name).read_text() for name in named))


async def test_a_page_is_sent_again_when_it_has_changed(api: Api) -> None:
    first = await api.http.get("/login/login.js", headers={"Accept-Encoding": "identity"})
    assert first.headers["cache-control"] == "no-cache"
    again = await api.http.get(
        "/login/login.js", headers={"Accept-Encoding": "identity", "If-None-Match": first.headers["etag"]}
    )
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert (await api.http.get("/login/login.js", headers={"If-None-Match": '"another"'})).status_code == 200


@pytest.mark.parametrize(
    ("accepted", "is_zipped"),
    [("gzip", True), ("br, GZIP;q=0.5", True), ("identity", False), ("gzip;q=0", False), ("gzip; q=0.0", False)],
)
async def test_text_is_compressed_for_who_takes_it(api: Api, accepted: str, is_zipped: bool) -> None:
    plain = (LOGIN / "login.js").read_bytes()
    async with api.http.stream("GET", "/login/login.js", headers={"Accept-Encoding": accepted}) as answer:
        raw = b"".join([part async for part in answer.aiter_raw()])
    assert ("content-encoding" in answer.headers) is is_zipped
    assert answer.headers["vary"] == "Accept-Encoding"
    assert (gzip.decompress(raw) if is_zipped else raw) == plain
    assert len(raw) == int(answer.headers["content-length"])


async def test_the_forms_of_a_page_have_tags_of_their_own(api: Api) -> None:
    tags = {
        (await api.http.get("/", headers={"Accept-Encoding": accepted})).headers["etag"]
        for accepted in ("gzip", "identity")
    }
    assert len(tags) == 2


async def test_a_head_has_the_headers_alone(api: Api) -> None:
    answer = await api.http.head("/")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 0


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_pages_are_read_only(api: Api, method: str) -> None:
    answer = await api.http.request(method, "/login")
    assert (answer.status_code, answer.json()["slug"], answer.headers["allow"]) == (
        405,
        "method-not-allowed",
        "GET, HEAD",
    )


@pytest.mark.parametrize(
    "path", ["/console/../pages.py", "/console/%2e%2e/pages.py", "/login/..%2Fpages.py", "//login"]
)
async def test_nothing_else_is_read(api: Api, path: str) -> None:
    assert (await api.http.get(f"http://lists{path}")).status_code == 404


async def test_other_origins_may_not_use_the_apis(api: Api) -> None:
    asked = {"Origin": "https://app.example.org", "Access-Control-Request-Method": "GET"}
    assert "access-control-allow-origin" not in (await api.http.options("/api/lists", headers=asked)).headers
    answer = await api.call("GET", "/api/lists", headers={"Origin": "https://app.example.org"})
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", ["/api/lists", "/api/notifications", "/api/trakt/status"])
async def test_named_origins_may_use_all_apis_with_a_token_and_never_a_cookie(dsn: str, path: str) -> None:
    async with running_api(dsn, cors_origins="https://app.example.org, http://localhost:3000") as api:
        asked = {
            "Origin": "http://localhost:3000",
            "Access-Control-Request-Method": "PATCH",
            "Access-Control-Request-Headers": "authorization,if-match,last-event-id",
        }
        allowed = await api.http.options(path, headers=asked)
        assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, "http://localhost:3000")
        assert "access-control-allow-credentials" not in allowed.headers
        answer = await api.call("GET", path, headers={"Origin": "https://app.example.org"})
        assert answer.headers["access-control-allow-origin"] == "https://app.example.org"
        assert "ETag" in answer.headers["access-control-expose-headers"]
        other = await api.call("GET", path, headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers


@pytest.mark.parametrize("origins", ["*", "app.example.org", "https://app.example.org/", "ftp://x", "https://a, b"])
async def test_origins_that_are_none_are_refused(dsn: str, origins: str) -> None:
    with pytest.raises(ValueError, match="needs origins such as"):
        async with running_api(dsn, cors_origins=origins):
            pass


def test_the_pages_are_in_the_package() -> None:
    assert Path(STATIC / "index.html").is_file()
