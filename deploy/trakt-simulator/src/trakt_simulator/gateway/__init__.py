"""The way of a request from the socket to its endpoint and back."""
