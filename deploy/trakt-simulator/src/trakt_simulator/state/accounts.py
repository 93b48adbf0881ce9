"""All accounts and lists, and the numbers that they get."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from trakt_simulator.catalogue.media import PLURAL, kind_of
from trakt_simulator.identifiers import free_slug, slugify
from trakt_simulator.state.account import Account
from trakt_simulator.state.lists import MediaList

# These mean something else in paths, so nobody could reach such a user.
_RESERVED_SLUGS = frozenset({"me", "settings"})
# Trakt's own numbers are of this size.
_FIRST_LIST = 30_000_001
_FIRST_ITEM = 1_000_000_001
_FIRST_PLAY = 10_000_000_001


@dataclass(slots=True)
class Numbers:
    """The next free numbers."""

    account: int = 1
    list: int = _FIRST_LIST
    item: int = _FIRST_ITEM
    play: int = _FIRST_PLAY


@dataclass(slots=True)
class Accounts:
    """All accounts with their lists."""

    numbers: Numbers = field(default_factory=Numbers)
    by_slug: dict[str, Account] = field(default_factory=dict)
    by_username: dict[str, Account] = field(default_factory=dict)
    owners: dict[int, Account] = field(default_factory=dict)
    """The account of every list, by the list's trakt id."""
    remember_ms: int = 0
    """How long old rows of a list are kept for stale reads."""
    remember_lists_ms: int = 0
    """How long an account's lists are kept as they were, for stale reads."""
    changed: dict[str, Account] = field(default_factory=dict)
    """Accounts, by slug, that the state file does not hold as they are now."""

    def find(self, name: str) -> Account | None:
        """Find an account by username or slug, for people, who write either. Trakt's paths take slugs only."""
        return self.by_username.get(name) or self.by_slug.get(name)

    def add_account(self, username: str, now_ms: int) -> Account:
        """Return the account with this username; make it when it is new."""
        known = self.by_username.get(username)
        if known is not None:
            return known
        number = self.numbers.account
        slug = free_slug(
            slugify(username),
            lambda slug: slug in self.by_slug or slug in _RESERVED_SLUGS,
            otherwise=f"user-{number}",
        )
        account = Account(number=number, username=username, slug=slug, joined_ms=now_ms)
        self.numbers.account += 1
        self.put_account(account)
        self.touch(account)
        return account

    def touch(self, account: Account) -> None:
        """Note that the account, or one of its lists, has changed."""
        self.changed[account.slug] = account

    def put_account(self, account: Account) -> None:
        self.by_slug[account.slug] = account
        self.by_username[account.username] = account
        for number in account.lists:
            self.owners[number] = account

    def add_list(self, account: Account, name: str, now_ms: int) -> MediaList:
        number = self.numbers.list
        slug = free_slug(slugify(name), account.list_slugs.__contains__, otherwise=str(number))
        media_list = MediaList(trakt=number, slug=slug, name=name, created_ms=now_ms, updated_ms=now_ms)
        self.numbers.list += 1
        account.lists[number] = media_list
        account.list_slugs[slug] = number
        self.owners[number] = account
        self.lists_changed(account, now_ms)
        return media_list

    def delete_list(self, account: Account, media_list: MediaList, now_ms: int) -> None:
        del account.lists[media_list.trakt]
        del account.list_slugs[media_list.slug]
        del self.owners[media_list.trakt]
        self.lists_changed(account, now_ms)

    def append_items(self, account: Account, media_list: MediaList, keys: list[int], now_ms: int) -> None:
        """Put keys that are not listed yet at the end."""
        if keys:
            self.about_to_change(media_list, now_ms)
            media_list.append(keys, first_id=self.numbers.item, now_ms=now_ms)
            self.numbers.item += len(keys)
            self.items_changed(account, media_list, now_ms, keys)

    def remove_items(self, account: Account, media_list: MediaList, keys: Iterable[int], now_ms: int) -> list[int]:
        """Take keys off the list; return those that were on it."""
        self.about_to_change(media_list, now_ms)
        removed = media_list.remove(set(keys), now_ms=now_ms)
        if removed:
            self.items_changed(account, media_list, now_ms, removed)
        return removed

    def about_to_change(self, media_list: MediaList, now_ms: int) -> None:
        """Keep the list's rows for stale reads, when a fault needs them."""
        if self.remember_ms:
            media_list.remember(now_ms, self.remember_ms)

    def items_changed(self, account: Account, media_list: MediaList, now_ms: int, keys: Iterable[int] = ()) -> None:
        """Record that the items of a list changed. `keys` are those that came or went."""
        if media_list is account.watchlist:
            account.record_activity("watchlist.updated_at", now_ms)
            self.titles_changed(account, keys, "watchlisted_at", now_ms)
            self.touch(account)
        else:
            self.lists_changed(account, now_ms)

    def lists_changed(self, account: Account, now_ms: int) -> None:
        account.record_activity("lists.updated_at", now_ms)
        self.touch(account)
        if self.remember_lists_ms:
            account.remember_lists(now_ms, self.remember_lists_ms)

    def remember_lists(self, now_ms: int, window_ms: int) -> None:
        """Keep all accounts' lists from now on."""
        self.remember_lists_ms = max(self.remember_lists_ms, window_ms)
        for account in self.by_slug.values():
            account.remember_lists(now_ms, window_ms)

    def titles_changed(self, account: Account, keys: Iterable[int], activity: str, now_ms: int) -> None:
        """Record an activity (`watched_at`, `rated_at`) for the kinds of these keys. Removals count too."""
        for kind in {kind_of(key) for key in keys}:
            account.record_activity(f"{PLURAL[kind]}.{activity}", now_ms)
            self.touch(account)
