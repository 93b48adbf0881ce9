"""One-time links to the console of a running system."""

import httpx

from local_stack.errors import CannotStartError


def new_link(lists_api_url: str, token: str) -> str:
    """Return an address that logs one browser in as the token's user.

    Raises:
        CannotStartError: lists-api does not answer, or makes no link.
    """
    try:
        answer = httpx.post(
            f"{lists_api_url}/api/session/links", headers={"Authorization": f"Bearer {token}"}, timeout=10
        )
    except httpx.HTTPError as error:
        raise CannotStartError(f"lists-api does not answer at {lists_api_url}: {type(error).__name__}") from error
    if answer.is_error:
        raise CannotStartError(f"lists-api made no link: {answer.json().get('detail', answer.status_code)}")
    return str(answer.json()["url"])
