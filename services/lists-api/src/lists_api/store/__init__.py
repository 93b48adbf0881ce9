"""The only part of lists-api that runs SQL. Each statement stands beside the function that runs it."""
