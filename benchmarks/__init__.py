"""Figures, measured: `make bench`, or one alone by `python -m benchmarks NAME`.

A figure on a shared machine is noise; read it beside the others of the same run.
"""
