"""`python -m chassis.offsets`: see `--help`. It needs the settings of Kafka alone."""

from dataclasses import replace

from chassis.process import KAFKA_LOOP, Command, later, main

_COMMANDS = "chassis.offsets.commands"

COMMANDS = {
    name: replace(
        Command(later(f"{_COMMANDS}:{name}_offsets"), text, later(f"{_COMMANDS}:add_{name}_arguments")),
        loop_factory=KAFKA_LOOP,
    )
    for name, text in {
        "list": "show how many records each group has not handled",
        "rewind": "have a group, whose consumers are stopped, read its topics once more",
    }.items()
}

if __name__ == "__main__":
    main("chassis.offsets", "How far the consumer groups are.", COMMANDS)
