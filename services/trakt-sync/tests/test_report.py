"""What operators read in the log."""

from structlog.testing import capture_logs

from trakt_sync.mirroring.job import Change
from trakt_sync.mirroring.ledger import Entry, LedgerChange
from trakt_sync.mirroring.progress import Progress
from trakt_sync.reconciler.report import report
from watchbuddy_contracts import Title, TraktListCreated, TraktListDeleted, TraktListSynced


def test_operators_find_the_texts_that_they_have_always_searched_for() -> None:
    list_50 = {"user_id": "ada", "list_id": 1, "version": 2, "title": "Heists", "trakt_list_id": 50}
    change = Change(
        Progress(),
        LedgerChange(append=(Entry(Title("movie", tmdb=862), "not_found"),)),
        events=(
            TraktListCreated.model_validate({**list_50, "slug": "heists", "adopted": False}),
            TraktListSynced.model_validate({**list_50, "added": 3, "removed": 1, "unchanged": 0, "renamed": False}),
            TraktListDeleted.model_validate(list_50),
        ),
    )
    with capture_logs() as logs:
        report(1, change)
    assert [entry["message"] for entry in logs] == [
        "Item 862 not found on Trakt",
        "Created Trakt list with ID: 50",
        "Trakt sync: +3 -1",
        "Deleted Trakt list 50",
    ]
