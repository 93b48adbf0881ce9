"""The options of our PostgreSQL server, and the folder of its socket."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from local_stack.errors import PartError

MAX_SOCKET_PATH = 100
"""In bytes; sun_path has 107, the NUL included."""
_BUILTIN_LOCALE_SINCE = 17
# One user, three databases of some megabytes. Each setting saves memory or an idle process.
SETTINGS = {
    "shared_buffers": "32MB",
    "max_connections": "120",  # eight processes with a pool of up to ten, and their listeners
    "work_mem": "4MB",
    "maintenance_work_mem": "32MB",
    "max_wal_size": "256MB",
    "min_wal_size": "32MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "max_parallel_workers_per_gather": "0",
    "autovacuum_max_workers": "1",
    "jit": "off",
    "huge_pages": "off",
    "dynamic_shared_memory_type": "mmap",  # /dev/shm is 64 MB in some containers
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_IO_METHOD_SINCE = 18
# Not synchronous_commit: without it a commit is lost when the processes are killed, not only when the machine is.
_NOT_DURABLE = {"fsync": "off", "full_page_writes": "off"}


def server_options(major: int, own: Mapping[str, str], *, durable: bool) -> list[str]:
    """Return the server's command line options.

    Args:
        major: 18 for PostgreSQL 18.4.
        own: where it listens (`on_loopback` or `on_socket`), and settings that win over ours.
        durable: False for data that are thrown away: they survive the end of the processes, not of the machine.
    """
    settings = dict(SETTINGS)
    if major >= _IO_METHOD_SINCE:
        settings["io_method"] = "sync"  # saves three idle processes
    if not durable:
        settings |= _NOT_DURABLE
    settings |= own
    return [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]


def on_loopback(port: int) -> dict[str, str]:
    return {"listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": ""}


def on_socket(folder: str) -> dict[str, str]:
    return {"listen_addresses": "", "unix_socket_directories": folder}


def locale_options(major: int) -> list[str]:
    """Return initdb's options for text that compares by code point on every machine, with a lower() beyond ASCII."""
    if major >= _BUILTIN_LOCALE_SINCE:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return ["--locale=C.UTF-8" if os.uname().sysname == "Linux" else "--locale=C"]


def socket_folder() -> Path:
    """Return a new folder whose path is short enough for a Unix socket."""
    folder = Path(tempfile.mkdtemp(prefix=f"wb-pg-{os.getpid()}-"))
    if len(str(folder / ".s.PGSQL.5432")) > MAX_SOCKET_PATH:
        folder.rmdir()
        folder = Path(tempfile.mkdtemp(prefix=f"wb-pg-{os.getpid()}-", dir="/tmp"))
    if len(str(folder)) > MAX_SOCKET_PATH:
        raise PartError(f"{folder} is too long for a Unix socket; set TMPDIR to a shorter one")
    return folder
