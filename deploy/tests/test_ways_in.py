"""What a deployment lets in from outside: the services' APIs where they are published, and no admin API."""

from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from local_stack.system import table

ROOT = Path(__file__).parents[2]
OPEN = {"lists-api", "trakt-sync", "notifier", "simulator", "grafana", "jaeger", "prometheus"}


def compose() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    return services


def objects(path: str) -> list[dict[str, Any]]:
    return [one for one in yaml.safe_load_all((ROOT / path).read_text()) if one]


def test_compose_publishes_on_this_machine_alone() -> None:
    published = {name: service.get("ports", []) for name, service in compose().items()}
    assert {name for name, ports in published.items() if ports} <= OPEN
    assert published["simulator"]
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)


def test_composes_simulator_runs_when_it_is_asked_for() -> None:
    assert compose()["simulator"]["profiles"] == ["simulator"]


def test_in_kubernetes_only_trakt_sync_reaches_the_simulator() -> None:
    found = objects("deploy/kubernetes/components/simulator/simulator.yaml")
    [service] = [one for one in found if one["kind"] == "Service"]
    assert service["spec"].get("type", "ClusterIP") == "ClusterIP"
    policies = [one["spec"] for one in found if one["kind"] == "NetworkPolicy" and "ingress" in one["spec"]]
    [policy] = [
        one for one in policies if one["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": "simulator"}}
    ]
    assert policy["policyTypes"] == ["Ingress"]
    [rule] = policy["ingress"]
    assert [source["podSelector"]["matchLabels"] for source in rule["from"]] == [
        {"app.kubernetes.io/name": "trakt-sync"}
    ]
    production = (ROOT / "deploy/kubernetes/overlays/production/kustomization.yaml").read_text()
    assert "simulator" not in production


def test_the_local_stacks_simulator_listens_on_loopback() -> None:
    command = table.simulator(dict.fromkeys(table.WANTED_PORTS, 8900), {}, state=None).command
    assert command[command.index("--host") + 1] == "127.0.0.1"
