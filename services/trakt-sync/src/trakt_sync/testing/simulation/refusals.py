"""Creations for which an account had no place: they are not tried again with each edit."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from trakt_sync.mirroring.policy import Policy
from trakt_sync.testing.simulation.rules import BrokenRuleError
from trakt_sync.testing.simulation.sent import Sent

NO_PLACE: Final = 420


@dataclass
class Refusals:
    """When the creation of each list was last refused, and how often it was tried again within a day."""

    _at: dict[tuple[str | None, str], datetime] = field(default_factory=dict)
    _early: Counter[tuple[str | None, str]] = field(default_factory=Counter)
    _occasions: int = 0

    def saw(self, sent: Sent) -> None:
        """Take note of a request.

        Raises:
            BrokenRuleError: a creation was tried again within a day more often than there was an occasion.
        """
        if sent.method == "DELETE" or sent.path.endswith(("/remove", "/users/settings")):
            self.may_try_again()
        elif sent.status == NO_PLACE and sent.path == "/users/me/lists":
            self._refused((sent.account, json.loads(sent.body)["name"].split()[0]), sent)

    def may_try_again(self) -> None:
        """Note that a creation may be tried once more: there may be a place, or what was answered may be lost."""
        self._occasions += 1

    def _refused(self, creation: tuple[str | None, str], sent: Sent) -> None:
        before, self._at[creation] = self._at.get(creation), sent.at
        if before is not None and sent.at - before < Policy().limit_retry - timedelta(minutes=1):
            self._early[creation] += 1
        if self._early[creation] > self._occasions:
            raise BrokenRuleError(f"tried again though nothing had changed: {sent}")
