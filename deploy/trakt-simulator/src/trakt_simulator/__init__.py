"""A local Trakt over HTTP: lists, OAuth, limits and faults, for demos, tests and benchmarks of Trakt clients."""
