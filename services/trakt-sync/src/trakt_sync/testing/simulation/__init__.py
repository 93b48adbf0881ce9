"""The whole engine on a virtual clock, against a simulated Trakt in memory, on a real Postgres.

A schedule is a list of operations (`operations.py`). `Simulation.run` carries it out, brings everything to rest and
checks what must hold (`checks.py`). Needs the simulator and Hypothesis: it is for tests alone.
"""
