"""Records that a consumer group could not handle: shown, mended, sent to that group again (decision 58)."""
