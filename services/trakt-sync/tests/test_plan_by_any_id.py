"""Whatever ids name the titles: no wanted title leaves the list at any step, and the list is right at the end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from trakt_sync.mirroring.actions import Action, AddItems, ReadItems, RemoveItems
from trakt_sync.mirroring.advance import advance
from trakt_sync.mirroring.desired import Desired, Details
from trakt_sync.mirroring.item_responses import added, removed
from trakt_sync.mirroring.job import Change, Job
from trakt_sync.mirroring.ledger import Entry
from trakt_sync.mirroring.plan import plan
from trakt_sync.mirroring.policy import Policy
from trakt_sync.mirroring.progress import Progress, TraktList
from trakt_sync.mirroring.readings import read
from trakt_sync.mirroring.remote import ItemsResponse, RemoteItems
from watchbuddy_contracts import Title

NOW = datetime(2026, 11, 21, tzinfo=UTC)
POLICY = Policy()
DETAILS = Details("Heists", "Created and managed by WatchBuddy")
FILMS = range(1, 7)


def name(film: int, mask: tuple[bool, bool, bool] = (True, True, True)) -> Title:
    """Return a film under some of its ids."""
    trakt, tmdb, imdb = mask
    return Title("movie", film if trakt else None, 100 + film if tmdb else None, f"tt{film}" if imdb else None)


masks = st.tuples(st.booleans(), st.booleans(), st.booleans()).filter(any)
names = st.builds(name, st.sampled_from(FILMS), masks)
lists = st.lists(names, max_size=8).map(tuple)
ages = st.sampled_from([timedelta(0), timedelta(hours=1)])


def film_of(title: Title) -> int:
    """Return which film Trakt knows by these ids."""
    if title.trakt is not None:
        return title.trakt
    return title.tmdb - 100 if title.tmdb is not None else int(str(title.imdb)[2:])


class Trakt:
    """A Trakt list that knows its films by all of their ids. Its reads are right."""

    def __init__(self, films: list[int]) -> None:
        self.films = films

    def answer(self, job: Job, action: Action, now: datetime) -> Change:
        """Carry an action out; return what its response means."""
        match action:
            case AddItems(titles):
                films = [film_of(title) for title in titles]
                new = [film for film in dict.fromkeys(films) if film not in self.films]
                self.films += new
                response = ItemsResponse((), len(films) - len(new), len(self.films), len(new))
                return added(job, action, response, now, POLICY)
            case RemoveItems(entries):
                gone = {film_of(entry.title) for entry in entries}
                self.films = [film for film in self.films if film not in gone]
                return removed(job, action, ItemsResponse((), 0, len(self.films)), now, POLICY)
            case ReadItems():
                shown = tuple(Entry(name(film), list_item_id=1000 + film) for film in self.films)
                return read(job, RemoteItems(shown, 0, is_complete=True), now, POLICY)
            case _:
                raise AssertionError(action)


@given(lists, lists, ages)
def test_no_wanted_title_is_missing_at_any_step(
    before: tuple[Title, ...], after: tuple[Title, ...], age: timedelta
) -> None:
    trakt = Trakt([])
    known: list[Entry] = []
    for title in before:  # as our additions left it
        if film_of(title) not in trakt.films and not any(title.keys == entry.title.keys for entry in known):
            trakt.films.append(film_of(title))
            known.append(Entry(title, row_id=len(known) + 1))
    trakt_list = TraktList(50, details=DETAILS, made_at=NOW - age, written_at=NOW - age, proved_at=NOW - age)
    job = Job(7, "ada", 2, Desired(True, DETAILS, after), Progress(1, trakt_list), tuple(known))
    wanted = {film_of(title) for title in after}
    now, steps = NOW, 0
    while actions := plan(job.desired, job.actual):
        steps += 1
        assert steps < 50, "the plans never end"
        there = wanted & set(trakt.films)
        step = advance(job, trakt.answer(job, actions[0], now), now, POLICY)
        assert there <= set(trakt.films)
        job = job.after(step.change)
        job = replace(job, entries=tuple(entry._replace(row_id=row) for row, entry in enumerate(job.entries, 1)))
        if step.next.due_at is None:
            break
        now = max(now, step.next.due_at)
    assert set(trakt.films) == wanted
