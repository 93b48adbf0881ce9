"""Making Trakt equal to what is wanted, one step of one list at a time."""
