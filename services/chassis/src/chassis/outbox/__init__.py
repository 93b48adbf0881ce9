"""Events that leave by the outbox and the relay, and those that came before: the inbox."""
