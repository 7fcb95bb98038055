"""A real Chromium for the browser tests: found, or installed by apt where that is permitted."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MISSING = "The browser tests need Chromium: install the package `chromium` and run again."


def executable() -> str | None:
    """Where Chromium is, or where CHROMIUM says it is."""
    named = os.environ.get("CHROMIUM")
    found = (shutil.which(name) for name in ([named] if named else NAMES))
    return next((path for path in found if path), None)


def ensure() -> str:
    """Chromium's path; SystemExit with one clear sentence where there is none."""
    return executable() or (_install() and executable()) or sys.exit(MISSING)


def _install() -> bool:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]
    steps = (["apt-get", "update"], install)
    return all(
        subprocess.run(step, env=environ, stdout=subprocess.DEVNULL, check=False).returncode == 0
        for step in steps
    )


if __name__ == "__main__":
    ensure()
