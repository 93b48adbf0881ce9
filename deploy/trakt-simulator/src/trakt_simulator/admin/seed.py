"""Accounts with lists and items, put in place at once; limits do not hold here, so that one can start over them."""

from trakt_simulator.admin.requests import AccountChange, SeedAccount, SeedItem, SeedList
from trakt_simulator.catalogue.media import BY_NAME
from trakt_simulator.state.account import Account
from trakt_simulator.state.simulator import Simulator


def seed_account(sim: Simulator, seed: SeedAccount) -> tuple[Account, list[SeedItem]]:
    """Add the lists to the account, made when it is new; return it with the items that Trakt does not know.

    What is not sent of its profile stays as it is.
    """
    account = sim.world.add_account(seed.username, sim.clock.now_ms())
    change_account(sim, account, seed)
    if account.own_limits == account.profile_limits:
        # `/_admin/state` shows limits for every account; these follow the profile when it changes.
        account.own_limits = None
    not_found: list[SeedItem] = []
    for wanted in seed.lists:
        not_found += _seed_list(sim, account, wanted)
    return account, not_found


def change_account(sim: Simulator, account: Account, change: AccountChange) -> None:
    """Set what was sent of the profile."""
    sent = change.model_fields_set
    for name in sent & {"vip", "locked", "deactivated", "private"}:
        setattr(account, f"is_{name}", getattr(change, name))
    if "limits" in sent:
        account.own_limits = change.limits.as_limits() if change.limits else None
    if "friends" in sent:
        account.friends = set(change.friends)
    sim.world.touch(account)


def _seed_list(sim: Simulator, account: Account, wanted: SeedList) -> list[SeedItem]:
    now_ms = sim.clock.now_ms()
    media_list = sim.world.add_list(account, wanted.name, now_ms)
    media_list.description, media_list.privacy = wanted.description, wanted.privacy
    media_list.display_numbers, media_list.allow_comments = wanted.display_numbers, wanted.allow_comments
    media_list.sort_by, media_list.sort_how = wanted.sort_by, wanted.sort_how
    found = [(item, _find(sim, item)) for item in wanted.items]
    fresh = media_list.missing(key for _, key in found if key is not None)
    sim.world.append_items(account, media_list, fresh, now_ms)
    return [item for item, key in found if key is None]


def _find(sim: Simulator, item: SeedItem) -> int | None:
    kind = BY_NAME[item.type]
    key = sim.catalogue.find(kind, item.ids)
    if key is None and sim.options.unknown_ids_exist:
        key = sim.catalogue.invent(kind, item.ids)
    return key
