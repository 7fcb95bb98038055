"""The files that operators copy: what can be tried without their machine is tried."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from portal.cli import main
from portal.config import ROOT
from tests.harness.servers import Server

DOCS = ROOT / "docs"
EXAMPLES = DOCS / "examples"
UNITS = sorted(path.name for path in EXAMPLES.glob("portal*.[st]*"))
only_sqlite = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


def test_the_guide_names_every_example_and_no_other() -> None:
    guide = (DOCS / "operators.md").read_text()
    named = set(re.findall(r"\(examples/([\w.-]+)\)", guide))
    assert named == {path.name for path in EXAMPLES.iterdir()}


def test_the_guide_names_commands_that_there_are() -> None:
    guide = (DOCS / "operators.md").read_text() + (DOCS / "configuration.md").read_text()
    named = set(re.findall(r"(?:^ {4}|`|&& )portal (?:--\w+ )?([\w-]+)", guide, re.MULTILINE))
    assert {"backup", "check", "init", "maintenance", "restore", "serve"} <= named
    assert named <= set(main.list_commands(None))  # type: ignore[arg-type]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
@pytest.mark.parametrize("unit", UNITS)
def test_systemd_understands_every_unit(unit: str, tmp_path: Path) -> None:
    """Copied, with commands that exist here: those of the examples stand in /opt/portal."""
    assert UNITS
    for name in UNITS:
        text = (EXAMPLES / name).read_text()
        (tmp_path / name).write_text(text.replace("ExecStart=", "ExecStart=/bin/true "))
    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (said.returncode, said.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_the_service_may_do_little() -> None:
    """Below 2 of 10 is what systemd calls OK."""
    said = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", str(EXAMPLES / "portal.service")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = re.search(r"exposure level for portal.service: ([\d.]+)", said.stdout)
    assert found is not None, said.stderr
    assert float(found[1]) < 2


def test_vector_s_file_is_toml() -> None:
    with (EXAMPLES / "vector.toml").open("rb") as file:
        assert tomllib.load(file)["sinks"]["loki"]["inputs"] == ["fields"]


@only_sqlite
def test_the_backup_script_keeps_old_backups_until_a_new_one_is_made(
    new_server: Callable[..., Server], tmp_path: Path
) -> None:
    place = tmp_path / "backups"
    place.mkdir()
    old, other = place / "portal-2026-01-01T000000Z.tar.gz", place / "notes.txt"
    for path in (old, other):
        path.touch()
        subprocess.run(["touch", "-d", "40 days ago", str(path)], check=True)
    portal = new_server()
    command = tmp_path / "portal-command"
    command.write_text(f"#!/bin/sh\nexec {shutil.which('false')}\n")
    command.chmod(0o755)
    assert run_script(portal, command, place).returncode != 0
    assert old.exists()
    command.write_text(f'#!/bin/sh\ncd {ROOT} && exec {ROOT}/.venv/bin/python -m portal "$@"\n')
    done = run_script(portal, command, place)
    assert done.returncode == 0, done.stderr
    assert not old.exists() and other.exists()
    assert len(list(place.glob("portal-*.tar.gz"))) == 1


def run_script(portal: Server, command: Path, place: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(EXAMPLES / "backup.sh"), str(place), "30"],
        env=portal.environment() | {"PORTAL": str(command)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_for_a_portal_that_is_down_is_accessible(
    page: Page, axe: Callable[[Page], None], scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto((EXAMPLES / "unavailable.html").as_uri())
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
