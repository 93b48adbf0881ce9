"""Compose's profile `observability`: what it mounts is there, what it scrapes are its processes."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # it has no types

HERE = Path(__file__).parents[1]
ROOT = HERE.parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
OBSERVERS = {name: one for name, one in COMPOSE.items() if "observability" in one.get("profiles", ())}


def read(path: str) -> Any:  # noqa: ANN401 - a document
    return yaml.safe_load((HERE / path).read_text())


def _mebibytes(text: str) -> int:
    return int(text.removesuffix("MiB").removesuffix("m"))


def test_prometheus_scrapes_every_process_of_the_services_under_its_role() -> None:
    scraped = {
        target: (job["job_name"], group["labels"]["role"])
        for job in read("prometheus/prometheus.yml")["scrape_configs"]
        for group in job["static_configs"]
        for target in group["targets"]
    }
    ours = re.compile(r"(lists-api|trakt-sync|notifier)(-\w+)?")
    expected = {
        f"{name}:8000": (match[1], one["command"][-1])
        for name, one in COMPOSE.items()
        if (match := ours.fullmatch(name))
    }
    assert scraped == expected


def test_pods_have_the_labels_that_name_the_same_jobs_and_roles() -> None:
    # Debian's promtool knows no discovery by Kubernetes, so the labels alone are compared.
    pods = [
        one["spec"]["template"]["metadata"]["labels"]
        for path in sorted((ROOT / "deploy" / "kubernetes" / "base").glob("*.yaml"))
        for one in yaml.safe_load_all(path.read_text())
        if one["kind"] == "Deployment"
    ]
    names = [(labels["app.kubernetes.io/name"], labels["app.kubernetes.io/component"]) for labels in pods]
    jobs = read("prometheus/prometheus.yml")["scrape_configs"]
    here = [(job["job_name"], group["labels"]["role"]) for job in jobs for group in job["static_configs"]]
    assert sorted(names) == sorted(here)
    [job] = read("prometheus/kubernetes.yml")["scrape_configs"]
    targets = {one.get("target_label"): one["source_labels"] for one in job["relabel_configs"]}
    assert targets["job"] == ["__meta_kubernetes_pod_label_app_kubernetes_io_name"]
    assert targets["role"] == ["__meta_kubernetes_pod_label_app_kubernetes_io_component"]


def test_images_are_pinned_ports_listen_on_this_machine_alone_and_mounted_files_are_there() -> None:
    assert OBSERVERS.keys() == {"otel-collector", "tempo", "prometheus", "grafana"}
    for one in OBSERVERS.values():
        assert re.search(r":v?\d+\.\d+\.\d+(@sha256:\w+)?$", one["image"])
        assert all(port.startswith("127.0.0.1:") for port in one.get("ports", ()))
        mounted = [volume.split(":")[0] for volume in one["volumes"]]
        assert [path for path in mounted if path.startswith(".") and not (ROOT / path).exists()] == []
        assert one["mem_limit"]


def test_dashboards_are_those_of_the_code_and_ask_a_data_source_that_is_there() -> None:
    checked = subprocess.run([sys.executable, HERE / "dashboards.py", "--check"], check=False)  # noqa: S603
    assert checked.returncode == 0
    there = {one["uid"] for one in read("grafana/provisioning/datasources/datasources.yml")["datasources"]}
    assert there == {"prometheus", "tempo"}
    for path in (HERE / "grafana" / "dashboards").glob("*.json"):
        panels = json.loads(path.read_text())["panels"]
        assert {panel["datasource"]["uid"] for panel in panels if panel["type"] != "row"} <= there
        assert len({panel["id"] for panel in panels}) == len(panels)


def test_the_collector_sends_traces_to_where_tempo_listens() -> None:
    target = read("otel-collector.yml")["exporters"]["otlp"]["endpoint"]
    listens = read("tempo.yml")["distributor"]["receivers"]["otlp"]["protocols"]["grpc"]["endpoint"]
    assert target == f"tempo:{listens.rpartition(':')[2]}"
    assert "4318" in read("otel-collector.yml")["receivers"]["otlp"]["protocols"]["http"]["endpoint"]


def test_the_collector_refuses_spans_before_its_container_is_ended_for_its_memory() -> None:
    # Measured with Tempo away and some 17,000 spans a second: 180 MiB of 256; a limiter at 200: killed 7 times.
    collector = OBSERVERS["otel-collector"]
    container, heap = map(_mebibytes, (collector["mem_limit"], collector["environment"]["GOMEMLIMIT"]))
    limiter = read("otel-collector.yml")["processors"]["memory_limiter"]["limit_mib"]
    assert limiter <= heap * 0.8
    assert heap <= container * 0.8
    [pipeline] = read("otel-collector.yml")["service"]["pipelines"].values()
    assert pipeline["processors"][0] == "memory_limiter"


def test_no_batch_is_larger_than_a_grpc_server_takes() -> None:
    span = 4096  # bytes; ours have some hundred
    assert read("otel-collector.yml")["processors"]["batch"]["send_batch_max_size"] * span <= 4 * 2**20


def test_data_sources_are_where_prometheus_and_tempo_listen() -> None:
    sources = read("grafana/provisioning/datasources/datasources.yml")["datasources"]
    assert {one["type"]: one["url"] for one in sources} == {
        "prometheus": f"http://prometheus:{OBSERVERS['prometheus']['ports'][0].rpartition(':')[2]}",
        "tempo": f"http://tempo:{read('tempo.yml')['server']['http_listen_port']}",
    }


@pytest.mark.skipif(shutil.which("promtool") is None, reason="needs promtool (Debian: prometheus)")
def test_prometheus_takes_its_configuration() -> None:
    command = ["promtool", "check", "config", "--syntax-only", str(HERE / "prometheus" / "prometheus.yml")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert ended.returncode == 0, ended.stderr


@pytest.mark.skipif(shutil.which("docker") is None, reason="needs Docker's command line, and no engine")
def test_compose_takes_the_profile() -> None:
    command = ["docker", "compose", "--env-file", ".env.example", "--profile", "observability", "config", "--services"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert ended.returncode == 0, ended.stderr
    assert OBSERVERS.keys() <= set(ended.stdout.split())
