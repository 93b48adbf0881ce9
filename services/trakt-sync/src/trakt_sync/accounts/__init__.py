"""Trakt accounts: who holds one, its tokens at rest, and the tokens' life cycle."""
