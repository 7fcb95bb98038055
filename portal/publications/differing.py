"""What a field of a publication says and what it would say, as a dry run shows and remembers it."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from portal.publications.models import Publication

LONGEST_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Difference:
    """One field before and after, cut where it is long; `digest` tells whole values apart."""

    name: str
    before: str
    after: str
    digest: str

    def said(self) -> dict[str, str]:
        return {
            "name": self.name,
            "before": self.before,
            "after": self.after,
            "digest": self.digest,
        }


def difference(publication: Publication, name: str, value: Any) -> Difference:
    """The field as it is in the catalogue, beside the value that a file gives it."""
    known = getattr(publication, name)
    if name == "subjects":
        known = [next(iter(each.label.values()), each.code) for each in known]
    if isinstance(value, dict):  # texts by language: only what is another
        languages = [lang for lang, text in value.items() if (known or {}).get(lang) != text]
        known = {lang: (known or {}).get(lang, "") for lang in languages}
        value = {lang: value[lang] for lang in languages}
    before, after = _text(known), _text(value)
    digest = sha256(f"{before}\0{after}".encode()).hexdigest()[:16]
    return Difference(name, _cut(before), _cut(after), digest)


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return " / ".join(text for text in value.values() if text)
    if isinstance(value, list):
        return "; ".join(_author(each) if isinstance(each, dict) else str(each) for each in value)
    return str(value or "")


def _author(parts: dict[str, Any]) -> str:
    return parts.get("literal") or ", ".join(
        filter(None, [parts.get("family", ""), parts.get("given", "")])
    )


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
