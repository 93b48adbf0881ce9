"""Cells that no spreadsheet takes for a formula (OWASP: CSV injection).

A spreadsheet computes a cell that begins with one of these, and a film may be called "=2+5". An apostrophe before it
makes it text there; what we wrote so is read back without it.
"""

from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def guarded(cell: str) -> str:
    """Return the cell as it is written."""
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULA) else cell


def unguarded(cell: str) -> str:
    """Return the cell as it was before `guarded`."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA) else cell
