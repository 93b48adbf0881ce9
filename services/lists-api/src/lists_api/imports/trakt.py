"""Making a list of a list on Trakt: the request goes to trakt-sync by event, and the list is made of its answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import structlog

from chassis.kafka.envelope import Delivered
from chassis.outbox import inbox, outbox
from chassis.postgres.database import Connection, Pool
from lists_api.errors import QuotaExceededError, TooManyItemsError, TraktListIsMirrorError
from lists_api.imports.domain.trakt import ImportedType, TraktImport, TraktReference, properties_of
from lists_api.lists.domain.source import ListSource
from lists_api.lists.saving import SOURCE
from lists_api.lists.use_cases import ListUseCases
from lists_api.store import trakt_imports as store
from lists_api.store import views
from lists_api.store.lists import lock_user
from watchbuddy_contracts import Title, TraktImportRefused, TraktImportRequested, TraktListRead, TraktListReadFailed

log = structlog.get_logger()

MAX_PENDING: Final = 20
"""Imports of a user that go on at a time: each is up to forty requests of the user's budget at Trakt."""
KIND: Final = "trakt"
Refusal = Literal["own_mirror", "too_large", "quota_exceeded"]
"""Why no list is made of one that was read."""


async def request_import(
    cases: ListUseCases, user_id: str, reference: TraktReference, list_type: ImportedType
) -> TraktImport:
    """Ask for a list on Trakt. A list that is being imported, or was, is not asked for again: its import is returned.

    Raises:
        TraktListIsMirrorError: the Trakt list is the mirror of one of the user's lists.
        QuotaExceededError: too many imports go on, or the user may have no further list.
    """
    now = cases.now()
    async with cases.pool.acquire() as connection, connection.transaction():
        await lock_user(connection, user_id)
        if known := await store.find_import(connection, user_id, reference, now=now):
            return known
        if reference.number is not None:
            list_id = await store.find_mirrored(connection, user_id, reference.number)
            if list_id is not None:
                raise TraktListIsMirrorError(list_id)
        pending = await store.count_pending(connection, user_id, now=now)
        if pending >= MAX_PENDING:
            raise QuotaExceededError(f"{pending} of your imports go on; wait for them.", MAX_PENDING)
        count, account = await views.count_lists(connection, user_id)
        cases.quotas.check_lists(count + pending, is_vip=account.is_vip)
        new = TraktImport(cases.new_id(), reference, list_type, "pending", now)
        await store.insert_import(connection, new, user_id=user_id)
        await _ask(connection, new, user_id, now)
    cases.wake()
    return new


async def republish_imports(pool: Pool, *, wake: Callable[[], None], now: datetime) -> int:
    """Ask again for every list that goes on being imported, after a topic was lost. Return how many.

    trakt-sync answers again what it has answered.
    """
    async with pool.acquire() as connection, connection.transaction():
        pending = await store.read_pending(connection, now=now)
        for user_id, one in pending:
            await _ask(connection, one, user_id, now)
    if pending:
        wake()
    return len(pending)


async def _ask(connection: Connection, new: TraktImport, user_id: str, now: datetime) -> None:
    reference = new.reference
    event = TraktImportRequested(
        user_id=user_id, import_id=new.import_id, trakt_list=reference.trakt_list, owner=reference.owner
    )
    # Its own id is the event's, too: the request has one id however often it is sent.
    await outbox.append(connection, event, source=SOURCE, now=now, event_ids=[new.import_id])


@dataclass(frozen=True, slots=True)
class TraktImportAnswers:
    """Takes trakt-sync's answers.

    Args:
        group: the consumer group, under which the inbox knows the events.
    """

    lists: ListUseCases
    group: str

    async def record(self, delivered: Delivered) -> None:
        """Make the list of an import, or store why there is none; a second delivery of the event changes nothing."""
        event, now = delivered.event, self.lists.now()
        if not isinstance(event, TraktListRead | TraktListReadFailed):
            return
        async with self.lists.pool.acquire() as connection, connection.transaction():
            if not await inbox.is_first_delivery(connection, self.group, delivered.headers.event_id, now):
                return
            job = await store.lock_import(connection, event.import_id, user_id=event.user_id)
            if job is None or job.state != "pending":
                log.info("import_answer_passed_over", import_id=str(event.import_id))
                return
            if isinstance(event, TraktListRead):
                await self._take(connection, job, event)
            else:
                detail, retry_at = event.detail, event.retry_at
                await store.fail(connection, job.import_id, event.reason, detail=detail, retry_at=retry_at, now=now)
        self.lists.wake()
        self.lists.wake_runs()  # a custom list is filled at once

    async def _take(self, connection: Connection, job: TraktImport, event: TraktListRead) -> None:
        if await store.find_mirrored(connection, event.user_id, event.trakt_list_id) is not None:
            await self._refuse(connection, job, event.user_id, "own_mirror")
            return
        # The same list may have been asked for by its number and by its slug.
        list_id = await store.find_imported(connection, event.user_id, event.trakt_list_id)
        if list_id is None:
            try:
                async with connection.transaction():  # a savepoint: a refusal leaves nothing of the list
                    list_id = await self._make(connection, job, event)
            except QuotaExceededError as exc:
                await self._refuse(connection, job, event.user_id, "quota_exceeded", exc.detail)
                return
            except TooManyItemsError as exc:
                await self._refuse(connection, job, event.user_id, "too_large", exc.detail)
                return
        left_out = event.foreign.model_dump()
        await store.succeed(
            connection,
            job.import_id,
            list_id=list_id,
            trakt_list_id=event.trakt_list_id,
            left_out=left_out,
            now=self.lists.now(),
        )
        log.info("list_imported", import_id=str(job.import_id), list_id=list_id, items=len(event.items))

    async def _make(self, connection: Connection, job: TraktImport, event: TraktListRead) -> int:
        summary, _ = await self.lists.create_in(
            connection,
            event.user_id,
            properties_of(event, job.list_type),
            [Title.of(item) for item in event.items],
            may_repeat=True,
            source=ListSource(KIND, event.url),
        )
        return summary.list_id

    async def _refuse(
        self, connection: Connection, job: TraktImport, user_id: str, reason: Refusal, detail: str | None = None
    ) -> None:
        log.info("import_refused", import_id=str(job.import_id), reason=reason)
        now, reference = self.lists.now(), job.reference
        await store.fail(connection, job.import_id, reason, detail=detail, retry_at=None, now=now)
        event = TraktImportRefused(
            user_id=user_id,
            import_id=job.import_id,
            trakt_list=reference.trakt_list,
            owner=reference.owner,
            reason=reason,
            detail=detail,
        )
        await outbox.append(connection, event, source=SOURCE, now=now)
