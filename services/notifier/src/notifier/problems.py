"""The kinds of problem documents that the notifier has beside the common ones."""

from typing import ClassVar, Literal

from pydantic import Field

from chassis.http.problem_kinds import Problem


class TooManyStreams(Problem):
    """You have as many live streams open as you may have."""

    slug: Literal["too-many-streams"]
    status: Literal[429]
    detail: str = Field(examples=["You have 20 live streams open, which is as many as you may have."])
    limit: int = Field(examples=[20])

    headers: ClassVar = {"Retry-After": {"required": True, "schema": {"const": "30"}, "description": "Seconds."}}
