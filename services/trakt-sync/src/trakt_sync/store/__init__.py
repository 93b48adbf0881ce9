"""All SQL of the service, one file a table or purpose."""
