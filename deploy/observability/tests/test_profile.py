"""Compose's profile `observability`: what it mounts is there, what it scrapes are its processes."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml  # type: ignore[import-untyped]  # it has no types

HERE = Path(__file__).parents[1]
ROOT = HERE.parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
OBSERVERS = {name: one for name, one in COMPOSE.items() if "observability" in one.get("profiles", ())}

OF_ALL: Final = {"refId", "datasource", "queryType", "service"}


def has_compose() -> bool:
    """Whether Docker's command line is here with Compose: it may be without."""
    docker = shutil.which("docker")
    command = [str(docker), "compose", "version"]
    return docker is not None and subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603


def read(path: str) -> Any:  # noqa: ANN401 - a document
    return yaml.safe_load((HERE / path).read_text())


def _mebibytes(text: str) -> int:
    number, unit = re.fullmatch(r"(\d+)(MiB|m|g)", text).groups()  # type: ignore[union-attr]  # or it is no size of ours
    return int(number) * (1024 if unit == "g" else 1)


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
    assert OBSERVERS.keys() == {"jaeger", "prometheus", "grafana"}
    for one in OBSERVERS.values():
        assert re.search(r":v?\d+\.\d+\.\d+(@sha256:\w+)?$", one["image"])
        assert all(port.startswith("127.0.0.1:") for port in one.get("ports", ()))
        mounted = [volume.split(":")[0] for volume in one["volumes"]]
        assert [path for path in mounted if path.startswith(".") and not (ROOT / path).exists()] == []
        assert one["mem_limit"]


def test_dashboards_are_those_of_the_code_and_ask_a_data_source_that_is_there() -> None:
    checked = subprocess.run([sys.executable, HERE / "dashboards.py", "--check"], check=False)  # noqa: S603
    assert checked.returncode == 0
    there = {one["uid"]: one["type"] for one in read("grafana/provisioning/datasources/datasources.yml")["datasources"]}
    for path in (HERE / "grafana" / "dashboards").glob("*.json"):
        panels = json.loads(path.read_text())["panels"]
        asked = [panel["datasource"] for panel in panels if panel["type"] != "row"]
        asked += [query["datasource"] for query in _explored(panels)]
        assert {one["uid"]: one["type"] for one in asked} == there
        assert len({panel["id"] for panel in panels}) == len(panels)


def test_each_panel_leads_to_the_failed_and_the_slow_traces_of_each_service() -> None:
    services = [job["job_name"] for job in read("prometheus/prometheus.yml")["scrape_configs"]]
    conditions = [("tags", "error=true"), ("minDuration", "1s")]
    for path in (HERE / "grafana" / "dashboards").glob("*.json"):
        for panel in json.loads(path.read_text())["panels"]:
            searched = [
                (query["service"], name, query[name]) for query in _explored([panel]) for name in query.keys() - OF_ALL
            ]
            expected = [(service, *condition) for service in services for condition in conditions]
            assert searched == ([] if panel["type"] == "row" else expected)


def _explored(panels: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Return the queries of what the panels link to. Explore has two panes, and Jaeger answers one query in each."""
    for panel in panels:
        for link in panel.get("fieldConfig", {}).get("defaults", {}).get("links", ()):
            [text] = parse_qs(urlsplit(link["url"]).query)["panes"]
            panes = json.loads(text)
            assert len(panes) == 2
            for pane in panes.values():
                assert pane["range"] == {"from": "${__from}", "to": "${__to}"}
                [query] = pane["queries"]
                yield query


def test_processes_and_grafana_find_jaeger_where_it_listens() -> None:
    jaeger = read("jaeger.yml")
    takes = jaeger["receivers"]["otlp"]["protocols"]["http"]["endpoint"]
    shows = jaeger["extensions"]["jaeger_query"]["http"]["endpoint"]
    health = jaeger["extensions"]["healthcheckv2"]["http"]["endpoint"]
    assert f"\n#OTEL_EXPORTER_OTLP_ENDPOINT=http://jaeger:{_port(takes)}\n" in (ROOT / ".env.example").read_text()
    assert _port(OBSERVERS["jaeger"]["ports"][0]) == _port(shows)
    assert OBSERVERS["jaeger"]["healthcheck"]["test"][-1] == f"http://{health}/status"
    sources = read("grafana/provisioning/datasources/datasources.yml")["datasources"]
    assert {one["type"]: one["url"] for one in sources} == {
        "prometheus": f"http://prometheus:{_port(OBSERVERS['prometheus']['ports'][0])}",
        "jaeger": f"http://jaeger:{_port(shows)}",
    }


def _port(address: str) -> str:
    return address.rpartition(":")[2]


def test_jaeger_keeps_traces_on_its_volume_and_answers_when_they_are_stored() -> None:
    jaeger = read("jaeger.yml")
    [store] = jaeger["extensions"]["jaeger_storage"]["backends"].values()
    [volume] = [one.rpartition(":")[2] for one in OBSERVERS["jaeger"]["volumes"] if one.startswith("jaeger:")]
    assert not store["badger"]["ephemeral"]
    assert {Path(path).parent for path in store["badger"]["directories"].values()} == {Path(volume)}
    # The image's user may write to /tmp alone, so a memory disk may not lie over the volume.
    assert volume == "/tmp"  # noqa: S108 - not the host's
    assert volume not in OBSERVERS["jaeger"]["tmpfs"]
    [pipeline] = jaeger["service"]["pipelines"].values()
    assert pipeline == {"receivers": ["otlp"], "exporters": ["jaeger_storage_exporter"]}


def test_jaeger_collects_garbage_before_its_container_is_ended_for_its_memory() -> None:
    jaeger = OBSERVERS["jaeger"]
    assert _mebibytes(jaeger["environment"]["GOMEMLIMIT"]) <= _mebibytes(jaeger["mem_limit"]) * 0.8


@pytest.mark.skipif(shutil.which("promtool") is None, reason="needs promtool (Debian: prometheus)")
def test_prometheus_takes_its_configuration() -> None:
    command = ["promtool", "check", "config", "--syntax-only", str(HERE / "prometheus" / "prometheus.yml")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert ended.returncode == 0, ended.stderr


@pytest.mark.skipif(not has_compose(), reason="needs Docker's command line with Compose, and no engine")
def test_compose_takes_the_profile() -> None:
    command = ["docker", "compose", "--env-file", ".env.example", "--profile", "observability", "config", "--services"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert ended.returncode == 0, ended.stderr
    assert OBSERVERS.keys() <= set(ended.stdout.split())
