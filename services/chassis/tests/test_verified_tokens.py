"""Tokens that were accepted a moment ago are not checked again. They are known for no longer than they are good."""

from datetime import timedelta

from chassis.http.auth import Authenticator
from chassis.http.verified_tokens import KEEP, VerifiedTokens
from chassis.local_tokens import issue_token
from chassis.settings import AuthSettings
from chassis.testing import FakeClock

FAR = 2.0**40


def test_a_token_is_known_until_it_ends() -> None:
    clock = FakeClock()
    tokens = VerifiedTokens(clock)
    tokens.add("token", "ada", until=(clock() + timedelta(seconds=5)).timestamp())
    assert (tokens.user_of("token"), tokens.user_of("other")) == ("ada", None)
    clock.advance(timedelta(seconds=5))
    assert tokens.user_of("token") is None


def test_a_token_is_known_for_a_minute_at_most_because_its_key_may_be_withdrawn() -> None:
    clock = FakeClock()
    tokens = VerifiedTokens(clock)
    tokens.add("token", "ada", until=FAR)
    clock.advance(KEEP - timedelta(seconds=1))
    assert tokens.user_of("token") == "ada"
    clock.advance(timedelta(seconds=1))
    assert tokens.user_of("token") is None


def test_the_oldest_tokens_make_room() -> None:
    tokens = VerifiedTokens(FakeClock(), most=2)
    for name in ("ada", "bob", "cy"):
        tokens.add(f"token of {name}", name, until=FAR)
    assert [tokens.user_of(f"token of {name}") for name in ("ada", "bob", "cy")] == [None, "bob", "cy"]


async def test_a_token_of_another_user_is_told_from_one_that_is_known() -> None:
    key = "a key of the tests, long enough for HS256"
    authenticator = Authenticator(AuthSettings(auth_local_key=key))

    def bearer(user: str) -> str:
        lifetime = timedelta(hours=1)
        return "Bearer " + issue_token(key, user_id=user, issuer="watchbuddy", audience="watchbuddy", lifetime=lifetime)

    for _ in range(2):
        assert [await authenticator.user_id(bearer(user)) for user in ("ada", "bob")] == ["ada", "bob"]
