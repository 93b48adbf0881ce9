"""What an import would do, told without doing it."""

from dataclasses import dataclass, replace

from chassis.postgres.database import Connection
from lists_api.errors import ListNotFoundError
from lists_api.imports.domain.report import ListReport
from lists_api.lists.domain import changes
from lists_api.lists.domain.media_list import MediaList
from lists_api.lists.use_cases import ListUseCases
from lists_api.store import states, views


@dataclass(slots=True)
class Rehearsal:
    """An import that only reports. What it would have done so far counts for what comes next.

    Args:
        target: the list that would get the titles; None: new lists would be made.
        lists: those that the user would have.
    """

    cases: ListUseCases
    target: MediaList | None
    lists: int
    is_vip: bool

    def play(self, report: ListReport) -> ListReport:
        """Return the report of a list with what storing it would add. Raises what storing it would raise."""
        titles, quotas = report.matched.titles, self.cases.quotas
        if not titles:
            return report
        if self.target is None:
            quotas.check_items(len(titles), is_vip=self.is_vip)
            quotas.check_lists(self.lists, is_vip=self.is_vip)
            self.lists += 1
            return report
        before, change = self.target, changes.add_items(self.target, titles)
        if change.after.size > before.size:
            quotas.check_items(change.after.size, is_vip=self.is_vip)
        self.target, edit = change.after, change.edit
        return replace(report, title=before.properties.title, skipped=0 if edit is None else edit.skipped)


async def rehearsal(cases: ListUseCases, user_id: str, list_id: int | None) -> Rehearsal:
    """Return the rehearsal of an import to this list; None: to new lists.

    Raises:
        ListNotFoundError: the user has no such list.
    """
    async with cases.pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
        lists, account = await views.count_lists(connection, user_id)
        target = None if list_id is None else await _target(connection, user_id, list_id)
        return Rehearsal(cases, target, lists, account.is_vip)


async def _target(connection: Connection, user_id: str, list_id: int) -> MediaList:
    found = await states.read_state(connection, list_id, user_id=user_id)
    if found is None:
        raise ListNotFoundError(list_id)
    return found.state
