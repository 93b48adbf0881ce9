"""The catalogue: movies and shows from which lists fill themselves."""
