"""Lists that people bring in files of other tools."""
