"""Static files: the one stylesheet that every page asks for."""

import gzip
import os
import re
import tempfile
from pathlib import Path

import brotli

BUNDLE = Path("css/portal.css")


def bundle(static_dir: Path) -> Path:
    """Write css/portal.css and its compressed twins from our files, only when they are stale."""
    target = static_dir / BUNDLE
    wanted = _joined(static_dir / "css").encode()
    if not _is_fresh(target, wanted):
        _replace(_beside(target, ".br"), brotli.compress(wanted, mode=brotli.MODE_TEXT))
        _replace(_beside(target, ".gz"), gzip.compress(wanted, mtime=0))
        _replace(target, wanted)
    return target


def _joined(css: Path) -> str:
    """Order decides between equals: the library, what we call things, elements, parts, print."""
    first = [css / f"{name}.css" for name in ("ecl", "tokens", "base", "layout")]
    parts = sorted((css / "components").glob("*.css"))
    files = [*first, *parts, css / "print.css"]
    return "".join(_without_comments(file.read_text(encoding="utf-8")) for file in files)


def _without_comments(css: str) -> str:
    """Licences (/*! … */) stay; so does everything that is not a comment or an indent."""
    bare = re.sub(r"/\*(?!!).*?\*/", "", css, flags=re.DOTALL)
    return re.sub(r"\n\s*", "\n", bare).lstrip()


def _is_fresh(target: Path, wanted: bytes) -> bool:
    files = (target, _beside(target, ".br"), _beside(target, ".gz"))
    return all(file.exists() for file in files) and target.read_bytes() == wanted


def _beside(target: Path, ending: str) -> Path:
    return target.with_name(target.name + ending)


def _replace(target: Path, content: bytes) -> None:
    """Whole or not at all, written outside what is served: several processes may start at once."""
    handle, name = tempfile.mkstemp(dir=target.parents[2], prefix=".portal-")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).chmod(0o644)
    Path(name).replace(target)
