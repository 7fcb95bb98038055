"""Web and worker as they really run: started, killed, stopped, side by side."""

from __future__ import annotations

import os
import re
import signal
import socket
import time
from collections.abc import Callable
from urllib.parse import urljoin

import httpx
import psutil
import pytest

from tests.harness.client import form_in
from tests.harness.servers import Server, until

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)

NewServer = Callable[..., Server]


def test_it_says_where_it_is_where_mails_go_and_how_to_sign_in(new_server: NewServer) -> None:
    portal = new_server("serve", "--prepare", empty=True, PORTAL_ENV="development")
    started = time.monotonic()
    portal.start()
    until(lambda: "sign in:" in portal.said())
    assert time.monotonic() - started < 60
    address, mail, sign_in = portal.said().splitlines()[-3:]
    assert address == f"address: {portal.url}/"
    assert mail == f"mail: {portal.data_dir}/mail"
    assert sign_in.startswith(f"sign in: {portal.url}/")
    assert portal.stop() == 0
    portal.start()
    assert "demonstration" not in portal.said()


def test_outside_development_it_tells_nobody_how_to_sign_in(new_server: NewServer) -> None:
    portal = new_server().start()
    time.sleep(1)
    assert "address:" in portal.said()
    assert "sign in" not in portal.said()


def test_an_occupied_port_is_a_clear_error(new_server: NewServer) -> None:
    portal = new_server().start()
    for command in ("serve", "web"):
        second = new_server().command(command, PORTAL_PORT=str(portal.port))
        assert second.returncode == 2
        assert f"Port {portal.port} is in use" in second.stderr
        assert "Traceback" not in second.stderr
    assert portal.http().get("/healthz").status_code == 200


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_cleanly(new_server: NewServer, how: signal.Signals) -> None:
    portal = new_server().start()
    processes = portal.processes()
    assert len(processes) >= 4
    assert portal.stop(how) == 0
    assert psutil.wait_procs(processes, timeout=1)[1] == []
    assert portal.errors() == ""


def test_a_request_in_flight_is_answered_before_it_stops(new_server: NewServer) -> None:
    portal = new_server().start()
    with socket.create_connection(("127.0.0.1", portal.port)) as client:
        head = (
            "POST /en/registrations/link HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n\r\n"
        )
        client.sendall(head.encode() + b"email=")
        time.sleep(0.5)
        os.kill(portal.pid, signal.SIGTERM)
        time.sleep(0.5)
        client.sendall(b"x")
        client.settimeout(10)
        answer = client.recv(4096)
    assert re.match(rb"HTTP/1\.1 [24]\d\d ", answer)
    assert portal.process is not None
    assert portal.process.wait(10) == 0


def test_kill_9_leaves_nothing_behind(new_server: NewServer) -> None:
    portal = new_server().start()
    processes = portal.processes()
    portal.kill()
    assert psutil.wait_procs(processes, timeout=10)[1] == []
    portal.start()
    assert portal.http().get("/healthz").status_code == 200


def test_one_that_dies_is_started_again(new_server: NewServer) -> None:
    portal = new_server().start()
    supervisor = psutil.Process(portal.pid)
    for child in _web_and_worker(portal):
        descendants = child.children(recursive=True)
        child.kill()
        assert psutil.wait_procs([child, *descendants], timeout=5)[1] == []
        until(lambda: len(supervisor.children()) == 2)
    until(lambda: _answers(portal))
    assert portal.errors().count("starting it again") >= 2


def test_a_killed_process_of_the_web_is_replaced(new_server: NewServer) -> None:
    portal = new_server().start()
    web = next(child for child in _web_and_worker(portal) if child.children())
    before = web.children()
    before[0].kill()
    until(lambda: len(web.children()) == len(before) and before[0] not in web.children())
    until(lambda: _answers(portal))


def test_two_portals_run_side_by_side(new_server: NewServer) -> None:
    portals = [new_server().start() for _ in range(2)]
    assert len({portal.port for portal in portals}) == 2
    assert all(portal.http().get("/healthz").status_code == 200 for portal in portals)
    instances = {(portal.data_dir / "instance").read_text() for portal in portals}
    assert len(instances) == 2
    portals[0].stop()
    assert portals[1].http().get("/healthz").status_code == 200


def test_one_browser_is_signed_in_to_two_portals(new_server: NewServer) -> None:
    portals = [new_server("serve", "--prepare", PORTAL_ENV="development").start() for _ in range(2)]
    with httpx.Client(follow_redirects=True, timeout=60) as browser:
        for portal in portals:
            until(lambda portal=portal: "sign in:" in portal.said())
            link = portal.said().partition("sign in: ")[2].strip()
            form = form_in(browser.get(link).text)
            browser.post(urljoin(link, form.action), data=form.values).raise_for_status()
        for portal in portals:
            desk = browser.get(f"{portal.url}/desk/", follow_redirects=False)
            assert desk.status_code == 200
    assert len({cookie.name for cookie in browser.cookies.jar}) == len(browser.cookies.jar)


def test_sixty_slow_clients_delay_nobody(new_server: NewServer) -> None:
    portal = new_server().start()
    slow = [socket.create_connection(("127.0.0.1", portal.port)) for _ in range(60)]
    head = "POST /en/registrations/link HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 90\r\n\r\n"
    for number, client in enumerate(slow):
        client.sendall(head.encode() if number % 2 else b"GET /healthz HT")
    time.sleep(0.5)
    http, times = portal.http(), []
    for _ in range(40):
        started = time.monotonic()
        assert http.get("/healthz").status_code == 200
        times.append(time.monotonic() - started)
    for client in slow:
        client.close()
    assert sorted(times)[20] < 0.1


def test_production_does_not_start_unsafe(new_server: NewServer) -> None:
    portal = new_server(PORTAL_ENV="production", PORTAL_SECRET_KEY="changeme")
    checked = portal.command("check")
    assert checked.returncode == 1
    assert len(checked.stdout.splitlines()) == 4
    assert "letters are kept as files" in checked.stdout
    for command in ("serve", "web", "worker", "init"):
        refused = portal.command(command)
        assert refused.returncode == 2
        assert "PORTAL_SECRET_KEY is weak" in refused.stderr


def test_a_database_without_tables_is_said_in_a_sentence(new_server: NewServer) -> None:
    portal = new_server(empty=True)
    told = portal.command("demo")
    assert told.returncode == 1
    assert "`portal init` prepares it" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_public_address_without_https_is_doubted_and_not_refused(new_server: NewServer) -> None:
    portal = new_server(
        PORTAL_ENV="production",
        PORTAL_PUBLIC_URL="http://portal.example.org",
        PORTAL_MAIL_FROM="portal@example.org",
    )
    checked = portal.command("check")
    assert checked.returncode == 0
    assert "PORTAL_PUBLIC_URL begins with http" in checked.stdout


def test_what_no_setting_can_show_is_named_and_not_looked_up(new_server: NewServer) -> None:
    checked = new_server(
        PORTAL_ENV="production",
        PORTAL_PUBLIC_URL="https://portal.example.org",
        PORTAL_MAIL_FROM="Portal <portal@mail.example.org>",
        PORTAL_MAIL_URL="smtp://mail.example.org:587?tls=starttls",
    ).command("check")
    assert checked.returncode == 0
    assert "the DNS of mail.example.org needs SPF, DKIM and DMARC" in checked.stdout


def test_what_is_in_order_is_said_to_be(new_server: NewServer) -> None:
    checked = new_server().command("check")
    assert (checked.returncode, checked.stdout) == (0, "The settings are in order.\n")


def _web_and_worker(portal: Server) -> list[psutil.Process]:
    supervisor = psutil.Process(portal.pid)
    until(lambda: len(supervisor.children()) == 2)  # the one that says the address has ended
    return supervisor.children()


def _answers(portal: Server) -> bool:
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", portal.port)):
            return False
    return portal.http().get("/healthz").status_code == 200
