"""What goes out over HTTP, and the parameters that come in."""
