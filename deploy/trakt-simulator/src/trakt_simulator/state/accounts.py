"""All accounts and lists, and the numbers that are handed out."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from trakt_simulator.identifiers import free_slug, slugify
from trakt_simulator.state.account import Account
from trakt_simulator.state.lists import MediaList

# These mean something else in paths: nobody could reach such a user.
_RESERVED_SLUGS = frozenset({"me", "settings"})
# Trakt's own are of this size.
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
class World:
    """What Trakt's database holds. Everything is by reference: a list is in its account and in `lists`."""

    numbers: Numbers = field(default_factory=Numbers)
    accounts: dict[str, Account] = field(default_factory=dict)
    """By slug."""
    usernames: dict[str, Account] = field(default_factory=dict)
    owners: dict[int, Account] = field(default_factory=dict)
    """The account of every list, by the list's trakt id."""
    remember_ms: int = 0
    """How long rows from before a change are kept, for stale reads."""
    changed: dict[str, Account] = field(default_factory=dict)
    """Accounts, by slug, that the state file does not hold as they are now."""

    def account_named(self, username: str) -> Account | None:
        """Find an account by its username or its slug: for people, who write either. Trakt's paths hold slugs only."""
        return self.usernames.get(username) or self.accounts.get(username)

    def add_account(self, username: str, now_ms: int) -> Account:
        """Return the account of this username, made when it is new."""
        known = self.usernames.get(username)
        if known is not None:
            return known
        number = self.numbers.account
        slug = free_slug(
            slugify(username),
            lambda slug: slug in self.accounts or slug in _RESERVED_SLUGS,
            otherwise=f"user-{number}",
        )
        account = Account(number=number, username=username, slug=slug, joined_ms=now_ms)
        self.numbers.account += 1
        self.put_account(account)
        self.touch(account)
        return account

    def touch(self, account: Account) -> None:
        """Note that something of the account, or of a list of it, has changed."""
        self.changed[account.slug] = account

    def put_account(self, account: Account) -> None:
        self.accounts[account.slug] = account
        self.usernames[account.username] = account
        for number in account.lists:
            self.owners[number] = account

    def add_list(self, account: Account, name: str, now_ms: int) -> MediaList:
        number = self.numbers.list
        slug = free_slug(slugify(name), account.list_slugs.__contains__, otherwise=str(number))
        media_list = MediaList(trakt=number, slug=slug, name=name, created_ms=now_ms, updated_ms=now_ms)
        self.numbers.list += 1
        self.put_list(account, media_list)
        self.lists_changed(account, now_ms)
        return media_list

    def put_list(self, account: Account, media_list: MediaList) -> None:
        account.lists[media_list.trakt] = media_list
        account.list_slugs[media_list.slug] = media_list.trakt
        self.owners[media_list.trakt] = account

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
            self.lists_changed(account, now_ms)

    def remove_items(self, account: Account, media_list: MediaList, keys: Iterable[int], now_ms: int) -> list[int]:
        """Take keys off the list; return those that were on it."""
        self.about_to_change(media_list, now_ms)
        gone = media_list.remove(set(keys), now_ms=now_ms)
        if gone:
            self.lists_changed(account, now_ms)
        return gone

    def about_to_change(self, media_list: MediaList, now_ms: int) -> None:
        if self.remember_ms:
            media_list.remember(now_ms, self.remember_ms)

    def lists_changed(self, account: Account, now_ms: int) -> None:
        account.act("lists.updated_at", now_ms)
        self.touch(account)
