"""`python -m notifier`: see `--help`."""

from chassis.process import Command, main
from notifier import app


def run() -> None:
    """Run the command that the command line names."""
    main(
        "notifier",
        "Turns events into messages for users.",
        {
            "serve": Command(app.serve, "serve the HTTP API and the live stream"),
            "consume": Command(app.consume, "turn the events of both topics into messages"),
            "migrate": Command(app.migrate, "bring the database up to date, and end"),
        },
    )


if __name__ == "__main__":
    run()
