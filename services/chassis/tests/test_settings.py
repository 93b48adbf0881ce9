"""Settings: where they come from, and that a wrong one ends the process in one line that names it."""

import re
from collections.abc import Callable
from pathlib import Path

import certifi
import jwt
import pytest
from pydantic import AnyHttpUrl

from chassis.example_secrets import known_secret
from chassis.settings import AuthSettings, ServiceSettings
from chassis.testing import run_python

KEY = "k" * 32
GOOD = {"DATABASE_URL": "postgresql://h/d", "KAFKA_BOOTSTRAP_SERVERS": "y:9092"}
LOAD = "import chassis.settings as s\nclass Both(s.ServiceSettings, s.AuthSettings): pass\ns.load(Both)"


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://h/d"}, "KAFKA_BOOTSTRAP_SERVERS"),
        (GOOD | {"HTTP_PORT": "http"}, "HTTP_PORT"),
        (GOOD | {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:abc", "AUTH_LOCAL_KEY": KEY}, "KAFKA_BOOTSTRAP_SERVERS"),
        (GOOD | {"KAFKA_BOOTSTRAP_SERVERS": "a:1,,b:2", "AUTH_LOCAL_KEY": KEY}, "KAFKA_BOOTSTRAP_SERVERS"),
        (GOOD | {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:99999", "AUTH_LOCAL_KEY": KEY}, "KAFKA_BOOTSTRAP_SERVERS"),
        (GOOD | {"AUTH_JWKS_URL": "foo"}, "AUTH_JWKS_URL"),
        (GOOD | {"AUTH_LOCAL_KEY": "short"}, "AUTH_LOCAL_KEY"),
        (GOOD, "AUTH_LOCAL_KEY or AUTH_JWKS_URL"),
        (GOOD | {"DATABASE_URL": "nonsense", "AUTH_LOCAL_KEY": KEY}, "DATABASE_URL"),
        (GOOD | {"DATABASE_URL": "postgresql://u:se/cret@h/d", "AUTH_LOCAL_KEY": KEY}, "DATABASE_URL"),
        (GOOD | {"DATABASE_URL": "postgresql://u:se%2Fcret@h/d?sslrootcert=/nowhere/ca.pem"}, "/nowhere/ca.pem"),
        (GOOD | {"LOG_LEVEL": "loud", "AUTH_LOCAL_KEY": KEY}, "LOG_LEVEL"),
    ],
)
def test_bad_settings_end_the_process_with_one_line_that_names_the_variable(env: dict[str, str], named: str) -> None:
    ended = run_python("-c", LOAD, **env)
    assert ended.returncode == 2
    assert named in ended.stderr
    assert "se/cret" not in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({}, "KAFKA_BOOTSTRAP_SERVERS"),
        ({"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:99999"}, "KAFKA_BOOTSTRAP_SERVERS"),
        ({"KAFKA_BOOTSTRAP_SERVERS": "k:9092", "KAFKA_REPLICATION": "many"}, "KAFKA_REPLICATION"),
    ],
)
def test_the_topics_command_names_a_bad_setting_in_one_line(env: dict[str, str], named: str) -> None:
    ended = run_python("-m", "chassis.topics", **env)
    assert ended.returncode == 2
    assert named in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


SASL = {
    "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
    "KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
    "KAFKA_SASL_USERNAME": "ada",
    "KAFKA_SASL_PASSWORD": "s3cret",
}


@pytest.mark.parametrize(
    ("env", "said"),
    [
        (SASL | {"KAFKA_SECURITY_PROTOCOL": "TLS"}, "KAFKA_SECURITY_PROTOCOL: Input should be 'PLAINTEXT', 'SSL'"),
        (SASL | {"KAFKA_SASL_MECHANISM": ""}, "KAFKA_SASL_MECHANISM: KAFKA_SECURITY_PROTOCOL=SASL_SSL needs it"),
        (SASL | {"KAFKA_SASL_MECHANISM": "GSSAPI"}, "KAFKA_SASL_MECHANISM: Input should be 'PLAIN', 'SCRAM-SHA-256'"),
        (SASL | {"KAFKA_SASL_USERNAME": ""}, "KAFKA_SASL_USERNAME: KAFKA_SECURITY_PROTOCOL=SASL_SSL needs it"),
        (SASL | {"KAFKA_SASL_PASSWORD": ""}, "KAFKA_SASL_PASSWORD: KAFKA_SECURITY_PROTOCOL=SASL_SSL needs it"),
        ({"KAFKA_SASL_PASSWORD": "s3cret"}, "KAFKA_SASL_PASSWORD: only KAFKA_SECURITY_PROTOCOL=SASL_SSL or"),
        (SASL | {"KAFKA_CA_FILE": "/nowhere/ca.pem"}, "KAFKA_CA_FILE: /nowhere/ca.pem: No such file or directory"),
        (SASL | {"KAFKA_CA_FILE": __file__}, f"KAFKA_CA_FILE: {__file__} holds no certificate in PEM"),
        ({"KAFKA_CA_FILE": certifi.where()}, "KAFKA_CA_FILE: only KAFKA_SECURITY_PROTOCOL=SSL or SASL_SSL uses it"),
    ],
)
def test_kafka_settings_that_do_not_go_together_are_refused_in_one_line(env: dict[str, str], said: str) -> None:
    ended = run_python("-m", "chassis.topics", KAFKA_BOOTSTRAP_SERVERS="k:9092", **env)
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"bad settings: {said}")
    assert "s3cret" not in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize("servers", ["kafka", "kafka:9092", "[::1]:9092", "10.0.0.1:9092, b.example:19092"])
def test_kafka_may_be_named_as_its_clients_take_it(servers: str) -> None:
    settings = ServiceSettings(database_url="postgresql://h/d", kafka_bootstrap_servers=servers)
    assert settings.kafka_bootstrap_servers == servers


SHOW = (
    "import chassis.settings as s\nclass Both(s.ServiceSettings, s.AuthSettings): pass\nboth = s.load(Both)\n"
    "print(both.database_url.get_secret_value(), both.auth_local_key.get_secret_value(), both.kafka_bootstrap_servers)"
)


def test_settings_come_from_secret_files_as_well_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / "database_url").write_text("postgresql://u:s3cret@h/d\n")
    (tmp_path / "AUTH_LOCAL_KEY").write_text(f"{KEY}\n")
    (tmp_path / "kafka_bootstrap_servers").write_text("file:9092")
    ended = run_python("-c", SHOW, SECRETS_DIR=str(tmp_path), KAFKA_BOOTSTRAP_SERVERS="k:9092", DATABASE_URL="")
    assert ended.stdout.split() == ["postgresql://u:s3cret@h/d", KEY, "k:9092"]


def test_secret_files_may_be_links_as_kubernetes_makes_them(tmp_path: Path) -> None:
    (tmp_path / "..2026").mkdir()
    (tmp_path / "..2026" / "database_url").write_text("postgresql://u:s3cret@h/d")
    (tmp_path / "..data").symlink_to("..2026")
    (tmp_path / "database_url").symlink_to("..data/database_url")
    ended = run_python("-c", SHOW, SECRETS_DIR=str(tmp_path), KAFKA_BOOTSTRAP_SERVERS="k:9092", AUTH_LOCAL_KEY=KEY)
    assert ended.stdout.startswith("postgresql://u:s3cret@h/d")


def make_a_wrong_address(folder: Path) -> None:
    (folder / "database_url").write_text("u:s3cret@h/d")


def make_a_folder(folder: Path) -> None:
    (folder / "database_url").mkdir()


def make_no_text(folder: Path) -> None:
    (folder / "database_url").write_bytes(b"\xff")


def make_nothing(folder: Path) -> None:
    folder.rmdir()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (make_nothing, "SECRETS_DIR: there is no directory "),
        (make_a_wrong_address, "DATABASE_URL: must be postgresql://"),
        (make_a_folder, "SECRETS_DIR: .* found a directory instead"),
        (make_no_text, "SECRETS_DIR: .* can't decode"),
    ],
)
def test_a_bad_secret_file_ends_the_process_in_one_line(
    make: Callable[[Path], None], said: str, tmp_path: Path
) -> None:
    make(tmp_path)
    ended = run_python("-c", LOAD, SECRETS_DIR=str(tmp_path), KAFKA_BOOTSTRAP_SERVERS="k:9092", AUTH_LOCAL_KEY=KEY)
    assert ended.returncode == 2
    assert re.match(f"bad settings: {said}", ended.stderr), ended.stderr
    assert "s3cret" not in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_token_is_signed_with_a_key_in_a_secret_file(tmp_path: Path) -> None:
    (tmp_path / "auth_local_key").write_text(KEY)
    ended = run_python("-m", "chassis.token", "--user", "ada", SECRETS_DIR=str(tmp_path))
    assert jwt.decode(ended.stdout.strip(), KEY, algorithms=["HS256"], audience="watchbuddy", issuer="watchbuddy")


def test_secrets_are_not_shown() -> None:
    settings = ServiceSettings(database_url="postgresql://u:secret@h/d", kafka_bootstrap_servers="k:9092")
    assert "secret" not in repr(settings)


def test_the_token_command_prints_a_token_the_services_accept() -> None:
    ended = run_python("-m", "chassis.token", "--user", "ada", AUTH_LOCAL_KEY=KEY)
    claims = jwt.decode(ended.stdout.strip(), KEY, algorithms=["HS256"], audience="watchbuddy", issuer="watchbuddy")
    assert claims["sub"] == "ada"


ANYWHERE = "0.0.0.0"  # noqa: S104 - nothing listens
EXAMPLE = "insecure-example-key-which-everybody-knows"
OWN = "k" * 43
LOOSE = "postgresql://u:insecureexamplepassword@h/d"


class Reached(ServiceSettings, AuthSettings):
    """Of a process with users, whose address browsers know."""

    public_url: AnyHttpUrl | None = None


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"auth_local_key": EXAMPLE, "http_host": ANYWHERE}, "AUTH_LOCAL_KEY"),
        ({"auth_local_key": EXAMPLE, "http_host": "::"}, "AUTH_LOCAL_KEY"),
        ({"auth_local_key": EXAMPLE, "http_host": "lists.lan"}, "AUTH_LOCAL_KEY"),
        ({"auth_local_key": EXAMPLE, "public_url": "https://lists.example.org"}, "AUTH_LOCAL_KEY"),
        ({"auth_local_key": EXAMPLE, "public_url": "http://1.1.1.1:8001"}, "AUTH_LOCAL_KEY"),
        ({"auth_local_key": OWN, "database_url": LOOSE, "http_host": ANYWHERE}, "DATABASE_URL"),
        ({"auth_local_key": EXAMPLE}, None),
        ({"auth_local_key": EXAMPLE, "http_host": "localhost", "public_url": "http://localhost:8001"}, None),
        ({"auth_local_key": EXAMPLE, "public_url": "http://192.168.1.5:8001"}, None),
        ({"auth_local_key": EXAMPLE, "public_url": "http://simulator:8900"}, None),
        ({"auth_local_key": OWN, "http_host": ANYWHERE, "public_url": "https://lists.example.org"}, None),
    ],
)
def test_an_examples_secret_is_known_where_others_reach_the_process(changes: dict[str, str], named: str | None) -> None:
    known = {"database_url": "postgresql://h/d", "kafka_bootstrap_servers": "y:9092"}
    assert known_secret(Reached.model_validate(known | changes)) == named


def test_a_process_that_others_reach_ends_with_an_examples_secret_in_one_line() -> None:
    ended = run_python("-c", LOAD, **GOOD, AUTH_LOCAL_KEY=EXAMPLE, HTTP_HOST=ANYWHERE)
    assert ended.returncode == 2
    assert ended.stderr.startswith("bad settings: AUTH_LOCAL_KEY: is the example's")
    assert len(ended.stderr.splitlines()) == 1
