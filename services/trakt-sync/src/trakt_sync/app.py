"""The composition root: the only place that builds anything."""

import random
from collections.abc import Callable
from typing import cast

from chassis.clock import Clock, utc_now
from chassis.postgres.wakeup import Listener
from trakt_sync.accounts.vault import Vault
from trakt_sync.mirroring.policy import Policy
from trakt_sync.opened import Runtime
from trakt_sync.reconciler.auditor import Auditor
from trakt_sync.reconciler.history import HistoryReader
from trakt_sync.reconciler.importer import Importer
from trakt_sync.reconciler.leaver import Leaver
from trakt_sync.reconciler.outage import OutageWatch
from trakt_sync.reconciler.reconcile import Reconciler
from trakt_sync.reconciler.recover import Recovery
from trakt_sync.reconciler.worker import Worker
from trakt_sync.settings import Settings
from trakt_sync.store.accounts import AccountStore
from trakt_sync.trakt.api import Trakt
from trakt_sync.trakt.breaker import Breaker
from trakt_sync.trakt.watched import WatchedTrakt


def build_worker(
    settings: Settings,
    runtime: Runtime,
    trakt: Trakt,
    listener: Listener,
    *,
    now: Clock = utc_now,
    jitter: Callable[[], float] = random.random,
) -> Worker:
    """Build a worker with a breaker of its own."""
    accounts = AccountStore(runtime.pool, Vault(settings.encryption_keys), settings.trakt_lease)
    breaker = Breaker(settings.trakt_breaker_failures, settings.trakt_probe_interval)
    policy = Policy(stale_window=settings.trakt_stale_window, create_settle=settings.trakt_create_settle)
    wake_relay = runtime.outbox_waker.wake

    def watched(user_id: str) -> Trakt:
        return cast("Trakt", WatchedTrakt(trakt, breaker, user_id, now))

    recovery = Recovery(accounts=accounts, trakt=trakt, breaker=breaker, policy=policy, now=now, jitter=jitter)
    reconciler = Reconciler(
        pool=runtime.pool,
        accounts=accounts,
        watched=watched,
        recovery=recovery,
        wake_relay=wake_relay,
        write_interval=settings.trakt_write_interval,
        policy=policy,
        now=now,
    )
    importer = Importer(
        pool=runtime.pool,
        accounts=accounts,
        watched=watched,
        breaker=breaker,
        wake_relay=wake_relay,
        now=now,
        jitter=jitter,
    )
    auditor = Auditor(
        pool=runtime.pool,
        accounts=accounts,
        watched=watched,
        recovery=recovery,
        history=HistoryReader(pool=runtime.pool, wake_relay=wake_relay, every=settings.trakt_history_interval, now=now),
        wake_relay=wake_relay,
        policy=policy,
        every=settings.trakt_audit_interval,
        now=now,
        jitter=jitter,
    )
    outage = OutageWatch(
        pool=runtime.pool, accounts=accounts, trakt=trakt, breaker=breaker, wake_relay=wake_relay, now=now
    )
    return Worker(
        pool=runtime.pool,
        accounts=accounts,
        reconciler=reconciler,
        importer=importer,
        auditor=auditor,
        leaver=Leaver(pool=runtime.pool, trakt=trakt, wake_relay=wake_relay, now=now),
        outage=outage,
        breaker=breaker,
        listener=listener,
        now=now,
        concurrency=settings.trakt_concurrency,
    )
