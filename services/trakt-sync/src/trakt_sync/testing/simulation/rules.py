"""What a schedule is run for."""


class BrokenRuleError(AssertionError):
    """Something happened that never may."""
