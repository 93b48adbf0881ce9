"""The process that sends to users' addresses, started by `notifier.channels.sender`.

It forks for each message. What a message's process may do is bounded by the system: one address after the other, each
looked at when it is connected to (`guard`), some seconds, some memory.
"""
