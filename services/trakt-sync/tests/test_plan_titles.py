"""The plan's titles: which are one and the same, and which Trakt does not know."""

from trakt_sync.mirroring.actions import AddItems, RemoveItems
from trakt_sync.mirroring.actual import Actual
from trakt_sync.mirroring.desired import Desired
from trakt_sync.mirroring.ledger import Entry
from trakt_sync.mirroring.plan import plan
from trakt_sync.testing.plans import DETAILS, entries_of, movie
from watchbuddy_contracts import Title


def test_title_with_another_set_of_ids_that_shares_one_is_the_same_title() -> None:
    actual = Actual(1, DETAILS, (Entry(Title("movie", trakt=5, tmdb=7), row_id=1),))
    assert plan(Desired(True, DETAILS, (Title("movie", tmdb=7, imdb="tt1"),)), actual) == ()


def test_title_that_shares_an_id_with_two_different_ones_keeps_the_first_alone() -> None:
    heat = Entry(Title("movie", trakt=1, tmdb=11), row_id=1)
    ronin = Entry(Title("movie", trakt=2, tmdb=22), row_id=2)
    mixed = Title("movie", trakt=1, tmdb=22)
    assert plan(Desired(True, DETAILS, (mixed,)), Actual(1, DETAILS, (heat, ronin))) == (RemoveItems((ronin,)),)


def test_two_entries_that_may_be_one_title_are_both_kept() -> None:
    actual = Actual(1, DETAILS, (Entry(Title("movie", trakt=1), row_id=1), Entry(Title("movie", tmdb=22), row_id=2)))
    assert plan(Desired(True, DETAILS, (Title("movie", trakt=1, tmdb=22),)), actual) == ()


def test_two_entries_with_one_id_are_both_kept() -> None:
    actual = Actual(1, DETAILS, (Entry(Title("movie", trakt=1, tmdb=22), row_id=1), Entry(movie(1), row_id=2)))
    assert plan(Desired(True, DETAILS, (movie(1),)), actual) == ()


def test_title_that_is_wanted_twice_is_sent_once() -> None:
    actual = Actual(1, DETAILS, (Entry(Title("movie", tmdb=22), "unconfirmed", row_id=1),))
    wanted = Title("movie", trakt=1, tmdb=22)
    assert AddItems((wanted,)) in plan(Desired(True, DETAILS, (wanted, movie(1))), actual)


def test_title_that_turns_out_to_be_one_that_is_there_is_not_sent_again() -> None:
    unknown, there = Entry(Title("movie", tmdb=9), "not_found", 1), Entry(Title("movie", trakt=7), row_id=2)
    desired = Desired(True, DETAILS, (Title("movie", trakt=7, tmdb=9),))
    assert plan(desired, Actual(1, DETAILS, (unknown, there))) == ()


def test_movie_and_show_with_one_number_are_two_titles() -> None:
    actual = Actual(1, DETAILS, (Entry(Title("movie", trakt=5), row_id=1),))
    desired = Desired(True, DETAILS, (Title("movie", trakt=5), Title("show", trakt=5)))
    assert plan(desired, actual) == (AddItems((Title("show", trakt=5),)),)


def test_title_that_trakt_does_not_know_is_not_sent_again() -> None:
    actual = Actual(1, DETAILS, entries_of(5, state="not_found"))
    assert plan(Desired(True, DETAILS, (movie(5),)), actual) == ()


def test_title_that_trakt_does_not_know_is_sent_again_under_a_further_id() -> None:
    actual = Actual(1, DETAILS, entries_of(5, state="not_found"))
    desired = Desired(True, DETAILS, (Title("movie", trakt=5, imdb="tt5"),))
    assert plan(desired, actual) == (AddItems((Title("movie", trakt=5, imdb="tt5"),)),)


def test_one_title_wanted_under_two_ids_is_kept_once() -> None:
    actual = Actual(1, DETAILS, (Entry(Title("movie", trakt=5, tmdb=7), row_id=1),))
    assert plan(Desired(True, DETAILS, (Title("movie", trakt=5), Title("movie", tmdb=7))), actual) == ()
