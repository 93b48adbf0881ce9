"""What lists-api is measured against: one table, one insert, one select, nothing else."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import asyncpg
from fastapi import FastAPI, Request
from pydantic import BaseModel


class ListIn(BaseModel):
    """A new list."""

    title: str
    list_type: str


class ListOut(ListIn):
    """A list."""

    id: int
    created_at: datetime


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=1, max_size=10) as pool:
        await pool.execute(
            "CREATE TABLE IF NOT EXISTS list (list_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id text,"
            " title text, list_type text, created_at timestamptz)"
        )
        await pool.execute("CREATE INDEX IF NOT EXISTS list_user ON list (user_id, list_id)")
        app.state.pool = pool
        yield


app = FastAPI(lifespan=_lifespan)


@app.post("/api/lists", status_code=201)
async def create(request: Request, body: ListIn) -> ListOut:
    row = await request.app.state.pool.fetchrow(
        "INSERT INTO list (user_id, title, list_type, created_at) VALUES ($1, $2, $3, $4) RETURNING *",
        request.headers["x-user"],
        body.title,
        body.list_type,
        datetime.now(UTC),
    )
    return ListOut(id=row["list_id"], **{name: row[name] for name in ("title", "list_type", "created_at")})


@app.get("/api/lists")
async def read(request: Request) -> list[ListOut]:
    rows = await request.app.state.pool.fetch(
        "SELECT * FROM list WHERE user_id = $1 ORDER BY list_id DESC LIMIT 50", request.headers["x-user"]
    )
    names = ("title", "list_type", "created_at")
    return [ListOut(id=row["list_id"], **{name: row[name] for name in names}) for row in rows]
