"""Personal lists: make, show, change, delete, like, order."""

from http import HTTPStatus
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from trakt_simulator.endpoints.access import is_visible, known_list, own_list, own_user, public_list, visible_user
from trakt_simulator.endpoints.paging import page_of
from trakt_simulator.endpoints.responses import list_object
from trakt_simulator.http.errors import account_limit
from trakt_simulator.http.routing import Auth, Route
from trakt_simulator.http.wire import Answer, Call, Headers, TraktError, json_answer, no_content
from trakt_simulator.state.lists import MediaList, Privacy, SortHow
from trakt_simulator.state.simulator import Simulator

SortBy = Literal[
    "rank",
    "added",
    "title",
    "released",
    "runtime",
    "popularity",
    "random",
    "percentage",
    "imdb_rating",
    "tmdb_rating",
    "rt_tomatometer",
    "rt_audience",
    "metascore",
    "votes",
    "imdb_votes",
    "tmdb_votes",
    "my_rating",
    "watched",
    "collected",
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class ListChange(BaseModel):
    """The fields that a client may set. Only those that are sent are changed."""

    model_config = ConfigDict(strict=True, frozen=True)

    name: Name = ""
    description: str | None = None
    privacy: Privacy = "private"
    display_numbers: bool = False
    allow_comments: bool = True
    sort_by: SortBy = "rank"
    sort_how: SortHow = "asc"

    def apply(self, media_list: MediaList) -> bool:
        """Set the sent fields; return whether any was different."""
        is_changed = False
        for field in self.model_fields_set:
            value = getattr(self, field)
            if getattr(media_list, field) != value:
                setattr(media_list, field, value)
                is_changed = True
        return is_changed


def read_change(call: Call) -> ListChange:
    try:
        return ListChange.model_validate(call.json_object())
    except ValidationError as error:
        first = error.errors()[0]
        message = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise TraktError(HTTPStatus.UNPROCESSABLE_ENTITY, message=message) from error


def get_lists(call: Call, sim: Simulator) -> Answer:
    owner = visible_user(call, sim)
    shown = [media_list for media_list in owner.lists.values() if is_visible(media_list, owner, call.account)]
    page = page_of(call, len(shown), sim.options)
    return json_answer([list_object(media_list, owner) for media_list in page.cut(shown)], headers=page.headers())


def create_list(call: Call, sim: Simulator) -> Answer:
    owner = own_user(call, sim)
    change = read_change(call)
    if not change.name:
        raise TraktError(HTTPStatus.UNPROCESSABLE_ENTITY, message="name: missing")
    if len(owner.lists) >= owner.limits.lists:
        raise account_limit(owner, owner.limits.lists, is_documented=sim.options.documented_limit_headers)
    media_list = sim.world.add_list(owner, change.name, call.now_ms)
    change.apply(media_list)
    # The contract shows `user` here; the Blueprint does not, and pytrakt fails on it.
    shown = list_object(media_list, owner if sim.options.user_in_created_list else None)
    return json_answer(shown, HTTPStatus.CREATED)


def get_list(call: Call, sim: Simulator) -> Answer:
    owner = visible_user(call, sim)
    media_list = known_list(call, owner)
    if not is_visible(media_list, owner, call.account):
        raise TraktError(HTTPStatus.NOT_FOUND)
    return json_answer(list_object(media_list, owner), headers=sort_headers(media_list))


def get_public_list(call: Call, sim: Simulator) -> Answer:
    owner, media_list = public_list(call, sim)
    return json_answer(list_object(media_list, owner), headers=sort_headers(media_list))


def update_list(call: Call, sim: Simulator) -> Answer:
    owner, media_list = own_list(call, sim)
    change = read_change(call)
    if not change.model_fields_set:
        raise TraktError(HTTPStatus.UNPROCESSABLE_ENTITY, message="nothing to change")
    # The slug stays, so that existing references do not break.
    if change.apply(media_list):
        media_list.touch(call.now_ms)
        sim.world.lists_changed(owner, call.now_ms)
    return json_answer(list_object(media_list, owner))


def delete_list(call: Call, sim: Simulator) -> Answer:
    owner, media_list = own_list(call, sim)
    sim.world.delete_list(owner, media_list, call.now_ms)
    return no_content()


def reorder_lists(call: Call, sim: Simulator) -> Answer:
    owner = own_user(call, sim)
    wanted = list(dict.fromkeys(read_rank(call)))
    known = [number for number in wanted if number in owner.lists]
    skipped = [number for number in wanted if number not in owner.lists]
    order = [*known, *(number for number in owner.lists if number not in set(known))]
    is_changed = order != list(owner.lists)
    if is_changed and call.effects.is_reorder_noop:
        call.effects.take("reorder_noop")
    elif is_changed:
        owner.lists = {number: owner.lists[number] for number in order}
        sim.world.lists_changed(owner, call.now_ms)
    return json_answer({"updated": len(known), "skipped_ids": skipped})


def get_collaborations(call: Call, sim: Simulator) -> Answer:
    visible_user(call, sim)
    return json_answer([])


def like(call: Call, sim: Simulator) -> Answer:
    return _set_like(call, sim, is_liked=True)


def unlike(call: Call, sim: Simulator) -> Answer:
    return _set_like(call, sim, is_liked=False)


def _set_like(call: Call, sim: Simulator, *, is_liked: bool) -> Answer:
    call.json_object()
    owner = visible_user(call, sim)
    media_list = known_list(call, owner)
    caller = call.caller
    if not is_visible(media_list, owner, caller):
        raise TraktError(HTTPStatus.NOT_FOUND)
    likes = media_list.liked_by or set()
    if (caller.slug in likes) is not is_liked:
        media_list.liked_by = likes ^ {caller.slug}
        caller.act("lists.liked_at", call.now_ms)
        sim.world.touch(caller)
        sim.world.touch(owner)
    return no_content()


def read_rank(call: Call) -> list[int]:
    """Return `rank` of a reorder.

    Raises:
        TraktError: 422 no array of whole numbers.
    """
    rank = call.json_object().get("rank")
    if not isinstance(rank, list) or not all(type(number) is int for number in rank):
        raise TraktError(HTTPStatus.UNPROCESSABLE_ENTITY, message="rank: must be an array of ids")
    return rank


def sort_headers(media_list: MediaList) -> Headers:
    return [
        (b"x-sort-by", media_list.sort_by.encode()),
        (b"x-sort-how", media_list.sort_how.encode()),
        (b"x-list-id", b"%d" % media_list.trakt),
    ]


ROUTES = (
    Route("GET", "/users/{id}/lists", get_lists, Auth.OPTIONAL),
    Route("POST", "/users/{id}/lists", create_list),
    Route("POST", "/users/{id}/lists/reorder", reorder_lists),
    Route("GET", "/users/{id}/lists/collaborations", get_collaborations, Auth.OPTIONAL),
    Route("GET", "/users/{id}/lists/{list_id}", get_list, Auth.OPTIONAL),
    Route("PUT", "/users/{id}/lists/{list_id}", update_list),
    Route("DELETE", "/users/{id}/lists/{list_id}", delete_list),
    Route("POST", "/users/{id}/lists/{list_id}/like", like),
    Route("DELETE", "/users/{id}/lists/{list_id}/like", unlike),
    Route("GET", "/lists/{list_id}", get_public_list, Auth.OPTIONAL),
)
