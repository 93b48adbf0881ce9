"""`python -m chassis.dead_letters`: see `--help`. It needs the settings of Kafka alone."""

from dataclasses import replace

from chassis.process import KAFKA_LOOP, Command, later, main

_COMMANDS = "chassis.dead_letters.commands"

COMMANDS = {
    name: replace(
        Command(later(f"{_COMMANDS}:{name}_letters"), text, later(f"{_COMMANDS}:add_{name}_arguments")),
        loop_factory=KAFKA_LOOP,
    )
    for name, text in {
        "list": "show the dead letters that nothing was done about",
        "show": "show one with its headers and its value",
        "replay": "send dead letters to the group that could not handle them, once more",
        "drop": "have dead letters count as done with, unsent",
    }.items()
}

if __name__ == "__main__":
    main("chassis.dead_letters", "Records that a consumer group could not handle.", COMMANDS)
