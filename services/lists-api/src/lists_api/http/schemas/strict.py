"""The base of request bodies."""

from pydantic import BaseModel, ConfigDict


class StrictModel(BaseModel):
    """A request body. An unknown field is an error, and so is a value of another type: "5" is no number."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
