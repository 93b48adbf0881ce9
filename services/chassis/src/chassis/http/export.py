"""An export as a download. It is made whole before it is sent: a slow client holds no connection to Postgres."""

from collections.abc import AsyncIterator, Sequence
from typing import IO, Any, Final

from fastapi.responses import StreamingResponse
from pydantic import RootModel

from chassis.export import CHUNK, scratch_file, write_export
from chassis.http.examples import examples
from chassis.personal import PersonalTable
from chassis.postgres.database import Pool


class ExportedTables(RootModel[dict[str, list[dict[str, Any]]]]):
    """Everything that the service has of you: each table's rows as they are. Tokens, keys and secrets are left out."""

    model_config = examples({"account": [{"user_id": "ada", "state": "connected", "trakt_user": "ada"}]})


EXPORT: Final[dict[int | str, dict[str, Any]]] = {200: {"description": "The file.", "model": ExportedTables}}


async def export_response(pool: Pool, tables: Sequence[PersonalTable], user_id: str, name: str) -> StreamingResponse:
    """Return what the tables have of the user, as a file of this name."""
    file = scratch_file()
    try:
        await write_export(pool, tables, user_id, file.write)
    except BaseException:  # half written: nobody gets it
        file.close()
        raise
    return download(file, "application/json", name)


def download(file: IO[bytes], media_type: str, name: str) -> StreamingResponse:
    """Return a file as an answer, which closes it."""
    size = file.tell()
    file.seek(0)
    headers = {
        "Content-Length": str(size),
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return StreamingResponse(_chunks(file), media_type=media_type, headers=headers)


async def _chunks(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk
