"""Trakt over HTTP: the client, its wire models, what statuses mean, tokens, the circuit breaker."""
