"""The OpenAPI document and the routes: each is described, with its problems and its methods."""

import pkgutil
from importlib import import_module

from fastapi.routing import APIRoute, APIRouter

from lists_api.http import routes
from lists_api.testing import Api


async def test_health_needs_no_token(api: Api) -> None:
    response = await api.http.get("/health/ready")
    assert (response.status_code, response.json()["checks"]) == (200, {"postgres": "ok"})


async def test_the_openapi_document_names_every_route(api: Api) -> None:
    paths = (await api.http.get("/openapi.json")).json()["paths"]
    modules = [import_module(f"{routes.__name__}.{one.name}") for one in pkgutil.iter_modules(routes.__path__)]
    expected = {
        (route.path, method.lower())
        for module in modules
        for router in vars(module).values()
        if isinstance(router, APIRouter)
        for route in router.routes
        if isinstance(route, APIRoute) and route.include_in_schema
        for method in route.methods or ()
    }
    probes = {("/health/live", "get"), ("/health/ready", "get")}
    assert {(path, method) for path, methods in paths.items() for method in methods} == expected | probes


async def test_the_openapi_document_names_the_problems_of_each_route(api: Api) -> None:
    paths = (await api.http.get("/openapi.json")).json()["paths"]
    problems = {
        (method, path): {
            int(status)
            for status, answer in operation["responses"].items()
            if set(answer.get("content", {})) == {"application/problem+json"}
        }
        for path, methods in paths.items()
        for method, operation in methods.items()
    }
    anywhere = {401, 422, 429, 500, 503}
    assert problems["post", "/api/lists"] == anywhere | {400, 403, 409, 413, 415}
    assert problems["get", "/api/lists"] == anywhere
    assert problems["patch", "/api/lists/{list_id}"] == anywhere | {400, 403, 404, 409, 412, 413, 415}
    assert problems["get", "/api/lists/{list_id}/runs/{run_id}"] == anywhere | {404}


async def test_a_method_that_a_path_does_not_take_is_answered_with_all_that_it_takes(api: Api) -> None:
    lists = await api.call("PUT", "/api/lists")
    assert (lists.status_code, lists.headers["allow"]) == (405, "GET, POST")
    one = await api.call("PUT", "/api/lists/1")
    assert (one.status_code, one.headers["allow"]) == (405, "DELETE, GET, PATCH")
