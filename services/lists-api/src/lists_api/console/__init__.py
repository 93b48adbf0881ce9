"""The one origin: the console's pages, what is passed on to the other services, and cookies in place of tokens."""
