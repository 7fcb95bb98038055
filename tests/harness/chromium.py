"""A real Chromium for the browser tests: found, or installed by apt where that is permitted."""

import os
import shutil
import subprocess
import sys

SHELL = "chromium-headless-shell"
"""The same engine without windows, which needs a fifth less of the processor."""
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
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
    """The shell, or Chromium whole where the distribution has no package of the shell."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    install = ["install", "--yes", "--no-install-recommends"]
    return _apt("update") and (_apt(*install, SHELL) or _apt(*install, "chromium"))


def _apt(*arguments: str) -> bool:
    environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        ["apt-get", *arguments], env=environ, stdout=subprocess.DEVNULL, check=False
    )
    return done.returncode == 0


if __name__ == "__main__":
    ensure()
