"""How far consumer groups are, and having one read its topics once more."""
