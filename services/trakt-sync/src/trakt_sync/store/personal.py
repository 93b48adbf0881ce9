"""What the tables have of a user."""

from typing import Final

from chassis.personal import PersonalTable

_OF_LIST: Final = "list_id IN (SELECT desired_list.list_id FROM desired_list WHERE desired_list.user_id = $1)"
_OF_MIRROR: Final = f"mirror_id IN (SELECT mirror.mirror_id FROM mirror WHERE mirror.{_OF_LIST})"  # noqa: S608

TABLES: Final = (
    PersonalTable("account", secrets=("tokens", "lease_token")),
    PersonalTable("desired_list"),
    PersonalTable("mirror", _OF_LIST),
    PersonalTable("ledger", _OF_MIRROR),
    PersonalTable("work_queue"),
    PersonalTable("last_result", _OF_LIST),
    PersonalTable("list_import"),
    PersonalTable("device_login", secrets=("device_code", "user_code")),
    PersonalTable("authorization_login", secrets=("state_hash", "verifier")),
    PersonalTable("outbox_rejected", "key = convert_to($1, 'UTF8')", is_exported=False),
)
