"""The response that is a live stream. It waits until its client leaves, or the stream is ended."""

from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from chassis.connections import abort_of
from notifier.streams import Stream, Streams

EVENT_STREAM: Final = "text/event-stream"
UNBUFFERED: Final = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}  # the second one is nginx's


class StreamResponse(Response):
    """Server-Sent Events of one user.

    Starlette's StreamingResponse costs two tasks, a timer and an iterator for each client, and FastAPI's own streaming
    logs a failed request whenever a client leaves while data are on their way to it (fastapi 0.165).
    """

    def __init__(self, streams: Streams, user_id: str, *, last: int, ends_at: float) -> None:
        super().__init__(headers=UNBUFFERED, media_type=EVENT_STREAM)
        del self.headers["content-length"]
        self._streams = streams
        self._user_id = user_id
        self._last = last
        self._ends_at = ends_at

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Follow the user's messages.

        Raises:
            TooManyStreamsError: the user has as many streams as they may have.
        """
        with self._streams.place_of(self._user_id):
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            stream = Stream(self._user_id, self._last, self._ends_at, send, abort_of(scope))
            with self._streams.joined(stream):
                while (await receive())["type"] != "http.disconnect":
                    pass
