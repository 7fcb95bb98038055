"""One publication: its page, its files, and what machines read of it; each by a foreign reader."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import rispy
import time_machine
from flask import Flask
from pybtex.database import parse_string

from portal import clock as portal_clock
from portal.db import transaction
from portal.publications import queries
from portal.publications.models import Publication, Relation
from portal.publications.rules import RelationKind, State, Type
from tests.factories import make_publication, make_publication_file, make_subject
from tests.harness.client import PortalClient
from tests.harness.counting import statements
from tests.harness.reading import linked_data, links, meta, words
from tests.materials.files import PDF

PAGE = "/en/publications/5603/"
TITLE = "Trust & credentials: <what> users need"
AGENCY = "European Centre for Training (Cedefop)"
SCHEMA = json.loads((Path(__file__).parent / "csl-data.json").read_text(encoding="utf-8"))
TYPES = {
    "bib": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
    "csl.json": "application/vnd.citationstyles.csl+json",
    "jsonld": "application/ld+json",
}
RECORD: dict[str, Any] = {
    "number": "5603",
    "type": Type.RESEARCH_PAPER,
    "title": {"en": TITLE},
    "abstract": {"en": "First paragraph.\n\nSecond, with 5 % & a <tag>."},
    "language": "en",
    "published": "2023-12-15",
    "authors": [{"literal": AGENCY}, {"family": "Kirdulytė", "given": "Greta"}],
    "series": "Research papers",
    "series_number": "89",
    "publication_number": "5603",
    "catalogue_number": "TI-BC-23-014-EN-N",
    "other_numbers": [{"scheme": "ERIC", "value": "ED629621"}],
    "doi": "10.2801/141643",
    "isbn": "978-92-896-3577-6",
    "issn": "1831-5860",
    "publisher": "Publications Office",
    "place": "Luxembourg",
    "pages": 118,
    "licence": "https://creativecommons.org/licenses/by/4.0/",
}

pytestmark = pytest.mark.usefixtures("clock")


def make(app: Flask, *files: str, **facts: Any) -> None:
    """The record, with a file of each name, and one that it continues."""
    with app.app_context(), transaction():
        subjects = [make_subject("vet", en="Vocational training"), make_subject("trust")]
        earlier = make_publication(number="5587", title={"en": "A first look"})
        one = make_publication(**(RECORD | {"subjects": subjects} | facts))
        one.relations.append(Relation(kind=RelationKind.CONTINUES, target=earlier))
        for name in files:
            make_publication_file(one, PDF if name.endswith("pdf") else b"Notes\n", name)


def change(app: Flask, number: str = "5603", **facts: Any) -> None:
    with app.app_context(), transaction():
        one = queries.any_publication(number)
        assert one is not None
        for name, value in facts.items():
            setattr(one, name, value)
        one.changed(portal_clock.now())


def link_header(answer: Any) -> dict[str, list[tuple[str, str]]]:
    """What `Link` says, by relation: (address, rest)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for url, rel, rest in re.findall(r'<([^>]*)>; rel="([^"]*)"([^,<]*)', answer.headers["Link"]):
        found.setdefault(rel, []).append((url, rest))
    return found


def test_the_first_screen_says_what_it_is_and_how_to_have_and_cite_it(
    app: Flask, client: PortalClient
) -> None:
    make(app, "a.pdf", "b.txt")
    page = client.get(PAGE)
    top = words(page, '<header class="page-header">', "</header>")
    assert top.endswith(
        f"5603 Research paper · 15 December 2023 {TITLE} {AGENCY}; Greta Kirdulytė "
        "Download (PDF, 1 kB) Cite DOI: 10.2801/141643"
    )
    assert words(page, 'id="record"', "</section>") == (
        f"About this publication Author(s) {AGENCY}; Greta Kirdulytė Date 15 December 2023 "
        "Type Research paper Publisher Publications Office, Luxembourg DOI 10.2801/141643 "
        "ISBN 978-92-896-3577-6 ISSN 1831-5860 Subject headings Trust Vocational training "
        "Number of pages 118 Language English "
        "Licence https://creativecommons.org/licenses/by/4.0/ "
        "Note Publication number 5603 Catalogue number TI-BC-23-014-EN-N "
        "Research papers, number 89 ERIC ED629621"
    )
    assert words(page, 'id="abstract"', "</section>") == (
        "Abstract First paragraph. Second, with 5 % & a <tag>."
    )
    assert words(page, 'id="related"', "</section>") == (
        "Related publications Continues: A first look"
    )
    assert "Is continued by: Trust & credentials" in words(client.get("/en/publications/5587/"))
    assert {"https://doi.org/10.2801/141643", "/en/publications/?subject=vet"} <= set(links(page))


def test_the_citation_is_made_from_the_same_facts(app: Flask, client: PortalClient) -> None:
    make(app)
    cited = words(client.get(PAGE), '<blockquote class="citation">', "</blockquote>")
    assert f"{AGENCY} and Kirdulytė, G. (2023) {TITLE} ." in cited
    assert cited.rstrip(" .").endswith("Available at: https://doi.org/10.2801/141643")
    change(app, authors=[])
    again = words(client.get(PAGE), '<blockquote class="citation">', "</blockquote>")
    assert again.count(TITLE) == 1


def test_nothing_is_made_up_and_an_odd_doi_is_one_everywhere(
    app: Flask, client: PortalClient
) -> None:
    make(app, publication_number="", publisher="", doi="10.1002/1<2::a>3;4-#")
    page = client.get(PAGE)
    assert "citation_technical_report_number" not in meta(page)
    assert meta(page)["citation_technical_report_institution"] == AGENCY
    link = "https://doi.org/10.1002/1%3C2::a%3E3;4-%23"
    assert link in links(page) and link_header(page)["related"][0][0] == link
    assert linked_data(page)["sameAs"] == link
    change(app, doi="")
    cited = words(client.get("/fr/publications/5603/"), '<blockquote class="citation">')
    assert "Document de recherche" in cited and "Research paper" not in cited.split("BibTeX")[0]


def test_a_date_is_as_precise_as_it_is_known(app: Flask, client: PortalClient) -> None:
    make(app)
    said = {
        "2022": " · 2022",
        "2022-10": " · October 2022",
        "2023-03-01": " · 1 March 2023",
        "": "",
    }
    for published, date in said.items():
        change(app, published=published)
        kicker = words(client.get(PAGE), '<p class="kicker">', "</p>").removeprefix("<").strip()
        assert kicker == f"Research paper{date}"


ANSWERS = (
    (None, "text/html"),
    ("*/*", "text/html"),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
    *((each, each) for each in TYPES.values()),
    ("application/x-bibtex;q=0.5, application/ld+json", "application/ld+json"),
    (
        "application/vnd.citationstyles.csl+json, */*;q=0.1",
        "application/vnd.citationstyles.csl+json",
    ),
    ("application/x-bibtex;charset=utf-8", "application/x-bibtex"),
    (
        'application/ld+json;profile="https://schema.org"; q=0.9, text/html;q=0.1',
        "application/ld+json",
    ),
    ("application/pdf", "text/html"),
    ("image/png;q=0, nonsense", "text/html"),
)


def test_an_address_gives_the_format_that_is_asked_for(app: Flask, client: PortalClient) -> None:
    make(app)
    for accept, media_type in ANSWERS:
        asked = {"Accept": accept} if accept else {}
        answer = client.get(PAGE, headers=asked)
        assert (answer.status_code, answer.mimetype) == (200, media_type), accept
        assert {"Accept", "Accept-Encoding"} <= set(answer.vary.as_set(preserve_casing=True))
        again = client.get(PAGE, headers=asked | {"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304


def test_page_and_every_export_of_one_and_of_a_list_agree(app: Flask, client: PortalClient) -> None:
    """Each is read by a reader that did not write it."""
    make(app, "a.pdf")
    change(app, title={"en": "Trust and credentials"}, authors=RECORD["authors"][:1])
    texts = {
        ending: (
            client.get(PAGE, headers={"Accept": TYPES[ending]}).get_data(as_text=True),
            client.get(f"{PAGE}record.{ending}").get_data(as_text=True),
        )
        for ending in TYPES
    }
    assert all(negotiated == saved for negotiated, saved in texts.values())
    data = json.loads(texts["jsonld"][0])
    page = client.get(PAGE)
    assert linked_data(page) == data
    one = "?q=trust+credentials"

    listed = client.get(f"/en/publications/list.bib{one}").get_data(as_text=True)
    (bib,) = parse_string(texts["bib"][0], "bibtex").entries.values()
    assert listed == texts["bib"][0]
    listed = client.get(f"/en/publications/list.ris{one}").get_data(as_text=True)
    (ris,) = rispy.loads(texts["ris"][0])
    assert rispy.loads(listed) == [ris]
    listed = client.get(f"/en/publications/list.csl.json{one}").get_data(as_text=True)
    (csl,) = items = json.loads(texts["csl.json"][0])
    jsonschema.validate(items, SCHEMA)
    assert json.loads(listed) == items

    address = "http://localhost/publications/5603"
    tags = meta(page)
    assert {"Trust and credentials"} == {
        bib.fields["title"],
        ris["title"],
        csl["title"],
        data["name"],
        tags["citation_title"],
    }
    assert {"10.2801/141643"} == {
        bib.fields["doi"], ris["doi"], csl["DOI"], tags["citation_doi"],
        data["identifier"][0]["value"],
    }  # fmt: skip
    assert {address} == {bib.fields["url"], csl["URL"], data["@id"], *ris["urls"]}
    assert (csl["issued"]["date-parts"], data["datePublished"]) == ([[2023, 12, 15]], "2023-12-15")
    assert tags["citation_publication_date"] == "2023/12/15"
    assert {AGENCY} == {
        csl["author"][0]["literal"], data["author"][0]["name"], ris["authors"][0],
        tags["citation_author"], bib.fields.get("author", AGENCY),
    }  # fmt: skip


def test_search_engines_are_told_what_the_page_says_in_words_of_schema_org(
    app: Flask, client: PortalClient
) -> None:
    make(app, "a.pdf")
    data = linked_data(client.get(PAGE))
    (file,) = data.pop("encoding")
    assert file.pop("contentUrl").startswith(f"http://localhost{PAGE}files/")
    assert file == {
        "@type": "MediaObject", "encodingFormat": "application/pdf", "inLanguage": "en",
        "contentSize": f"{len(PDF)} B",
    }  # fmt: skip
    assert data == {
        "@context": "https://schema.org",
        "@type": "Report",
        "@id": "http://localhost/publications/5603",
        "url": f"http://localhost{PAGE}",
        "name": TITLE,
        "abstract": "First paragraph.\n\nSecond, with 5 % & a <tag>.",
        "author": [
            {"@type": "Organization", "name": AGENCY},
            {"@type": "Person", "name": "Greta Kirdulytė", "givenName": "Greta",
             "familyName": "Kirdulytė"},
        ],
        "publisher": {
            "@type": "Organization", "name": "Publications Office", "location": "Luxembourg",
        },
        "datePublished": "2023-12-15",
        "inLanguage": "en",
        "materialExtent": {"@type": "QuantitativeValue", "value": 118, "unitText": "pages"},
        "reportNumber": "5603",
        "identifier": [
            {"@type": "PropertyValue", "propertyID": "DOI", "value": "10.2801/141643",
             "url": "https://doi.org/10.2801/141643"},
            {"@type": "PropertyValue", "propertyID": "ISBN", "value": "978-92-896-3577-6"},
            {"@type": "PropertyValue", "propertyID": "catalogue number",
             "value": "TI-BC-23-014-EN-N"},
            {"@type": "PropertyValue", "propertyID": "ERIC", "value": "ED629621"},
        ],
        "sameAs": "https://doi.org/10.2801/141643",
        "keywords": ["Trust", "Vocational training"],
        "isPartOf": {
            "@type": "CreativeWorkSeries", "name": "Research papers", "issn": "1831-5860",
        },
        "position": "89",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "isAccessibleForFree": True,
    }  # fmt: skip


def test_reference_managers_find_their_tags(app: Flask, client: PortalClient) -> None:
    make(app, "b.txt", "a.pdf", published="2022-10")
    html = client.get(PAGE).get_data(as_text=True)
    tags = re.findall(r'<meta name="(citation_[a-z_]+)" content="([^"]*)"', html)
    pdf = re.search(r'href="(/en/publications/5603/files/\d+\.pdf)"', html)
    assert pdf is not None
    assert [(name, unescape(content)) for name, content in tags] == [
        ("citation_title", TITLE),
        ("citation_author", AGENCY),
        ("citation_author", "Kirdulytė, Greta"),
        ("citation_publication_date", "2022"),
        ("citation_technical_report_institution", "Publications Office"),
        ("citation_technical_report_number", "5603"),
        ("citation_publisher", "Publications Office"),
        ("citation_doi", "10.2801/141643"),
        ("citation_isbn", "978-92-896-3577-6"),
        ("citation_issn", "1831-5860"),
        ("citation_language", "en"),
        ("citation_pdf_url", f"http://localhost{pdf[1]}"),
        ("citation_keywords", "Trust"),
        ("citation_keywords", "Vocational training"),
    ]


def test_signposts_lead_on_and_many_stand_in_a_set(app: Flask, client: PortalClient) -> None:
    make(app, "a.pdf")
    found = link_header(client.get(PAGE))
    assert found["cite-as"] == [("http://localhost/publications/5603", "")]
    assert [url for url, _ in found["type"]] == [
        "https://schema.org/Report", "https://schema.org/AboutPage",
    ]  # fmt: skip
    assert [rest for _, rest in found["describedby"]] == [
        f'; type="{each}"' for each in TYPES.values()
    ]
    assert [rest for _, rest in found["item"]] == ['; type="application/pdf"; hreflang=en']
    assert found["license"] == [(RECORD["licence"], "")]
    assert found["related"] == [("https://doi.org/10.2801/141643", "")]
    for url, rest in found["describedby"] + found["item"]:
        answer = client.get(url.removeprefix("http://localhost"))
        assert (answer.status_code, f'type="{answer.mimetype}"' in rest) == (200, True)

    with app.app_context(), transaction():
        one = queries.any_publication("5603")
        assert one is not None
        make_publication_file(one, b"More\n", "c.txt")
        one.changed(portal_clock.now())
    (linkset,) = link_header(client.get(PAGE))["linkset"]
    answer = client.get(linkset[0].removeprefix("http://localhost"))
    (context,) = json.loads(answer.get_data())["linkset"]
    assert (answer.mimetype, context["anchor"]) == (
        "application/linkset+json", f"http://localhost{PAGE}",
    )  # fmt: skip
    assert len(context["item"]) == 2 and len(context["describedby"]) == 4


def test_the_cited_address_leads_to_the_page_in_the_readers_language(
    app: Flask, client: PortalClient
) -> None:
    make(app)
    answer = client.get("/publications/5603", headers={"Accept-Language": "fr"})
    assert (answer.status_code, answer.location) == (302, "/fr/publications/5603/")
    assert "Accept-Language" in answer.headers["Vary"]


def test_a_file_leaves_whole_in_part_and_by_its_head_under_a_name_that_says_what_it_is(
    app: Flask, client: PortalClient
) -> None:
    make(app, "a.pdf")
    (url,) = {each for each in links(client.get(PAGE)) if "/files/" in each}
    answer = client.get(url)
    headers = answer.headers
    assert (answer.data, headers["Content-Type"]) == (PDF, "application/pdf")
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["Content-Disposition"].startswith('attachment; filename="5603-en-')
    assert "users%20need%20%28en%29.pdf" in headers["Content-Disposition"]
    assert headers["Link"] == '<http://localhost/publications/5603>; rel="collection"'
    part = client.get(url, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.data) == (206, PDF[:4])
    head = client.head(url)
    assert (head.status_code, head.content_length, head.data) == (200, len(PDF), b"")
    again = client.get(url, headers={"If-None-Match": headers["ETag"]})
    assert again.status_code == 304
    assert client.get(url.replace(".pdf", ".txt")).status_code == 404
    assert client.get(url.replace("5603", "5587")).status_code == 404
    assert client.get(f"{PAGE}files/99999999999999.pdf").status_code == 404


def test_under_an_embargo_the_record_is_there_and_its_files_come_at_their_moment(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    make(app, "a.pdf")
    (url,) = {each for each in links(client.get(PAGE)) if "/files/" in each}
    ends = datetime(2026, 11, 3, 8, 0, tzinfo=UTC)
    change(app, embargo_until=ends)
    page = client.get(PAGE)
    assert words(page).count("3 November 2026, 09:00, Brussels time (CET, UTC+1)") == 2
    assert url not in page.get_data(as_text=True)
    assert "citation_pdf_url" not in meta(page) and "encoding" not in linked_data(page)
    assert "item" not in link_header(page)
    assert client.get(url).status_code == 404
    assert "3 November 2026" in words(client.get("/en/publications/"))
    before = client.get(f"{PAGE}record.jsonld").headers["Last-Modified"]
    listed = client.get("/en/publications/").headers["Last-Modified"]

    clock.move_to(ends)
    page = client.get(PAGE)
    assert url in links(page) and client.get(url).status_code == 200
    assert linked_data(page)["encoding"][0]["contentUrl"] == f"http://localhost{url}"
    assert "3 November 2026" not in words(client.get("/en/publications/"))
    assert client.get(f"{PAGE}record.jsonld").headers["Last-Modified"] != before
    assert client.get("/en/publications/").headers["Last-Modified"] != listed


def test_what_was_withdrawn_says_so_at_every_address(app: Flask, client: PortalClient) -> None:
    make(app, "a.pdf")
    (url,) = {each for each in links(client.get(PAGE)) if "/files/" in each}
    with app.app_context(), transaction():
        newer = make_publication(number="5700", title={"en": "A new look"}).id
    change(
        app, state=State.WITHDRAWN, withdrawn_at=portal_clock.now(), replaced_by_id=newer,
        withdrawal_reason={"en": "Two tables were wrong."},
    )  # fmt: skip
    for path in (PAGE, url, f"{PAGE}record.bib", f"{PAGE}linkset.json"):
        page = client.get(path, headers={"If-None-Match": "*"})
        assert page.status_code == 410
        said = words(page)
        assert "It was withdrawn on 2 November 2026." in said
        assert "Two tables were wrong. It was replaced by: A new look" in said
        assert AGENCY in said and "Download" not in said
    assert client.get(PAGE, headers={"Accept": TYPES["bib"]}).status_code == 410
    assert "5603" not in client.get("/en/publications/list.bib").get_data(as_text=True)
    assert "A first look" in words(client.get("/en/publications/5587/"))


def test_a_draft_and_what_never_was_are_nowhere(app: Flask, client: PortalClient) -> None:
    make(app, "a.pdf", state=State.DRAFT)
    with app.app_context():
        file_id = next(iter(queries.any_publication("5603").files)).id  # type: ignore[union-attr]
    for path in ("", "record.bib", "linkset.json", f"files/{file_id}.pdf"):
        assert client.get(PAGE + path).status_code == 404
        assert client.get(f"/en/publications/nothing/{path}").status_code == 404
    assert client.get(f"{PAGE}record.pdf").status_code == 404
    assert client.get("/en/publications/list.pdf").status_code == 404
    assert "related" not in client.get("/en/publications/5587/").get_data(as_text=True)


def test_a_kept_page_is_new_when_it_or_what_it_names_changes_and_304_until_then(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    make(app)
    export = f"{PAGE}record.jsonld"
    since = {"If-Modified-Since": client.get(export).headers["Last-Modified"]}
    with statements(app) as asked:
        assert client.get(export, headers=since).status_code == 304
    assert len(asked) <= 1
    # What belongs to it has no date of its change, so that the page is new for who asks by a date.
    assert "Last-Modified" not in client.get(PAGE).headers
    same = {"If-None-Match": client.get(PAGE).headers["ETag"]}
    assert client.get(PAGE, headers=same).status_code == 304
    clock.shift(timedelta(minutes=1))
    change(app, "5587", title={"en": "Another first look"})
    page = client.get(PAGE, headers=since)
    assert page.status_code == 200 and "Another first look" in words(page)
    listed = client.get("/en/publications/list.ris")
    for address in ("/en/publications/list.ris", "/en/publications/"):
        by_date = {"If-Modified-Since": client.get(address).headers["Last-Modified"]}
        assert client.get(address, headers=by_date).status_code == 304
    again = {"If-None-Match": listed.headers["ETag"]}
    assert client.get("/en/publications/list.ris", headers=again).status_code == 304
    change(app, title={"en": "New"})
    assert client.get("/en/publications/list.ris", headers=again).status_code == 200


def test_a_page_asks_as_often_for_many_files_subjects_and_relations(
    app: Flask, client: PortalClient
) -> None:
    make(app, "a.txt")
    client.get("/en/publications/5587/")
    with statements(app) as few:
        client.get(PAGE)
    with app.app_context(), transaction():
        one = queries.any_publication("5603")
        assert one is not None
        for number in range(10):
            make_publication_file(one, b"Text\n", "a.txt")
            one.subjects.append(make_subject(f"s{number}"))
            other = make_publication()
            one.relations.append(Relation(kind=RelationKind.REFERENCES, target=other))
        one.changed(portal_clock.now())
    with statements(app) as many:
        client.get(PAGE)
    assert len(many) == len(few)
    assert isinstance(one, Publication)


def test_the_demonstration_shows_five_records_and_no_file(app: Flask, client: PortalClient) -> None:
    from portal.publications import demonstration

    with app.app_context(), transaction():
        assert len(demonstration.load(portal_clock.now())) == 5
    page = client.get(PAGE)
    assert "A record of the demonstration" in words(page)
    assert "Get it by its DOI" in words(page) and "/files/" not in " ".join(links(page))
    assert "Continues: Microcredentials for labour market education and training: " in words(page)
    assert "no DOI is known" in words(client.get("/en/publications/briefing-2022/"))
    listed = json.loads(client.get("/en/publications/list.csl.json").get_data())
    jsonschema.validate(listed, SCHEMA)
    assert [each["id"] for each in listed] == [
        "briefing-2024", "5603", "5589", "5587", "briefing-2022",
    ]  # fmt: skip
