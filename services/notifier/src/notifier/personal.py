"""What the tables have of a user."""

from typing import Final

from chassis.personal import PersonalTable

TABLES: Final = (
    PersonalTable("messages"),
    PersonalTable("condition"),
    PersonalTable("channels", secrets=("address", "secret", "old_secret", "lease")),
    PersonalTable("deliveries", "channel_id IN (SELECT channels.id FROM channels WHERE channels.user_id = $1)"),
)
