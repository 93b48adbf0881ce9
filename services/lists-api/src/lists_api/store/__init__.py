"""All SQL of lists-api. Each statement stands beside the function that runs it."""
