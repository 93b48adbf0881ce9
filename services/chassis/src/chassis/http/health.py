"""The health routes of an HTTP API, which its OpenAPI document describes. Workers serve `chassis.health.routes`."""

from typing import Any, Final, Literal

from fastapi import APIRouter
from starlette.responses import JSONResponse

from chassis.health import Health, live_response, ready_response
from chassis.http.examples import examples
from watchbuddy_contracts.documented import Documented

TAG: Final = "health"


class HealthOut(Documented):
    """The state of one process."""

    model_config = examples({"status": "ok", "checks": {"postgres": "ok"}})

    status: Literal["ok", "not ready", "stuck"]
    checks: dict[str, str]
    """By name, `ok` or what is wrong."""


def router(health: Health) -> APIRouter:
    """Return the same routes for a FastAPI application, which describes them."""

    async def check_live() -> JSONResponse:
        """Tell whether the process works. After 503, only a restart helps."""
        return await live_response(health)

    async def check_ready() -> JSONResponse:
        """Tell whether the process can serve requests now."""
        return await ready_response(health)

    router = APIRouter(prefix="/health", tags=[TAG])
    answers: dict[int | str, dict[str, Any]] = {503: {"model": HealthOut, "description": "It is not."}}
    for path, endpoint in (("/live", check_live), ("/ready", check_ready)):
        router.add_api_route(path, endpoint, methods=["GET"], response_model=HealthOut, responses=answers)
        router.add_api_route(path, endpoint, methods=["HEAD"], include_in_schema=False)
    return router
