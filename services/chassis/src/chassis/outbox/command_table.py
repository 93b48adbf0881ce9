"""The commands of a service that has an outbox."""

from chassis.process import Command, later

_COMMANDS = "chassis.outbox.commands"
_HELP = {
    "list": "show the events that the broker refused, and how many wait",
    "show": "show one of them with its value",
    "retry": "send refused events once more",
    "drop": "delete refused events",
}


def outbox_commands(service: str) -> dict[str, Command]:
    """Return `outbox list`, `show`, `retry` and `drop`."""
    return {
        f"outbox {name}": Command(
            later(f"{_COMMANDS}:{name}_rejected", service), text, later(f"{_COMMANDS}:add_{name}_arguments")
        )
        for name, text in _HELP.items()
    }
