"""The front door for tests: a client that holds every page against the rules of the house."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.harness.markup import Reader
from tests.harness.page_rules import broken_rules


@dataclass
class Form:
    """A form as a browser would send it untouched."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


class PortalClient(FlaskClient):
    """Opens pages like a browser without script, cookies kept."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **({"buffered": True} | kwargs))
        assert response.status_code != 500, f"{response.request.path} failed."
        if response.mimetype == "text/html" and response.get_data():
            own = {response.request.host, urlsplit(self._public_url()).netloc}
            broken = broken_rules(response.get_data(as_text=True), response.headers, own)
            assert not broken, f"{response.request.path}: " + " ".join(broken)
        return response

    def submit(
        self, page: TestResponse | str, values: dict[str, Any] | None = None, *, action: str = ""
    ) -> TestResponse:
        """Fill and send the form of a page: its only one, or that whose address ends so."""
        response = self.get(page) if isinstance(page, str) else page
        assert response.status_code in (200, 409, 422), response.status
        form = find_form(response, action)
        unknown = set(values or ()) - form.names
        assert not unknown, f"The form has no field {', '.join(sorted(unknown))}."
        filled = {**form.values, **(values or {})}
        data = {name: value for name, value in filled.items() if value is not None}
        address = urljoin(response.request.path, form.action or response.request.full_path)
        if form.method == "get":
            return self.get(address, query_string=data)
        return self.post(address, data=data)

    def _public_url(self) -> str:
        return str(self.application.extensions["portal"].public_url)


def find_form(response: TestResponse, action: str = "") -> Form:
    """The form of a page that posts, or the only one whose address ends with the action."""
    return form_in(response.get_data(as_text=True), action)


def form_in(html: str, action: str = "") -> Form:
    """The same, in the page's own words."""
    forms = _Forms(html).forms
    if action:
        fitting = [form for form in forms if urlsplit(form.action).path.endswith(action)]
    else:
        fitting = [form for form in forms if form.method == "post"] or forms
    found = [form.action for form in forms]
    assert len(fitting) == 1, f"{len(fitting)} forms fit {action!r}, of {found}."
    return fitting[0]


class _Forms(Reader):
    """Reads forms as the standard says that a browser builds the entry list."""

    def __init__(self, html: str) -> None:
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select: str | None = None
        self._first_option: str | None = None
        self._textarea: str | None = None
        self.read(html)

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            if "data-passkey" not in given:  # its button is hidden from who has no scripts
                self.forms.append(self._form)
        elif self._form is None or "disabled" in given:
            return
        elif tag == "input":
            self._input(self._form, given)
        elif tag == "button" and given.get("name"):
            self._form.names.add(given["name"])
        elif tag == "select":
            self._select, self._first_option = given.get("name"), None
            self._form.names.add(given.get("name", ""))
        elif tag == "option" and self._select:
            if self._first_option is None:
                self._first_option = given.get("value", "")
            if "selected" in given:
                self._form.values.setdefault(self._select, []).append(given.get("value", ""))
        elif tag == "textarea":
            self._textarea = given.get("name")
            self._form.names.add(given.get("name", ""))
            self._form.values[given.get("name", "")] = [""]

    def end(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._textarea = None
        elif tag == "select" and self._form and self._select:
            if self._first_option is not None:
                self._form.values.setdefault(self._select, [self._first_option])
            self._select = None

    def data(self, data: str) -> None:
        if self._form and self._textarea:
            self._form.values[self._textarea][0] += data

    @staticmethod
    def _input(form: Form, given: dict[str, str]) -> None:
        name, kind = given.get("name"), given.get("type", "text")
        if not name:
            return
        form.names.add(name)
        if kind in ("submit", "button", "image", "reset", "file"):
            return
        if kind in ("checkbox", "radio") and "checked" not in given:
            return
        form.values.setdefault(name, []).append(
            given.get("value", "on" if kind in ("checkbox", "radio") else "")
        )
