"""Static files: the one stylesheet that every page asks for."""

import os
import re
import tempfile
from pathlib import Path

BUNDLE = Path("css/portal.css")


def bundle(static_dir: Path) -> Path:
    """Write css/portal.css from the library's excerpt and our own files, only when it is stale."""
    target = static_dir / BUNDLE
    wanted = _joined(static_dir / "css")
    if not target.exists() or target.read_text(encoding="utf-8") != wanted:
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


def _replace(target: Path, text: str) -> None:
    """Whole or not at all, since several processes may start at once."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".portal-", suffix=".css")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).chmod(0o644)
    Path(name).replace(target)
