"""Brokers: the embedded one (librdkafka's mock cluster) and Apache Kafka."""
