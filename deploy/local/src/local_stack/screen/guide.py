"""The text for the user of a running system: addresses, the token, commands to try."""

import shlex
import sys
from pathlib import Path

from local_stack.system.description import System


def guide(system: System, stack_file: Path, link: str) -> str:
    """Return the text. Its commands can be copied into any shell, in any folder.

    Args:
        link: logs one browser in.
    """
    local_stack = f"{shlex.quote(sys.executable)} -m local_stack"
    user = f"--user {system.user} --stack {shlex.quote(str(stack_file))}"
    trakt = system.trakt
    where = f"{trakt.api_url}  (a local Trakt; its page shows accounts and lists)" if trakt.admin_url else trakt.api_url
    lines = [
        "WatchBuddy runs. Open this in your browser; the link works once, for ten minutes:",
        "",
        f"  {link}",
        "",
        "Another link:",
        f"  {local_stack} console {user}",
        "",
        f"  lists      {system.lists_api_url}  (described at /openapi.json)",
        f"  messages   {system.notifier_url}  (described at /openapi.json)",
        f"  accounts   {system.trakt_sync_url}  (described at /openapi.json)",
        f"  Trakt      {where}",
        f"  Kafka      {system.bootstrap_servers}  ({system.kafka_kind})",
        f"  logs       {stack_file.parent / 'logs'}",
        "",
        f"A token for the user {system.user}, and what to try with it:",
        "",
        f"export TOKEN=$({local_stack} token {user})",
        *commands(system),
        "",
    ]
    if trakt.admin_url is None:
        lines += [
            "Connect your Trakt account: enter the code that this gives at the address that it gives.",
            f'  curl -s -X POST {system.trakt_sync_url}/api/trakt/device -H "Authorization: Bearer $TOKEN"',
            "Or by its token pair, in a file as Trakt gave it:",
            f"  {local_stack} account {user} < tokens.json",
            "",
        ]
    lines.append("Ctrl-C stops everything.")
    return "\n".join(lines)


def commands(system: System) -> list[str]:
    """Return the example commands, one a line; they use the shell variable TOKEN."""
    bearer = '-H "Authorization: Bearer $TOKEN"'
    smart = (
        '{"list_type":"smart","filters":{"genres":["comedy"],"media_types":["movie"],"year_from":1990,'
        '"year_to":1999,"watched":"not_watched"}}'
    )
    body = (
        '{"title":"Noir","list_type":"manual","items":['
        '{"media_type":"movie","ids":{"imdb":"tt0049406"}},{"media_type":"movie","ids":{"imdb":"tt0113277"}}]}'
    )
    new_list = f"curl -s -X POST {system.lists_api_url}/api/lists {bearer} -H 'Content-Type: application/json' -d"
    examples = [
        # The number is that of the list, also where there is one with these filters already.
        f"LIST=$({new_list} '{smart}' | grep -oE '\"(list_)?id\":[0-9]+' | head -n 1 | cut -d : -f 2); echo $LIST",
        f'sleep 1; curl -s "{system.lists_api_url}/api/lists/$LIST/items?limit=5" {bearer}',
        f"{new_list} '{body}'",
        f"curl -s {system.lists_api_url}/api/lists {bearer}",
        f"curl -s {system.trakt_sync_url}/api/trakt/status {bearer}",
        f"curl -s {system.notifier_url}/api/notifications {bearer}",
        f"curl -sN --max-time 10 {system.notifier_url}/api/notifications/stream {bearer}",
    ]
    if system.trakt.admin_url:
        examples.append(f"curl -s {system.trakt.admin_url}/state")
    return examples
