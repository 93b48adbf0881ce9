"""What axe-core finds on a page."""

from typing import Any, Final

import pytest

from clients.node import Node, NotHereError
from integration.console import Console

SERIOUS: Final = {"serious", "critical"}


def axe_script() -> str:
    """Return the script of axe-core. A machine without it skips."""
    try:
        return (Node.find().packages / "node_modules" / "axe-core" / "axe.min.js").read_text()
    except NotHereError as error:
        pytest.skip(str(error))  # the text names the program that this machine lacks


async def findings(console: Console, axe: str) -> list[Any]:
    """Return the serious findings, each with the first element that has it, and whether the page is too wide."""
    await console.page.evaluate(axe)
    seen = await console.page.evaluate("axe.run({resultTypes: ['violations']})")
    assert seen["passes"]
    wide = await console.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [(one["id"], one["nodes"][0]["html"]) for one in seen["violations"] if one["impact"] in SERIOUS] + [
        "wider than the window"
    ] * wide
