"""The design system keeps its promises: classes exist, components carry their file's name."""

import re
from pathlib import Path

import pytest

from portal.assets import bundle
from portal.config import ROOT

TEMPLATES = ROOT / "templates"
CSS = ROOT / "static" / "css"
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))
ECL = re.compile(r"(?<![\w-])ecl-[a-z0-9_-]*[a-z0-9]")
DYNAMIC = {
    "ecl-button--": ("primary", "secondary", "tertiary"),
    "ecl-notification--": ("info", "success", "warning", "error"),
}


def test_every_class_of_the_library_in_a_template_is_in_its_excerpt():
    known = set(ECL.findall((CSS / "ecl.css").read_text(encoding="utf-8")))

    unknown = {
        (template.relative_to(TEMPLATES).as_posix(), name)
        for template in TEMPLATES.rglob("*.html")
        for name in _library_classes(template.read_text(encoding="utf-8"))
        if name not in known
    }

    assert unknown == set()


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda path: path.stem)
def test_a_component_has_the_name_of_its_file(component: Path):
    macros = re.findall(r"{%-?\s*macro (\w+)\(", component.read_text(encoding="utf-8"))

    assert macros == [component.stem]


def test_every_stylesheet_of_a_component_is_named_after_something_in_use():
    words = set(re.findall(r"[a-z][a-z-]+", _all_templates()))

    sheets = {sheet.stem.replace("_", "-") for sheet in (CSS / "components").glob("*.css")}

    assert sheets - words == set()


def test_every_property_that_is_used_is_defined_or_has_a_fallback():
    css = bundle(ROOT / "static").read_text(encoding="utf-8")

    used = set(re.findall(r"var\((--[\w-]+)\)", css))
    defined = set(re.findall(r"(--[\w-]+)\s*:", css))

    assert used - defined == {"--ecl-link-focus-shadow"}  # the library's own, meant to be unset


def test_the_stylesheet_stays_small():
    compressed = bundle(ROOT / "static").with_name("portal.css.br")

    assert compressed.stat().st_size < 13_250


def _all_templates() -> str:
    return "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html"))


def _library_classes(template: str) -> set[str]:
    """The classes it names, with those that it composes from a word (kind, size) written out."""
    names = set(ECL.findall(template))
    for start, endings in DYNAMIC.items():
        if start in template:
            names = {name for name in names if name != start.rstrip("-")}
            names |= {start + ending for ending in endings}
    return names
