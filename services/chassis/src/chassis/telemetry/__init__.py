"""Logs, traces and metrics by OpenTelemetry's conventions."""
