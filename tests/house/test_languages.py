"""Every text for people is there, whole, in every language that the portal claims."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from babel.messages.catalog import Message

from portal.config import Settings
from tests.harness.texts import catalogue, languages, messages, template

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|</?[a-z]+[^>]*>")


def strings(message: Message) -> list[str]:
    found = message.string if isinstance(message.string, list | tuple) else [message.string]
    return [str(each) for each in found]


def test_every_language_that_is_offered_by_default_has_its_catalogue() -> None:
    offered = set(Settings.__dataclass_fields__["languages"].default)
    assert offered == {"en", *languages()}


@pytest.mark.parametrize("language", languages())
def test_no_text_is_missing_and_none_is_left_over(language: str) -> None:
    said = {message.id for message in messages(template())}
    kept = {m.id for m in messages(catalogue(language)) if all(strings(m)) and not m.fuzzy}
    assert kept == said


@pytest.mark.parametrize("language", languages())
def test_translations_keep_what_is_put_into_them(language: str) -> None:
    for message in messages(catalogue(language)):
        english = message.id[-1] if isinstance(message.id, list | tuple) else message.id
        wanted = Counter(PLACEHOLDER.findall(english))
        assert Counter(PLACEHOLDER.findall(strings(message)[-1])) == wanted, english
