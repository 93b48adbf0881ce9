"""lists-api over HTTP."""
