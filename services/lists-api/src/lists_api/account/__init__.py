"""A user's account as a whole: everything of theirs out, or gone."""
