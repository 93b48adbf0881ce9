"""A user's Trakt account over HTTP."""

from chassis.http.examples import examples
from watchbuddy_contracts.documented import Documented


class DisconnectedOut(Documented):
    """No account is connected any more."""

    model_config = examples({"revoked": True}, {"revoked": False})

    revoked: bool
    """Whether Trakt has confirmed that the tokens are void. False: no account was connected, or Trakt does not answer;
    the tokens are deleted here all the same."""
