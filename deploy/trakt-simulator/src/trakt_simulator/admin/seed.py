"""Accounts with lists and items, added at once. Limits do not apply here, so that an account can start over them."""

from trakt_simulator.admin.requests import AccountChange, SeedAccount, SeedItem, SeedList
from trakt_simulator.catalogue.media import BY_NAME
from trakt_simulator.state.account import Account
from trakt_simulator.state.lists import MediaList
from trakt_simulator.state.simulator import Simulator


def seed_account(sim: Simulator, seed: SeedAccount) -> tuple[Account, list[SeedItem]]:
    """Add lists to the account, which is made when it is new; return it with the items that Trakt does not know.

    What is not sent of its profile does not change.
    """
    account = sim.accounts.add_account(seed.username, sim.clock.now_ms())
    change_profile(sim, account, seed)
    if account.own_limits == account.profile_limits:
        # `/_admin/state` shows limits for every account. These follow the profile when it changes.
        account.own_limits = None
    not_found = [item for wanted in seed.lists for item in _seed_list(sim, account, wanted)]
    return account, [*not_found, *_seed_items(sim, account, account.watchlist, seed.watchlist.items)]


def change_profile(sim: Simulator, account: Account, change: AccountChange) -> None:
    """Set what was sent of the profile."""
    sent = change.model_fields_set
    for name in sent & {"vip", "locked", "deactivated", "private"}:
        setattr(account, f"is_{name}", getattr(change, name))
    if "limits" in sent:
        account.own_limits = change.limits.as_limits(account.profile_limits) if change.limits else None
    if "friends" in sent:
        account.friends = set(change.friends)
    sim.accounts.touch(account)


def _seed_list(sim: Simulator, account: Account, wanted: SeedList) -> list[SeedItem]:
    """Add a list; return the items that Trakt does not know."""
    media_list = sim.accounts.add_list(account, wanted.name, sim.clock.now_ms())
    wanted.apply(media_list)
    return _seed_items(sim, account, media_list, wanted.items)


def _seed_items(sim: Simulator, account: Account, media_list: MediaList, items: list[SeedItem]) -> list[SeedItem]:
    found = [(item, sim.find_or_invent(BY_NAME[item.type], item.ids)) for item in items]
    new = media_list.missing(key for _, key in found if key is not None)
    sim.accounts.append_items(account, media_list, new, sim.clock.now_ms())
    return [item for item, key in found if key is None]
