"""The route that takes files."""

from typing import Annotated, Final

from fastapi import Form, Response

from lists_api.http.dependencies import Caller, Key
from lists_api.http.documentation import IMPORT, with_headers
from lists_api.http.import_form import ImportForm
from lists_api.http.json_route import users_router
from lists_api.http.schemas.import_responses import ImportOut
from lists_api.http.upload_route import MEDIA_TYPE, UploadRoute
from lists_api.imports.use_cases import import_file
from lists_api.store.uses import count_use

router: Final = users_router("imports", prefix="/api/imports", route_class=UploadRoute)
_REPORT: Final = with_headers(200, "A report; no list was made or changed.")
_MADE: Final = with_headers(201, "Lists were made, or one was added to.")


@router.post("", status_code=201, responses=IMPORT | {200: {**_REPORT[200], "model": ImportOut}} | _MADE)
async def import_lists(
    caller: Caller,
    response: Response,
    form: Annotated[ImportForm, Form(media_type=MEDIA_TYPE)],
    idempotency_key: Key = None,
) -> ImportOut:
    """Make lists of a file that another tool, or WatchBuddy, exported."""
    cases, now = caller.cases, caller.cases.now()
    count, is_vip = await count_use(cases.pool, caller.user_id, "import", now=now)
    cases.quotas.check_uses("import", count, is_vip=is_vip, now=now)
    wanted = await form.to_request(idempotency_key, keep=caller.settings.idempotency_retention)
    report = await import_file(cases, caller.user_id, wanted)
    if not report.has_made_anything:
        response.status_code = 200
    return ImportOut.of(report)
