"""Codes and their words as the choices of a field."""

from collections.abc import Mapping
from typing import Any

from wtforms.fields.choices import SelectChoice


def worded(codes: Mapping[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(code, words) for code, words in codes.items()]
