"""`python -m local_stack run`: the system for daily use, on data that are kept."""

from local_stack.commands.choices import backing_services, best_kafka, given_trakt
from local_stack.commands.lifecycle import run_to_its_end
from local_stack.commands.options import Options
from local_stack.screen.progress import display_for_screen
from local_stack.system.home import Home, state_folder
from local_stack.system.stack import Stack
from local_stack.system.temporary import sweep_temporary


async def run(options: Options) -> int:
    """Run the system until it is stopped; return the exit status."""
    sweep_temporary()
    display = display_for_screen()
    trakt = await given_trakt(options, real_allowed=True)
    with Home(options.state or state_folder(options.environment)) as home:
        backing = backing_services(home, display, options.kafka or await best_kafka(display), trakt)
        stack = Stack("run", backing, home=home, display=display, outside=options.environment, restart=True)
        display.say(f"data: {home.data}")
        return await run_to_its_end(stack, display, plays=False, ends=False)
