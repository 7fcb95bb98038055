"""How complete each language is, said by a command and by a page of the desk."""

from __future__ import annotations

from flask import Flask

from portal.db import transaction
from portal.desk.cli import languages
from tests.desk.front_door import make_user, sign_in
from tests.factories import make_event
from tests.harness.reading import words


def test_the_report_says_what_each_language_has(app: Flask) -> None:
    with app.app_context(), transaction():
        make_event(
            slug="one", title={"en": "One", "de": "Eins"}, summary={}, organisers=[{"el": "Ο"}]
        )
        make_event(slug="two", title={"fr": "Deux"}, summary={"en": "S"}, organisers=[])
    done = app.test_cli_runner().invoke(languages)
    assert done.exit_code == 0, done.output
    found = {line[:28].strip(): line[28:].split() for line in done.output.splitlines()}
    assert found[""] == ["en", "fr", "de", "el"]
    assert found["events (6)"] == ["4", "1", "1", "1"]
    assert found["speakers (0)"] == ["0", "0", "0", "0"]
    whole = next(name for name in found if name.startswith("portal ("))
    assert set(found[whole]) == {whole.removeprefix("portal (").removesuffix(")")}

    editor = sign_in(app, make_user(app, admin=True))
    page = words(editor.get("/desk/languages/"))
    assert "Texts English Français Deutsch Ελληνικά" in page
    assert "Events 4 of 6 1 of 6 1 of 6 1 of 6" in page
