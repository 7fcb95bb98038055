"""Editors at the desk: a record in all its fields, its files, and what becomes of it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.audit.models import Entry
from portal.db import db, transaction
from portal.publications.models import Publication
from portal.publications.rules import State, Type
from tests.desk.front_door import make_user, sign_in, words
from tests.factories import make_publication, make_subject
from tests.harness.client import PortalClient
from tests.harness.counting import statements

LIST = "/desk/publications/"
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def ella(app: Flask) -> PortalClient:
    """An editor of the library, signed in, who belongs to no event."""
    return sign_in(app, make_editor(app))


def make_editor(app: Flask, email: str = "ella@example.org") -> str:
    from portal.accounts import service
    from portal.audit.service import COMMAND
    from tests.desk.front_door import account

    make_user(app, email, name="Ella")
    with app.app_context(), transaction() as session:
        service.make_editor(account(email), by=COMMAND, now=account(email).created_at)
        session.flush()
    return email


def made(app: Flask, **facts: Any) -> str:
    """A publication as it is given; its desk page."""
    with app.app_context(), transaction():
        return f"{LIST}{make_publication(**facts).id}"


def kept(app: Flask, page: str, *names: str) -> tuple[Any, ...]:
    with app.app_context():
        found = db.session.get_one(Publication, int(page.rpartition("/")[2]))
        return tuple(getattr(found, name) for name in names)


WHOLE = {
    "title-en": "Added value for end users",
    "title-fr": "La valeur ajoutée",
    "type": "research_paper",
    "language": "en",
    "published": "2023-12",
    "abstract-en": "Third report.",
    "author_1_last": "Cedefop",
    "author_2_last": "Zahilas",
    "author_2_given": "Loukas",
    "doi": "https://data.europa.eu/doi/10.2801/ABC643",
    "isbn": "9789289635776",
    "issn": "18315860",
    "series": "Research paper",
    "publication_number": "5603",
    "other_1_scheme": "ERIC",
    "other_1_value": "ED629621",
    "publisher": "Publications Office",
    "pages": "118",
    "licence": "https://creativecommons.org/licenses/by/4.0/",
}


def test_a_draft_is_made_in_all_fields_published_and_withdrawn(
    app: Flask, ella: PortalClient
) -> None:
    with app.app_context(), transaction():
        subject = make_subject("education", en="Education").code
    successor = made(app, number="7777", title={"en": "What came after"})
    sent = ella.submit(
        f"{LIST}new",
        WHOLE | {"subjects": "1", "relation_1_kind": "Continues", "relation_1_target": "7777"},
        action="/new",
    )
    page = sent.headers["Location"]
    assert sent.status_code == 303
    assert kept(
        app, page, "number", "type", "published", "year", "doi", "isbn", "issn", "authors", "state"
    ) == (
        "5603", Type.RESEARCH_PAPER, "2023-12", 2023, "10.2801/abc643", "978-92-896-3577-6",
        "1831-5860",
        [{"literal": "Cedefop"}, {"family": "Zahilas", "given": "Loukas"}],
        State.DRAFT,
    )  # fmt: skip
    with app.app_context():
        found = db.session.scalars(select(Publication).where(Publication.number == "5603")).one()
        assert [each.code for each in found.subjects] == [subject]
        assert [each.target.number for each in found.relations] == ["7777"]
        assert found.other_numbers == [{"scheme": "ERIC", "value": "ED629621"}]

    visitor = app.test_client()
    assert visitor.get("/en/publications/5603/").status_code == 404
    seen = words(ella.get(f"{page}/preview/fr"))
    assert "La valeur ajoutée" in seen

    past = {"embargo_until": "2026-01-01T10:00"}
    refused = ella.submit(f"{page}/publication", past, action="/publication")
    assert refused.status_code == 422
    assert "This moment is over" in words(refused)
    later = {"embargo_until": "2027-06-01T10:00"}
    assert ella.submit(f"{page}/publication", later, action="/publication").status_code == 303
    assert "until 1 June 2027, 10:00, Brussels time (CEST, UTC+2)" in words(ella.get(page))
    assert visitor.get("/en/publications/5603/").status_code == 200
    assert (
        ella.submit(f"{page}/embargo", {"embargo_until": ""}, action="/embargo").status_code == 303
    )
    assert kept(app, page, "embargo_until") == (None,)
    assert ella.get(f"{page}/removal").status_code == 409

    empty = ella.submit(f"{page}/withdrawal", {"replaced_by": "1"}, action="/withdrawal")
    assert empty.status_code == 422
    assert "Say why it is withdrawn" in words(empty)
    assert "There is no public publication of this number" in words(empty)
    gone = {"reason-en": "It had errors.", "reason-fr": "Des erreurs.", "replaced_by": "7777"}
    assert ella.submit(f"{page}/withdrawal", gone, action="/withdrawal").status_code == 303
    assert kept(app, page, "state", "withdrawal_reason") == (
        State.WITHDRAWN, {"en": "It had errors.", "fr": "Des erreurs."},
    )  # fmt: skip
    assert visitor.get("/en/publications/5603/").status_code == 410
    for way in ("record", "files/new", "withdrawal", "embargo", "removal", "publication"):
        assert ella.get(f"{page}/{way}").status_code == 409, way
    with app.app_context():
        lines = select(Entry.act).where(Entry.subject == "publications").order_by(Entry.id)
        assert list(db.session.scalars(lines)) == [
            "publication.drafted", "publication.related", "publication.published",
            "publication.embargo_set", "publication.withdrawn",
        ]  # fmt: skip
    assert kept(app, successor, "state") == (State.PUBLISHED,)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("title-en", "", "Enter a title in at least one language."),
        ("doi", "10.2801", "This is no DOI."),
        ("doi", "https://doi.org/10.2801/TAKEN", "“Taken” has this DOI already."),
        ("isbn", "978-92-896-3577-7", "The check digit of this ISBN is wrong"),
        ("isbn", "0306406152", "“Taken” has this ISBN already."),
        ("issn", "1831-5861", "The check digit of this ISSN is wrong"),
        ("published", "2023-02-30", "Write the year, the month or the day"),
        ("published", "15 December 2023", "Write the year, the month or the day"),
        ("number", "Ab c", "Write small letters a to z"),
        ("number", "import", "Write small letters a to z"),
        ("number", "9999", "“Taken” has this number in its address already."),
        ("pages", "-3", "Enter a whole number"),
        ("licence", "CC-BY", "Enter a web address"),
        ("author_1_given", "Ada", "Give the family name too."),
        ("other_1_scheme", "ERIC", "Give both"),
        ("relation_1_target", "9999", "Say both"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(app: Flask, field: str, typed: str, said: str) -> None:
    from portal.publications.record_form import form_for

    with app.app_context(), transaction():
        make_publication(
            number="9999", title={"en": "Taken"}, doi="10.2801/taken", isbn="978-0-306-40615-7"
        )
    good = {"title-en": "A", "type": "report", "language": "en"}
    with app.test_request_context(
        "/desk/publications/new", method="POST", data=good | {field: typed}
    ):
        from flask import request

        app.config["WTF_CSRF_ENABLED"] = False
        try:
            form = form_for(None, request.form)
            form.validate()
        finally:
            app.config["WTF_CSRF_ENABLED"] = True
        errors = " ".join(str(each) for messages in form.errors.values() for each in messages)
    assert said in errors


def test_an_error_is_at_its_field_with_the_way_to_the_other_and_nothing_is_lost(
    app: Flask, ella: PortalClient
) -> None:
    other = made(app, number="1", title={"en": "Taken"}, doi="10.2801/taken")
    sent = ella.submit(
        f"{LIST}new", WHOLE | {"doi": "10.2801/taken", "author_3_last": "Third"}, action="/new"
    )
    page = sent.get_data(as_text=True)
    assert sent.status_code == 422
    assert "<title>Error:" in page
    assert "“Taken” has this DOI already." in words(sent)
    assert f'href="{other}"' in page
    assert 'value="Third"' in page and "Third report." in page
    more = ella.submit(f"{LIST}new", {"author_3_last": "Third", "more": "author"}, action="/new")
    assert more.status_code == 200
    assert 'name="author_6_last"' in more.get_data(as_text=True)
    assert 'value="Third"' in more.get_data(as_text=True)


def test_what_looks_like_another_is_kept_only_on_purpose(app: Flask, ella: PortalClient) -> None:
    """By publication number, catalogue number, or title and year; and it is asked once."""
    other = made(app, number="1", title={"en": "Été à Łódź"}, published="2023-12-15",
                 publication_number="5603", catalogue_number="TI-1")  # fmt: skip
    for values in (
        {"publication_number": "5603"},
        {"catalogue_number": "TI-1"},
        {"title-en": "ETE A LODZ", "published": "2023"},
    ):
        sent = ella.submit(f"{LIST}new", {"title-en": "Another"} | values, action="/new")
        assert sent.status_code == 422, values
        assert "It looks like a publication that is here already." in words(sent)
        assert f'href="{other}"' in sent.get_data(as_text=True)
    done = ella.submit(sent, {"anyway": "y"}, action="/new")
    assert done.status_code == 303
    record = f"{done.headers['Location']}/record"
    zahilas = {"author_1_last": "Zahilas", "author_1_given": "L.", "author_1_variants": "Zacheilas"}
    assert ella.submit(record, zahilas, action="/record").status_code == 303
    for spelled in ("zahilas", "Zacheilas"):
        assert words(ella.get(f"{LIST}?q={spelled}")).count("ETE A LODZ") == 1
    assert 'value="Zacheilas"' in ella.get(record).get_data(as_text=True)


def test_two_clicks_make_one_draft(app: Flask, ella: PortalClient) -> None:
    opened = ella.get(f"{LIST}new")
    for values in (WHOLE, {"title-en": "Without any number"}):
        first, second = (ella.submit(opened, values, action="/new") for _click in range(2))
        assert first.headers["Location"] == second.headers["Location"]
    with app.app_context():
        assert len(db.session.scalars(select(Publication)).all()) == 2


def test_two_editors_at_once_lose_nothing(app: Flask, ella: PortalClient) -> None:
    page = made(app, number="5", title={"en": "Old"}, series="Old series")
    emil = sign_in(app, make_editor(app, "emil@example.org"))
    record = f"{page}/record"
    opened = ella.get(record)
    first = emil.submit(record, {"series": "New series", "publisher": "His"}, action="/record")
    assert first.status_code == 303
    both = ella.submit(opened, {"series": "Her series"}, action="/record")
    assert both.status_code == 409
    said = words(both)
    assert "Somebody else has changed the publication meanwhile." in said
    assert "Series: somebody else changed it too. Theirs: New series" in said
    assert 'value="Her series"' in both.get_data(as_text=True)
    assert 'value="His"' in both.get_data(as_text=True)
    assert kept(app, page, "series", "publisher") == ("New series", "His")
    more = ella.submit(record, {"more": "author"}, action="/record")
    emil.submit(record, {"author_1_last": "His"}, action="/record")
    hers = ella.submit(more, {"author_6_last": "Hers"}, action="/record")
    assert hers.status_code == 409
    assert "Author 1: family name, or name of a body, as they left it: His" in words(hers)
    assert "somebody else changed it too" not in words(hers)
    assert ella.submit(hers, action="/record").status_code == 303
    undated = ella.submit(record, {"published": ""}, action="/record")
    assert undated.status_code == 422
    assert "The publication is public: keep the year at least." in words(undated)
    assert kept(app, page, "authors") == ([{"literal": "His"}, {"literal": "Hers"}],)


def test_files_are_told_by_content_ordered_and_removed(app: Flask, ella: PortalClient) -> None:
    page = made(app, number="6", state=State.DRAFT)
    files = f"{page}/files/"
    wrong = ella.submit(
        f"{files}new", {"file": (BytesIO(b"<script>"), "a.pdf"), "language": "en"}, action="/new"
    )
    assert wrong.status_code == 422
    assert "This kind of file cannot be used." in words(wrong)
    for name, label in (("a.pdf", "First"), ("b.pdf", "Second")):
        sent = ella.submit(
            f"{files}new",
            {"file": (BytesIO(PDF), name), "language": "en", "label-en": label},
            action="/new",
        )
        assert sent.status_code == 303
    with app.app_context():
        first, second = (each.id for each in db.session.scalars(select(Publication)).one().files)
    moved = ella.submit(files, {"to": "later"}, action=f"/{first}/place")
    assert moved.status_code == 303
    listed = words(ella.get(files))
    assert listed.index("Second") < listed.index("First")
    assert ella.get(f"{files}{first}/content").get_data() == PDF
    assert app.test_client().get(f"/en/publications/6/files/{first}.pdf").status_code == 404
    renamed = ella.submit(f"{files}{second}", {"label-en": "Annex"}, action=f"/{second}")
    assert renamed.status_code == 303
    assert ella.submit(f"{files}{first}/removal", action="/removal").status_code == 303
    assert "First" not in words(ella.get(files)) and "Annex" in words(ella.get(files))
    assert "and its file are gone" in words(ella.get(f"{page}/removal"))
    assert ella.submit(f"{page}/removal", action="/removal").status_code == 303
    assert ella.get(page).status_code == 404


def test_subjects_are_added_renamed_and_removed_when_nothing_is_about_them(
    app: Flask, ella: PortalClient
) -> None:
    new = f"{LIST}subjects/new"
    assert ella.submit(new, {"label-en": "Skills"}, action="/new").status_code == 303
    with app.app_context(), transaction() as session:
        publication = make_publication(number="8")
        from portal.publications.models import Subject

        subject = session.scalars(select(Subject)).one()
        publication.subjects.append(subject)
        session.flush()
        path, before = f"{LIST}subjects/{subject.id}", publication.revision
    assert "Skills 1" in words(ella.get(f"{LIST}subjects/"))
    ella.submit(path, {"label-fr": "Compétences"}, action=path)
    with app.app_context(), transaction() as session:
        publication = session.scalars(select(Publication)).one()
        assert publication.revision == before + 1
        assert "competences" in publication.words
    assert ella.get(f"{path}/removal").status_code == 409
    with app.app_context(), transaction() as session:
        publication = session.scalars(select(Publication)).one()
        publication.subjects.clear()
    assert ella.submit(f"{path}/removal", action="/removal").status_code == 303
    assert "No subject yet" in words(ella.get(f"{LIST}subjects/"))


def test_the_list_is_searched_and_filtered_in_as_many_questions_for_thirty_as_for_one(
    app: Flask, ella: PortalClient
) -> None:
    made(app, number="first", title={"en": "Élan vital"}, state=State.DRAFT)
    with statements(app) as one:
        assert "1 publication" in words(ella.get(LIST))
    with app.app_context(), transaction():
        for number in range(30):
            make_publication(number=f"n{number}")
    with statements(app) as many:
        assert "31 publications" in words(ella.get(LIST))
    assert len(many) == len(one)
    found = words(ella.get(f"{LIST}?q=elan+VITAL&state=draft"))
    assert "1 publication · State: Draft · Search: “elan VITAL”" in found
    assert "Nothing found" in words(ella.get(f"{LIST}?q=elan&state=withdrawn"))
    assert ella.get(f"{LIST}?state=burnt").status_code == 404
    assert ella.get(f"{LIST}?page=9").status_code == 404


def test_the_library_is_for_its_editors_and_shows_them_nobodys_data(
    app: Flask, ella: PortalClient
) -> None:
    assert 'aria-labelledby="library-nav"' in ella.get("/desk/").get_data(as_text=True)
    olga = sign_in(app, make_user(app, "olga@example.org"))
    assert "library-nav" not in olga.get("/desk/").get_data(as_text=True)
    for path in (LIST, f"{LIST}new", f"{LIST}import/", f"{LIST}subjects/"):
        assert olga.get(path).status_code == 404
        assert ella.get(path).status_code == 200
    assert ella.get("/desk/colleagues/").status_code == 404
