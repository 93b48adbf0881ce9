"""The objects for Kubernetes agree with the code, with Compose, and with one another."""

import importlib.util
import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # it has no types
from pydantic_settings import BaseSettings

from chassis.settings import ServiceSettings
from chassis.topics import TopicSettings
from lists_api import settings as lists_api
from notifier import settings as notifier
from trakt_sync import settings as trakt_sync
from watchbuddy_contracts import TOPICS

HERE = Path(__file__).parents[1]
ROOT = HERE.parents[1]
README = (HERE / "README.md").read_text()
OURS = ("lists-api", "trakt-sync", "notifier")
SETTINGS: Mapping[str, Mapping[str, type[BaseSettings]]] = {
    "lists-api": {"serve": lists_api.HttpSettings, "run": lists_api.RunSettings},
    "trakt-sync": {"serve": trakt_sync.HttpSettings, "work": trakt_sync.Settings, "consume": trakt_sync.Settings},
    "notifier": {"serve": notifier.HttpSettings, "deliver": notifier.DeliverSettings},
}
"""Of each process; a further one needs `ServiceSettings`."""
Object = Mapping[str, Any]


def _built(overlay: str) -> Sequence[Object]:
    if shutil.which("kubectl") is None:
        pytest.skip("kubectl is not there: the overlays for Kubernetes are not built")
    spec = importlib.util.spec_from_file_location("check", HERE / "check.py")
    assert spec is not None
    assert spec.loader is not None
    check = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(check)
    return list(yaml.safe_load_all(check.built(overlay)))


@pytest.fixture(scope="module")
def trial() -> Sequence[Object]:
    return _built("trial")


@pytest.fixture(scope="module")
def production() -> Sequence[Object]:
    return _built("production")


@pytest.fixture(params=["trial", "production"])
def objects(request: pytest.FixtureRequest) -> Sequence[Object]:
    found: Sequence[Object] = request.getfixturevalue(request.param)
    return found


def _of(objects: Sequence[Object], *kinds: str) -> list[Object]:
    return [one for one in objects if one["kind"] in kinds]


def _name(one: Object) -> str:
    name: str = one["metadata"]["name"]
    return name


def _pod(one: Object) -> Any:  # noqa: ANN401 - YAML
    return one["spec"]["template"]


def _ours(objects: Sequence[Object], *kinds: str) -> Iterator[tuple[Object, str, Any]]:
    """Yield each process: the object, its service and its container."""
    for one in _of(objects, *(kinds or ("Deployment", "Job"))):
        (container,) = _pod(one)["spec"]["containers"]
        service = container["image"].rpartition("/")[2].partition(":")[0].removeprefix("watchbuddy-")
        if service in OURS:
            yield one, service, container


def test_every_process_of_compose_is_there(objects: Sequence[Object]) -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    wanted = {name: one["command"] for name, one in compose.items() if name.startswith(OURS)}
    assert {_name(one): container["args"] for one, _, container in _ours(objects, "Deployment")} == wanted


def test_each_process_has_the_settings_that_it_needs_and_no_others(objects: Sequence[Object]) -> None:
    maps = {_name(one): one["data"] for one in _of(objects, "ConfigMap")}
    files = {_name(one).rpartition("-")[0]: set(one["data"]) for one in _of(objects, "Secret")}
    for one, service, container in _ours(objects, "Deployment"):
        component = one["metadata"]["labels"]["app.kubernetes.io/component"]
        fields = SETTINGS[service].get(component, ServiceSettings).model_fields
        anybody = {name for each in _all_of(service) for name in each.model_fields}
        given = {name.lower() for source in container["envFrom"] for name in maps[source["configMapRef"]["name"]]}
        assert given <= anybody | {"otel_metrics_exporter"}, _name(one)  # OpenTelemetry's own
        needed = {name for name, field in fields.items() if field.is_required()}
        secret = _secret_names(one, files)
        assert secret <= set(fields), f"{_name(one)}: a secret that it has no use for"
        if files:  # production's are kept elsewhere
            assert needed <= given | secret, _name(one)


def _all_of(service: str) -> list[type[BaseSettings]]:
    return [*SETTINGS[service].values(), TopicSettings]


def _secret_names(one: Object, files: Mapping[str, set[str]]) -> set[str]:
    (volume,) = [each for each in _pod(one)["spec"]["volumes"] if each["name"] == "secrets"]
    names: set[str] = set()
    for source in volume["projected"]["sources"]:
        secret = source["secret"]
        kept = secret["name"].rpartition("-")[0] if files else secret["name"]
        names |= {item["path"] for item in secret["items"]} if "items" in secret else files.get(kept, set())
    return names


def test_no_process_is_root_writes_or_gains_rights(objects: Sequence[Object]) -> None:
    for one in _of(objects, "Deployment", "StatefulSet", "Job"):
        pod = _pod(one)["spec"]
        assert pod["automountServiceAccountToken"] is False, _name(one)
        assert pod["securityContext"]["runAsNonRoot"] is True, _name(one)
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, _name(one)
        for container in pod["containers"]:
            context = container["securityContext"]
            assert context["allowPrivilegeEscalation"] is False, _name(one)
            assert context["capabilities"] == {"drop": ["ALL"]}, _name(one)
            # Kafka's entry point writes the configuration beside the program
            assert context.get("readOnlyRootFilesystem") or _name(one) == "kafka", _name(one)
            assert {"cpu", "memory"} <= set(container["resources"]["requests"]), _name(one)
            assert "memory" in container["resources"]["limits"], _name(one)


def test_a_volume_that_is_kept_keeps_its_rights(trial: Sequence[Object]) -> None:
    """Set at every start, they let the group write: Postgres does not start with such a folder a second time."""
    kept = [one for one in _of(trial, "Deployment", "StatefulSet") if _keeps_a_volume(one)]
    assert {_name(one) for one in kept} == {"kafka", "postgres", "simulator"}
    for one in kept:
        assert _pod(one)["spec"]["securityContext"]["fsGroupChangePolicy"] == "OnRootMismatch", _name(one)


def _keeps_a_volume(one: Object) -> bool:
    volumes = _pod(one)["spec"].get("volumes", ())
    return "volumeClaimTemplates" in one["spec"] or any("persistentVolumeClaim" in volume for volume in volumes)


def test_an_image_that_was_brought_to_the_nodes_is_taken(objects: Sequence[Object]) -> None:
    for one in _of(objects, "Deployment", "StatefulSet", "Job"):
        for container in _pod(one)["spec"]["containers"]:
            has_tag = ":" in container["image"].rpartition("/")[2]
            # without either, Kubernetes asks a registry at each start, whatever the node has
            assert has_tag or container.get("imagePullPolicy") == "IfNotPresent", _name(one)


def test_each_process_is_asked_for_its_health(objects: Sequence[Object]) -> None:
    for _, _, container in _ours(objects, "Deployment"):
        asked = {
            probe: container[probe]["httpGet"]["path"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")
        }
        assert asked == {
            "startupProbe": "/health/live",
            "livenessProbe": "/health/live",
            "readinessProbe": "/health/ready",
        }


def test_a_pod_that_goes_still_answers_until_nobody_asks_it(objects: Sequence[Object]) -> None:
    """Nodes learn of it while it goes: one that stops at once refuses connections (6 of 732 in two restarts)."""
    for one, _, container in _ours(objects, "Deployment"):
        waits_s = container["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert waits_s > 0, _name(one)
        assert _pod(one)["spec"]["terminationGracePeriodSeconds"] > waits_s + 15, "a process has 15 s to end"


def test_what_is_chosen_by_labels_is_there(objects: Sequence[Object]) -> None:
    pods = [_pod(one)["metadata"]["labels"] for one in _of(objects, "Deployment", "StatefulSet", "Job")]
    chosen = [(one, one["spec"]["selector"]) for one in _of(objects, "Service")]
    chosen += [(one, one["spec"]["selector"]["matchLabels"]) for one in _of(objects, "PodDisruptionBudget")]
    chosen += [(one, one["spec"]["podSelector"].get("matchLabels", {})) for one in _of(objects, "NetworkPolicy")]
    assert chosen
    for one, labels in chosen:
        assert any(labels.items() <= pod.items() for pod in pods), f"{one['kind']} {_name(one)} chooses nobody"
    scaled = [one["spec"]["scaleTargetRef"]["name"] for one in _of(objects, "HorizontalPodAutoscaler", "ScaledObject")]
    assert set(scaled) <= {_name(one) for one in _of(objects, "Deployment")}
    assert len(scaled) == len(set(scaled)), "one count has one master"


def test_nobody_reaches_what_is_not_named(objects: Sequence[Object]) -> None:
    policies = {_name(one): one["spec"] for one in _of(objects, "NetworkPolicy")}
    assert policies["nothing-else"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert [name for name, spec in policies.items() for rule in spec.get("ingress", []) if not rule.get("from")] == []
    outside = [peer["ipBlock"] for peer in policies["channels"]["egress"][0]["to"]]
    assert all({"10.0.0.0/8", "169.254.0.0/16"} <= set(block["except"]) for block in outside if "." in block["cidr"])


def test_an_apply_says_of_what_stays_that_it_is_unchanged(objects: Sequence[Object]) -> None:
    """What the API server would fill in is written out: kubectl sends it again otherwise, and says "configured"."""
    for one in _of(objects, "NetworkPolicy"):
        rules = [*one["spec"].get("ingress", ()), *one["spec"].get("egress", ())]
        assert all("protocol" in port for rule in rules for port in rule.get("ports", ())), _name(one)
    for one in _of(objects, "Deployment"):
        assert "type" in one["spec"]["strategy"], _name(one)


def test_consumers_follow_the_lag_of_what_they_read(production: Sequence[Object]) -> None:
    scaled = {}
    for one in _of(production, "ScaledObject"):
        triggers = [trigger["metadata"] for trigger in one["spec"]["triggers"]]
        scaled[_name(one)] = {(trigger["topic"], trigger["consumerGroup"]) for trigger in triggers}
        assert one["spec"]["maxReplicaCount"] == max(topic.partitions for topic in TOPICS)
    reading: dict[str, set[tuple[str, str]]] = {}
    for topic in TOPICS:
        for group in topic.groups:
            reading.setdefault(f"{group}-consume", set()).add((topic.name, group))
    assert scaled == reading


def test_the_secrets_to_be_made_are_those_that_are_read(production: Sequence[Object]) -> None:
    table = set(re.findall(r"^ +\| `([a-z-]+)` \|", README, flags=re.MULTILINE))
    read = {
        source["secret"]["name"]
        for one in _of(production, "Deployment", "Job")
        for volume in _pod(one)["spec"]["volumes"]
        for source in volume.get("projected", {"sources": ()})["sources"]
    }
    read |= {tls["secretName"] for one in _of(production, "Ingress") for tls in one["spec"]["tls"]}
    assert table == read - {"users"}  # the trial's: production has an identity provider


def test_a_change_of_version_deletes_the_jobs_first() -> None:
    """A job that is there takes no other image: the API server refuses it, for ten minutes after the last one."""
    blocks = re.findall(r"^```\n(.+?)^```", README, flags=re.DOTALL | re.MULTILINE)
    changes = [block for block in blocks if re.search(r"apply --kustomize \S+ --selector", block)]
    assert len(changes) == 2, "there and back"
    for block in changes:
        assert block.startswith("kubectl --namespace watchbuddy delete job --ignore-not-found --selector")


def test_the_pod_for_commands_is_a_process_that_does_nothing(production: Sequence[Object]) -> None:
    if shutil.which("jq") is None:
        pytest.skip("jq is not there (Debian: apt install jq): the pod for commands is not made")
    (text,) = re.findall(r"--output json \| jq '(.+?)' \|", README, flags=re.DOTALL)
    (one,) = [one for one in _of(production, "Deployment") if _name(one) == "lists-api-consume"]
    made = subprocess.run(["jq", text], input=json.dumps(one), capture_output=True, text=True, check=True)  # noqa: S603, S607
    pod = json.loads(made.stdout)
    (container,), (process,) = pod["spec"]["containers"], _pod(one)["spec"]["containers"]
    assert pod["metadata"]["labels"] == _pod(one)["metadata"]["labels"]  # so that it reaches Postgres and Kafka
    assert pod["spec"]["volumes"] == _pod(one)["spec"]["volumes"]
    assert container["command"] == ["sleep", "3600"]
    assert process.keys() - container.keys() == {"args", "lifecycle", "startupProbe", "livenessProbe", "readinessProbe"}


def test_no_secret_is_committed() -> None:
    for path in HERE.rglob("*.yaml"):
        for one in yaml.safe_load_all(path.read_text()):
            assert one is None or one.get("kind") != "Secret", path
