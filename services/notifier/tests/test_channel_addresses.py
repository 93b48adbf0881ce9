import pytest

from chassis.testing import run_python
from notifier.channels.addresses import HOSTED, SCHEMES, AddressError, check, host_of, masked
from notifier.channels.networks import Networks


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::6810:84e5", "64:ff9b::5db8:d70e"])
def test_public_addresses_may_be_sent_to(address: str) -> None:
    assert Networks().admit(address)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "127.8.8.8",
            "0.0.0.0",  # noqa: S104
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "169.254.169.254",
        ),
        *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::"),
        *("example.org", "", "localhost", "127.1", None, 2130706433.5),
    ],
)
def test_others_may_not(address: object) -> None:
    assert not Networks().admit(address)


def test_a_setting_allows_networks_and_no_more() -> None:
    networks = Networks.of_setting("192.168.1.0/24, ::1")
    assert networks.admit("192.168.1.7")
    assert networks.admit("::ffff:192.168.1.7")
    assert networks.admit("::1")
    assert not networks.admit("192.168.2.7")
    assert not networks.admit("127.0.0.1")


def allowed(kind: str, address: str, *, http: bool = False) -> bool:
    try:
        check(kind, address, schemes=SCHEMES, is_http_allowed=http)  # type: ignore[arg-type]
    except AddressError:
        return False
    return True


@pytest.mark.parametrize("address", ["secret://secret.secret", "json://secret:99999", "json://secret secret"])
def test_a_refusal_does_not_repeat_the_address(address: str) -> None:
    with pytest.raises(AddressError) as refusal:
        check("apprise", address, schemes=SCHEMES, is_http_allowed=False)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("address", ["ntfys://ntfy.sh/topic", "mailtos://a:b@example.org", "tgram://1:a/2", "JSON://a"])
def test_schemes_of_the_list_are_taken(address: str) -> None:
    assert allowed("apprise", address)


@pytest.mark.parametrize(
    "address",
    [
        *("file:///etc/passwd", "syslog://", "dbus://", "macosx://", "apprise://host/token", "https://example.org"),
        *("ntfy", "://", "", "json://a b", "json://a\n", "json://é", "json://[::1", "json://a:99999"),
    ],
)
def test_others_are_not(address: str) -> None:
    assert not allowed("apprise", address)


def test_a_webhook_is_https_unless_networks_of_ones_own_are_allowed() -> None:
    assert allowed("webhook", "https://example.org/a?b=c")
    assert not allowed("webhook", "http://example.org/")
    assert allowed("webhook", "http://example.org/", http=True)


@pytest.mark.parametrize("address", ["https://", "https:///x", "https://a:b@example.org/", "https://a/#b", "ftp://a/"])
def test_a_webhook_is_a_plain_address(address: str) -> None:
    assert not allowed("webhook", address, http=True)


@pytest.mark.parametrize(
    ("kind", "address", "shown"),
    [
        ("webhook", "https://hooks.example.org:8443/secret?token=secret", "https://hooks.example.org/…"),
        ("apprise", "ntfys://user:secret@ntfy.example.org/secret", "ntfys://ntfy.example.org/…"),
        ("apprise", "mailtos://user:secret@example.org?to=secret@example.org", "mailtos://example.org/…"),
        ("apprise", "ntfy://secret", "ntfy:///…"),
        ("apprise", "tgram://secret:secret/secret", "tgram:///…"),
        ("apprise", "slack://secret.secret/secret", "slack:///…"),
    ],
)
def test_what_is_shown_holds_no_secret(kind: str, address: str, shown: str) -> None:
    assert masked(kind, address) == shown  # type: ignore[arg-type]
    assert "secret" not in shown


def test_only_hosts_are_looked_up_and_no_tokens() -> None:
    assert host_of("apprise", "ntfy://ntfy.example.org:8080/topic") == ("ntfy.example.org", 8080)
    assert host_of("apprise", "json://localhost") == ("localhost", None)
    assert host_of("apprise", "discord://token.token/x") is None
    assert host_of("apprise", "ntfy://topic") is None


def test_apprise_knows_every_scheme_of_the_list() -> None:
    ask = "from apprise.manager_plugins import NotificationManager as N; print(*N().schemas())"
    assert HOSTED < SCHEMES <= set(run_python("-W", "ignore", "-c", ask).stdout.split())


REBOUND = """
import socket, sys
from http.client import HTTPConnection
from ipaddress import ip_network
from notifier.channels.networks import Networks
from notifier.channels.outbound.guard import Guard

server = socket.create_server(("127.0.0.1", 0))
port = server.getsockname()[1]
answers = [[(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))] for host in ("93.184.215.14", "127.0.0.1")]
socket.getaddrinfo = lambda *_, **__: answers.pop(0)
socket.getaddrinfo("rebound.example.org", port)  # as somebody looks at it first
guard = Guard(Networks())
guard.close()
try:
    HTTPConnection("rebound.example.org", port, timeout=2).request("GET", "/")
except PermissionError as error:
    print("refused", guard.has_refused)
"""


def test_a_name_that_leads_elsewhere_a_moment_later_leads_nowhere() -> None:
    done = run_python("-c", REBOUND)
    assert done.stdout.split() == ["refused", "True"], done.stderr


@pytest.mark.parametrize(
    "act",
    [
        "open('/etc/hostname')",
        "open('/tmp/watchbuddy-written', 'w')",
        "__import__('os').system('true')",
        "__import__('subprocess').run(['true'])",
        "socket.socket(socket.AF_UNIX).connect('/run/docker.sock')",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 514))",
        "socket.socket().connect_ex(('10.0.0.1', 80))",
        "socket.socket().connect(('localhost', 80))",
    ],
)
def test_a_process_that_sends_does_nothing_else(act: str) -> None:
    guarded = "import socket, subprocess; from notifier.channels.networks import Networks as N\n"
    guarded += "from notifier.channels.outbound.guard import Guard; Guard(N()).close()\n"
    done = run_python("-c", f"{guarded}try: {act}\nexcept PermissionError: print('refused')")
    assert done.stdout.strip() == "refused", done.stderr
