"""What the play may end with."""


class StepFailedError(Exception):
    """A step was not seen within its time; the text says which, and what was seen last."""
