"""`python -m local_stack demo`: the system on temporary data, and the play of the main job."""

from local_stack.commands.choices import backing_services, given_trakt
from local_stack.commands.lifecycle import run_to_its_end
from local_stack.commands.options import Options
from local_stack.errors import CannotStartError
from local_stack.screen.progress import display_for_screen
from local_stack.system.home import Home
from local_stack.system.stack import Stack
from local_stack.system.temporary import sweep_temporary


async def demo(options: Options) -> int:
    """Run the system and play; return the exit status."""
    sweep_temporary()
    display = display_for_screen()
    trakt = await given_trakt(options, real_allowed=False)
    if options.plays and trakt and trakt.admin_url is None:
        raise CannotStartError(
            f"the play needs a simulator, and {trakt.api_url} (TRAKT_API_URL) is none; use --no-play"
        )
    with Home(None) as home:
        backing = backing_services(home, display, options.kafka or "embedded", trakt)
        stack = Stack("demo", backing, home=home, display=display, outside=options.environment)
        return await run_to_its_end(stack, display, plays=options.plays, ends=options.ends)
