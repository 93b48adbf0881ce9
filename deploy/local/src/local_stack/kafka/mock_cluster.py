"""librdkafka's mock Kafka cluster, driven through the C library that the confluent-kafka wheel carries.

Its limits (librdkafka 2.16, rdkafka_mock.c):

- Records live in memory, at most 5 MiB (or 100,000 batches) a partition. No setting changes that. The oldest go first.
- It has no CreateTopics: only this class makes topics.
- Its transactions do nothing.
- A second plain consumer of a group cannot join. The local stack runs one process for each group.
"""

import ctypes
import importlib.util
from pathlib import Path
from types import TracebackType
from typing import Self

RD_KAFKA_PRODUCER = 0
BROKER = 1

_pointer, _text, _int = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
# rdkafka_mock.h, "experimental": the wheel's version is pinned in pyproject.toml.
_SIGNATURES = {
    "rd_kafka_conf_new": (_pointer, []),
    "rd_kafka_conf_set": (_int, [_pointer, _text, _text, _text, ctypes.c_size_t]),
    "rd_kafka_new": (_pointer, [_int, _pointer, _text, ctypes.c_size_t]),
    "rd_kafka_destroy": (None, [_pointer]),
    "rd_kafka_mock_cluster_new": (_pointer, [_pointer, _int]),
    "rd_kafka_mock_cluster_destroy": (None, [_pointer]),
    "rd_kafka_mock_cluster_bootstraps": (_text, [_pointer]),
    "rd_kafka_mock_topic_create": (_int, [_pointer, _text, _int, _int]),
    "rd_kafka_mock_broker_set_down": (_int, [_pointer, ctypes.c_int32]),
    "rd_kafka_mock_broker_set_up": (_int, [_pointer, ctypes.c_int32]),
    "rd_kafka_mock_broker_set_rtt": (_int, [_pointer, ctypes.c_int32, _int]),
    "rd_kafka_mock_push_request_errors_array": (
        None,
        [_pointer, ctypes.c_int16, ctypes.c_size_t, ctypes.POINTER(_int)],
    ),
    "rd_kafka_mock_group_initial_rebalance_delay_ms": (None, [_pointer, ctypes.c_int32]),
}


def _library() -> ctypes.CDLL:
    # Found without an import: importing the Python client, which nothing here uses, costs 10 MB.
    spec = importlib.util.find_spec("confluent_kafka")
    if spec is None or spec.origin is None:
        raise ImportError("the embedded Kafka needs the package confluent-kafka")
    package = Path(spec.origin).parent
    places = (package.parent / "confluent_kafka.libs", package / ".dylibs", package)
    for place in places:
        for found in sorted(place.glob("librdkafka*")):
            library = ctypes.CDLL(str(found))
            for name, (result, arguments) in _SIGNATURES.items():
                function = getattr(library, name)
                function.restype, function.argtypes = result, arguments
            return library
    raise ImportError(f"confluent-kafka carries no librdkafka in {places[0]}")


class MockCluster:
    """One broker on a free port of the loopback address, for as long as this process lives."""

    def __init__(self) -> None:
        self._c = _library()
        error = ctypes.create_string_buffer(512)
        configuration = self._c.rd_kafka_conf_new()
        # Errors only: otherwise it warns that this client, which only holds the cluster, has no broker.
        self._c.rd_kafka_conf_set(configuration, b"log_level", b"3", error, len(error))
        self._handle = self._c.rd_kafka_new(RD_KAFKA_PRODUCER, configuration, error, len(error))
        if not self._handle:
            raise OSError(f"librdkafka: {error.value.decode()}")
        self._cluster = self._c.rd_kafka_mock_cluster_new(self._handle, BROKER)
        if not self._cluster:
            raise OSError("librdkafka: no port for the mock cluster")
        # By default the first member of a group waits 3 s for others. Here each group has one member.
        self._c.rd_kafka_mock_group_initial_rebalance_delay_ms(self._cluster, 0)

    @property
    def bootstrap_servers(self) -> str:
        address: bytes = self._c.rd_kafka_mock_cluster_bootstraps(self._cluster)
        return address.decode()

    def create_topic(self, name: str, partitions: int) -> None:
        self._check(self._c.rd_kafka_mock_topic_create(self._cluster, name.encode(), partitions, 1), f"topic {name}")

    def down(self) -> None:
        """Close all connections and refuse new ones; the records stay."""
        self._check(self._c.rd_kafka_mock_broker_set_down(self._cluster, BROKER), "down")

    def up(self) -> None:
        self._check(self._c.rd_kafka_mock_broker_set_up(self._cluster, BROKER), "up")

    def latency(self, milliseconds: int) -> None:
        """Delay every answer."""
        self._check(self._c.rd_kafka_mock_broker_set_rtt(self._cluster, BROKER, milliseconds), "latency")

    def errors(self, api_key: int, *codes: int) -> None:
        """Answer the next requests of one API with these error codes, one each (0: this one goes well)."""
        array = (ctypes.c_int * len(codes))(*codes)
        self._c.rd_kafka_mock_push_request_errors_array(self._cluster, api_key, len(codes), array)

    def close(self) -> None:
        self._c.rd_kafka_mock_cluster_destroy(self._cluster)
        self._c.rd_kafka_destroy(self._handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @staticmethod
    def _check(code: int, what: str) -> None:
        if code != 0:
            raise OSError(f"librdkafka's mock cluster: {what}: error {code}")
