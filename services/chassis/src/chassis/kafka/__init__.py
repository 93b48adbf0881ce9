"""Kafka: every client of the project, the delivery rules, events as records."""
