import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent.parent / "healthcheck.py"


@contextmanager
def answering(statuses: Mapping[str, int]) -> Iterator[int]:
    """Serve each path's status; give the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(statuses[self.path])
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def main_process() -> Iterator["subprocess.Popen[bytes]"]:
    """Give a process that lives until somebody ends it."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def check(port: int, main_pid: int) -> int:
    command = [sys.executable, "-I", "-S", str(SCRIPT), "/health/ready", "/health/live"]
    environment = {"HTTP_PORT": str(port), "MAIN_PID": str(main_pid)}
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603


def test_a_ready_process_is_healthy() -> None:
    with answering({"/health/ready": 200}) as port, main_process() as process:
        assert check(port, process.pid) == 0


def test_a_process_that_is_not_ready_is_unhealthy_and_left_alone() -> None:
    with answering({"/health/ready": 503, "/health/live": 200}) as port, main_process() as process:
        assert check(port, process.pid) == 1
        assert process.poll() is None


def test_a_stuck_process_is_ended_so_that_it_is_started_anew() -> None:
    with answering({"/health/ready": 503, "/health/live": 503}) as port, main_process() as process:
        assert check(port, process.pid) == 1
        assert process.wait(timeout=10) == -15


def test_a_process_that_does_not_answer_is_unhealthy_and_left_alone() -> None:
    with answering({}) as port:
        pass
    with main_process() as process:
        assert check(port, process.pid) == 1
        assert process.poll() is None
