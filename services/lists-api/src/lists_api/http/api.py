"""All routes of lists-api."""

from typing import Final

from fastapi import APIRouter, Depends

from chassis.auth import BEARER
from chassis.problems import documented
from lists_api.http.routes import items, lists, runs

router: Final = APIRouter(dependencies=[Depends(BEARER)], responses=documented(401, 422, 500, 503))
router.include_router(lists.router)
router.include_router(items.router)
router.include_router(runs.router)
