"""Pages of a collection over HTTP."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class PageQuery(BaseModel):
    """Which page, from 1, and how many of its entries. A route with another default has a subclass."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    limit: Annotated[int, Field(ge=1, le=100)] = 25

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.limit
