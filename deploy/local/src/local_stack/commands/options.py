"""What the command line and the environment ask of `demo` and `run`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local_stack.system.description import KafkaKind


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asks for.

    Args:
        environment: of the user's shell; the processes inherit it.
        kafka: None: the command chooses.
        state: where `run` keeps its data; None: the user's state folder.
        plays: whether the demo plays the main job.
        ends: whether the demo ends after its play.
    """

    environment: Mapping[str, str]
    kafka: KafkaKind | None = None
    state: Path | None = None
    plays: bool = True
    ends: bool = False
