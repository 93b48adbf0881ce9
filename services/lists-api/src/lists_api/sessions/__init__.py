"""Browsers' sessions: what stands behind the console's cookie, and how a browser comes to one."""
