"""Entity tags: `"7"` is version 7 of a list. `"7-2"` is the same version after two reports of trakt-sync.

The part after the dash counts the reports of the list, the changes of its user's Trakt account, and what runs did to
its status. A reader with an
older count gets the list anew (If-None-Match). A writer insists on the version alone: If-Match takes both forms.
"""

import re
from typing import Final

from lists_api.lists.domain.summary import ListSummary

IF_HEADER: Final = r'^\s*(\*|(W/)?"[^"]*"(\s*,\s*(W/)?"[^"]*")*)\s*$'
"""What If-Match and If-None-Match may be (RFC 9110 13.1)."""
_TAG: Final = re.compile(r'(W/)?"([^"]*)"')
_VERSION: Final = re.compile(r"([0-9]{1,19})(?:-[0-9]{1,19})?", re.ASCII)


def etag_of(summary: ListSummary) -> str:
    """Return the tag of the list as it is read."""
    # The counts only grow, so their sum changes with each.
    revision = summary.mirrored.revision + summary.account.revision + summary.run_revision
    return version_etag(summary.version, revision)


def version_etag(version: int, revision: int = 0) -> str:
    """Return the tag of a version."""
    return f'"{version}-{revision}"' if revision else f'"{version}"'


def versions(if_match: str | None) -> frozenset[int] | None:
    """Return the versions that an If-Match header accepts; None: any. A weak tag matches none (RFC 9110 13.1.1)."""
    if if_match is None or if_match.strip() == "*":
        return None
    tags = (tag for weak, tag in _TAG.findall(if_match) if not weak)
    return frozenset(int(match[1]) for tag in tags if (match := _VERSION.fullmatch(tag)))


def is_known(if_none_match: str | None, etag: str) -> bool:
    """Return whether the reader has this tag already. The comparison is weak (RFC 9110 13.1.2)."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or any(f'"{tag}"' == etag for _, tag in _TAG.findall(if_none_match))
