"""Sync runs: the queue, the worker that carries them out, the scheduler."""
