"""What a service's tables hold of users: what is exported, what is erased, what is documented."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PersonalTable:
    """A table with rows of users.

    Args:
        rows: the condition under which a row is of the user $1.
        secrets: columns that nobody is given, also not in an export of their own: tokens, and what stands for one.
        is_exported: False: it says nothing that another table does not say.
    """

    name: str
    rows: str = "user_id = $1"
    secrets: tuple[str, ...] = ()
    is_exported: bool = True

    @property
    def delete(self) -> str:
        """The statement that deletes what it has of the user $1."""
        return f"DELETE FROM {self.name} WHERE {self.rows}"  # noqa: S608 - our own text

    @property
    def select(self) -> str:
        """The statement that reads what it has of the user $1 as JSON, a row each, without secrets."""
        without = "".join(f" - '{column}'" for column in self.secrets)
        return f"SELECT (to_jsonb({self.name}){without})::text AS row FROM {self.name} WHERE {self.rows}"  # noqa: S608
