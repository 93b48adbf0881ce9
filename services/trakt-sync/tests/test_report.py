"""What operators read in the log."""

from structlog.testing import capture_logs

from trakt_sync.ledger import Entry, Title
from trakt_sync.mirror import Job, LedgerChange, Progress
from trakt_sync.plan import Desired, Details
from trakt_sync.report import report
from trakt_sync.steps import Step
from watchbuddy_contracts import TraktListCreated, TraktListDeleted, TraktListSynced

JOB = Job(1, "ada", 2, Desired(True, Details("Heists", "")), Progress())


def test_operators_find_the_texts_that_they_have_always_searched_for() -> None:
    list_50 = {"user_id": "ada", "list_id": 1, "version": 2, "title": "Heists", "trakt_list_id": 50}
    step = Step(
        Progress(),
        LedgerChange(append=(Entry(Title("movie", tmdb=862), "not_found"),)),
        (
            TraktListCreated.model_validate({**list_50, "slug": "heists", "adopted": False}),
            TraktListSynced.model_validate({**list_50, "added": 3, "removed": 1, "unchanged": 0, "renamed": False}),
            TraktListDeleted.model_validate(list_50),
        ),
    )
    with capture_logs() as logs:
        report(JOB, step)
    assert [entry["message"] for entry in logs] == [
        "Item 862 not found on Trakt",
        "Created Trakt list with ID: 50",
        "Trakt sync: +3 -1",
        "Deleted Trakt list 50",
    ]
