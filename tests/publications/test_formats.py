"""What we write is read by readers that did not write it, and what others write is read by us."""

import json
import time
import warnings
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
import rispy
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pybtex.database import parse_string

from portal.publications import bibtex, csl, entries, ris
from portal.publications.entries import Trouble
from portal.publications.rules import Name, Record, Type
from portal.text import clean

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle
    from citeproc import formatter as formatters
    from citeproc.source.json import CiteProcJSON
    from pybtex.richtext import Text

SCHEMA = json.loads((Path(__file__).parent / "csl-data.json").read_text(encoding="utf-8"))
FORMATS = (bibtex, ris, csl)

PAPER = Record(
    number="5589",
    type=Type.RESEARCH_PAPER,
    title={"en": "Microcredentials & evolving systems: 100 % of VET", "el": "Μικροδιαπιστευτήρια"},
    language="en",
    published="2023-02",
    authors=(Name(literal="European Centre for Training (Cedefop)"),),
    series="Research paper",
    series_number="89",
    publication_number="5589",
    catalogue_number="TI-BC-23-014-EN-N",
    doi="10.2801/566_352",
    isbn="978-92-896-3577-6",
    issn="1831-5860",
    publisher="Publications Office",
    place="Luxembourg",
    pages=164,
    subjects=("Education, training", "Microcredentials"),
    abstract={"en": "Users ask #1: {trust}, cost_benefit & 5 $ ~ ^ \\ 20 %."},
    licence="https://creativecommons.org/licenses/by/4.0/",
    url="https://portal.example.org/en/publications/5589?a=1&b=100%25_x#top",
)


def test_bibtex_is_a_technical_report_to_pybtex():
    text = bibtex.write([PAPER])

    entry = parse_string(text, "bibtex").entries["5589"]

    fields, plain = entry.fields, lambda name: str(Text.from_latex(entry.fields[name]))
    assert entry.type == "techreport"
    assert [str(person) for person in entry.persons["author"]] == [
        "{European Centre for Training (Cedefop)}"
    ]
    assert "author = {{European Centre for Training (Cedefop)}}" in text
    assert "  month = feb,\n" in text
    assert "title = {Microcredentials \\& evolving systems: 100 \\% of {VET}}" in text
    assert plain("title") == PAPER.title["en"]
    assert fields["number"] == "5589"
    assert fields["institution"] == "Publications Office"
    assert (fields["year"], fields["month"]) == ("2023", "February")
    assert fields["doi"] == "10.2801/566_352"
    assert fields["url"] == PAPER.url
    assert fields["abstract"] == (
        "Users ask \\#1: \\textbraceleft{}trust\\textbraceright{}, cost\\_benefit \\& 5 \\$ "
        "\\textasciitilde{} \\textasciicircum{} \\textbackslash{} 20 \\%."
    )


def test_ris_is_a_report_to_rispy():
    text = ris.write([PAPER, replace(PAPER, number="x", type=Type.BOOK)])

    report, book = rispy.loads(text)

    assert text.startswith("TY  - RPRT\r\n")
    assert text.endswith("ER  - \r\n")
    assert text.count("\r\n") == text.count("\n") == text.count("\r")
    assert "AU  - European Centre for Training (Cedefop)\r\n" in text
    assert "Microcredentials & evolving systems" in report["title"]
    assert report["issn"] == "5589"
    assert report["notes"] == [
        "ISBN 978-92-896-3577-6",
        "ISSN 1831-5860",
        "Catalogue number TI-BC-23-014-EN-N",
        "Licence https://creativecommons.org/licenses/by/4.0/",
    ]
    assert (report["year"], report["date"]) == ("2023", "2023/02//")
    assert report["keywords"] == ["Education, training", "Microcredentials"]
    assert report["urls"] == [PAPER.url]
    assert (book["type_of_reference"], book["issn"]) == ("BOOK", "978-92-896-3577-6")


def test_csl_fits_its_schema_and_is_cited_by_a_processor():
    person = replace(PAPER, number="p", authors=(Name(family="Zahilas", given="Loukas"),))
    text = csl.write([PAPER, person])

    items = json.loads(text)

    jsonschema.validate(items, SCHEMA)
    assert items[0]["author"] == [{"literal": "European Centre for Training (Cedefop)"}]
    assert items[0]["issued"] == {"date-parts": [[2023, 2]]}
    assert (items[0]["type"], items[0]["number-of-pages"]) == ("report", 164)
    cited = cite(items)
    assert "European Centre for Training (Cedefop)" in cited[0]
    assert "Zahilas" in cited[1]
    assert "2023" in cited[1]


def cite(items):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        style = CitationStylesStyle("harvard-cite-them-right", validate=False)
        bibliography = CitationStylesBibliography(style, CiteProcJSON(items), formatters.plain)
        for item in items:
            bibliography.register(Citation([CitationItem(item["id"])]))
        return [str(each) for each in bibliography.bibliography()]


@pytest.mark.parametrize("language", ["el", "fr", "en"])
def test_a_text_is_in_the_readers_language_or_that_of_the_content(language):
    title = {"el": "Μικροδιαπιστευτήρια"}.get(language, PAPER.title["en"])

    for format in FORMATS:
        [entry] = format.read(format.write([PAPER], language))
        assert list(entry.record.title.values()) == [title]


def worded(longest=40):
    """Texts as forms let them in, with every sign that one of the formats gives a meaning."""
    signs = st.sampled_from("\\{}$&%#_~^\"'`,;@=-.:/<> éßΩ漢aBc12\u00a0\u0301\n")
    return st.text(signs | st.characters(), min_size=1, max_size=longest).map(clean).filter(bool)


def one_line(**kinds):
    return st.builds(lambda text: " ".join(clean(text).split()), worded(**kinds)).filter(bool)


names = st.builds(Name, family=one_line(longest=12), given=one_line(longest=12)) | st.builds(
    Name, literal=one_line(longest=20)
)
records = st.builds(
    replace,
    st.just(PAPER),
    type=st.sampled_from(Type),
    title=st.fixed_dictionaries({"en": one_line()}),
    published=st.sampled_from(["", "1999", "2022-10", "2023-12-05"]),
    authors=st.lists(names, max_size=3).map(tuple),
    series=one_line(),
    publisher=one_line(),
    place=one_line(),
    pages=st.none() | st.integers(1, 9999),
    subjects=st.lists(one_line(longest=15), max_size=3, unique=True).map(tuple),
    abstract=st.fixed_dictionaries({"en": one_line()}),
)
CHANGED = settings(max_examples=40, deadline=None)


@CHANGED
@given(records)
def test_bibtex_comes_back_as_it_went(record):
    [entry] = bibtex.read(bibtex.write([record]))
    assert entry.record == record
    parse_string(bibtex.write([record]), "bibtex")


@CHANGED
@given(records)
def test_ris_comes_back_as_it_went(record):
    """But for commas in names of persons; those of bodies stand in a note too."""
    bare = tuple(
        Name(*(part.replace(",", "") for part in (name.family, name.given)), name.literal)
        for name in record.authors
    )
    record = replace(record, authors=tuple(filter(fit_for_ris, map(stripped, bare))))
    [entry] = ris.read(ris.write([record]))
    assert entry.record == record
    assert len(rispy.loads(ris.write([record]))) == 1


def stripped(name):
    return Name(clean(name.family), clean(name.given), clean(name.literal))


def fit_for_ris(name):
    return bool(name.literal or (name.family and name.given))


@CHANGED
@given(records)
def test_csl_comes_back_as_it_went(record):
    commas = tuple(each.replace(";", "").strip() for each in record.subjects)
    subjects = tuple(dict.fromkeys(filter(None, map(clean, commas))))
    title = {"en": "T " + record.title["en"].replace("<", "")}
    abstract = {"en": "A " + record.abstract["en"].replace("<", "")}
    record = replace(record, subjects=subjects, title=title, abstract=abstract)
    [entry] = csl.read(csl.write([record]))
    assert entry.record == record
    jsonschema.validate(json.loads(csl.write([record])), SCHEMA)


OF_OTHERS = """
% a comment, and @ in it
@string{po = "Publications Office"}
@comment{nothing here}
@Article{smith_2020,
  author = "Smith, J{\\"o}rg and Ludwig van Beethoven and {Cedefop} and others",
  title = {{{\\'E}tude} of {VET} -- \\emph{100\\%}},
  journal = "Journal " # {of } # po,
  year = 2020, month = "12 " # mar,
  pages = "10--20",
  doi = {https://doi.org/10.2801/35\\_1271},
  keywords = {vet; skills, {a, b}}, language = {Greek},
}
@misc(plain, title = "In brackets", date = {2021-05-04}, numpages = {118p.},)
"""


def test_bibtex_of_others_is_read():
    first, second = (entry.record for entry in bibtex.read(OF_OTHERS))

    assert first == Record(
        number="smith_2020",
        type=Type.OTHER,
        title={"el": "Étude of VET – 100%"},
        language="el",
        published="2020-03-12",
        authors=(
            Name("Smith", "Jörg"),
            Name("van Beethoven", "Ludwig"),
            Name(literal="Cedefop"),
        ),
        series="Journal of Publications Office",
        doi="10.2801/35_1271",
        subjects=("vet", "skills", "a, b"),
        is_part=True,
    )
    assert (second.title, second.published, second.pages) == (
        {"en": "In brackets"},
        "2021-05-04",
        118,
    )


def test_ris_of_others_is_read():
    text = (
        "\ufeffTY  - JOUR\nT1  - A title\n  that goes on\nA1  - Smith, Jörg\nAU  - Cedefop\n"
        "PY  - 2020///\nSN  - 1831-5860\nDO  - doi:10.2801/351271\nKW  - vet\nER  -\n"
    )

    [entry] = ris.read(text)

    assert entry.record == Record(
        number="",
        type=Type.OTHER,
        title={"en": "A title that goes on"},
        language="",
        published="2020",
        authors=(Name(literal="Cedefop"), Name("Smith", "Jörg")),
        issn="1831-5860",
        doi="10.2801/351271",
        subjects=("vet",),
        is_part=True,
    )


def test_csl_of_others_is_read():
    item = {
        "id": 7,
        "type": "article-journal",
        "title": "A <i>new</i> title",
        "author": [{"family": "Beethoven", "non-dropping-particle": "van", "given": "L."}, 3],
        "issued": {"date-parts": [["2020", "3"]]},
        "ISSN": ["1831-5860", "1831-5861"],
        "page": "118",
        "custom": {"a": [1]},
    }

    [entry] = csl.read(json.dumps(item))

    assert entry.record == Record(
        number="7",
        type=Type.OTHER,
        title={"en": "A new title"},
        language="",
        published="2020-03",
        authors=(Name("van Beethoven", "L."),),
        issn="1831-5860",
        is_part=True,
    )


RIS = "TY  - {}\nTI  - A\n{}\nER  - "
BIB = "@{}{{a, title = {{A}}, {}}}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (RIS.format("RPRT", "SP  - 405\nEP  - 420"), {"pages": None}),
        (RIS.format("RPRT", "SP  - 405"), {"pages": 405}),
        (RIS.format("RPRT", "SN  - 9789289635776"), {"isbn": "978-92-896-3577-6"}),
        (RIS.format("RPRT", "SN  - 9789289635777"), {"isbn": "9789289635777"}),
        (RIS.format("RPRT", "SN  - 1831-5860\nSN  - 5589"),
         {"issn": "1831-5860", "publication_number": "5589"}),
        (RIS.format("RPRT", "SN  - 1831-5861"), {"issn": "1831-5861"}),
        (RIS.format("RPRT", "SN  - 20231215"), {"publication_number": "20231215"}),
        (RIS.format("BOOK", "SN  - 9789289635776 (pbk); 92-896-0000-0"),
         {"isbn": "978-92-896-3577-6"}),
        (RIS.format("RPRT", "AU  - Some Agency, "), {"authors": (Name(literal="Some Agency"),)}),
        (RIS.format("RPRT", "DA  - Spring 2020"),
         {"published": "2020", "date_said": "Spring 2020"}),
        (RIS.format("RPRT", "PY  - 2020-2021"), {"published": "2020", "date_said": "2020-2021"}),
        (RIS.format("RPRT", "PY  - n.d."), {"published": "", "date_said": "n.d."}),
        (RIS.format("RPRT", "DA  - 2022/10/03/Monday"),
         {"published": "2022-10-03", "date_said": ""}),
        (BIB.format("book", "year = {2022/10}, month = October"), {"published": "2022-10"}),
        (BIB.format("book", "year = {c. 2022}, month = 5"), {"published": "2022"}),
        (BIB.format("book", "date = {2022-10-03/2022-11-01}"), {"published": "2022"}),
        (BIB.format("book", "subtitle = {and B}"), {"title": {"en": "A: and B"}}),
        (BIB.format("book", "author = {family=Beethoven, given=Ludwig, prefix=van}"),
         {"authors": (Name("van Beethoven", "Ludwig"),)}),
        (BIB.format("article", "number = 7, volume = 3"),
         {"publication_number": "", "series_number": "3"}),
        (BIB.format("book", r"publisher = {a\~{}b\^{}c \href{http://x/}{d}}"),
         {"publisher": "a~b^c d"}),
        (BIB.format("book", "keywords = {a; b, c}, keywords = {d}"),
         {"subjects": ("a", "b", "c", "d")}),
        ('{"title": "A &amp; B &amp;amp;", "keyword": ["a", "b"]}',
         {"title": {"en": "A & B &amp;"}, "subjects": ("a", "b")}),
        ('{"title": "A", "issued": {"date-parts": [[2022, 10], [2022, 11]]}}',
         {"published": "2022", "date_said": "2022-10/2022-11"}),
    ],
)  # fmt: skip
def test_what_others_write_is_taken_for_what_it_is(text, said):
    format = ris if text.startswith("TY") else bibtex if text.startswith("@") else csl
    [entry] = format.read(text)
    assert {name: getattr(entry.record, name) for name in said} == said


def test_every_export_has_every_number_and_the_same_institution():
    """The body that wrote it stands for a publisher, as on its page; no number is made up."""
    bare = replace(PAPER, publisher="", publication_number="", other_numbers=(("ERIC", "ED6"),))
    texts = [format.write([bare]) for format in FORMATS]
    for text in texts:
        assert "ERIC ED6" in text
    assert "institution = {European Centre for Training (Cedefop)}" in texts[0]
    assert "PB  - European Centre for Training (Cedefop)\r\n" in texts[1]
    assert json.loads(texts[2])[0]["publisher"] == "European Centre for Training (Cedefop)"
    assert "number = " not in texts[0] and "SN  - " not in texts[1]
    for format, text in zip(FORMATS, texts, strict=True):
        [entry] = format.read(text)
        assert entry.record.catalogue_number == PAPER.catalogue_number
    odd = "10.1002/(sici)1<a::b>3.0{c}\\d;2-#"
    for format in FORMATS:
        assert format.read(format.write([replace(PAPER, doi=odd)]))[0].record.doi == odd


DEEP = "@book{a, title = " + "{" * 9_000 + "}" * 9_000 + "}"
HALF = "\n@book{a, title = {open}\n@book{b, title = {fine}}"
TWO = "@book{a, title {no sign}}\n@book{b, title = {x}}"
SOME = ["1:0 not_understood", "2:0 None", "3:0 no_title"]
TWICE = "TY  - RPRT\nTY  - RPRT\nTI  - A\nER  - \n"


@pytest.mark.parametrize(
    ("format", "text", "told"),
    [
        (bibtex, "nothing at all", ["1:0 not_this_format"]),
        (bibtex, HALF, ["1:2 not_understood", "2:3 None"]),
        (bibtex, "@book{a, title = {open", ["1:1 not_closed"]),
        (bibtex, TWO, ["1:1 not_understood", "2:2 None"]),
        (bibtex, "@book{a, year = 2020}", ["1:1 no_title"]),
        (bibtex, DEEP, ["1:1 too_deep"]),
        (bibtex, "@book{a, title = {" + "x" * 30_000 + "}}", ["1:1 not_closed"]),
        (ris, "nothing at all", ["1:0 not_this_format"]),
        (ris, "TY  - RPRT\nTI  - A\n", ["1:1 not_closed"]),
        (ris, TWICE, ["1:1 not_closed", "2:2 None"]),
        (ris, "AU  - Lost\nTY  - RPRT\nER  - ", ["1:1 outside", "2:2 no_title"]),
        (csl, "nothing at all", ["1:1 not_this_format"]),
        (csl, "[]", ["1:0 not_this_format"]),
        (csl, '[1, {"title": 1e9}, {"title": [[]]}]', SOME),
        (csl, "[" * 200_000, ["1:0 too_deep"]),
        (csl, "[" + "1" * 9_000 + "]", ["1:0 not_this_format"]),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_place(format, text, told):
    found = [f"{entry.nth}:{entry.line} {entry.trouble}" for entry in format.read(text)]
    assert found == told


@pytest.mark.parametrize("format", FORMATS)
@settings(max_examples=60, deadline=None)
@given(st.text() | st.text('@{}(),=#"\\ abTYER-[]:1\n'))
@example("@string{a={x}}" + "".join(f"@string{{b{n} = b{n - 1} # b{n - 1}}}" for n in range(60)))
@example("TY  - \x00\u2028\nER  - ")
@example('[{"title": "\\ud800\\u0000x", "author": [[]], "issued": {"date-parts": [[]]}}]')
def test_no_file_is_an_error(format, text):
    for entry in format.read(text):
        assert (entry.record is None) != (entry.trouble is None)
        if entry.record:
            for other in FORMATS:
                other.write([entry.record])


@pytest.mark.parametrize("format", FORMATS)
def test_five_thousand_records_are_read_in_a_moment_and_one_more_is_told(format):
    bare = Record(number="a", type=Type.REPORT, title={"en": "A"}, language="en")
    one = format.write([bare])
    joined = "[" + ",".join([one.strip()[1:-1]] * 5_001) + "]" if format is csl else one * 5_001
    began = time.process_time()

    found = format.read(joined)

    assert time.process_time() - began < 12
    assert [entry.trouble for entry in found[-2:]] == [None, Trouble.TOO_MANY]
    assert format.read("x" * (entries.MOST_CHARACTERS + 1))[0].trouble is Trouble.TOO_LARGE


@pytest.mark.parametrize(
    ("typed", "code"),
    [("el-GR", "el"), ("gre", "el"), ("ell", "el"), ("Ελληνικά", "el"), ("English", "en"),
     ("zz", ""), ("", ""), ("Klingon!", "")],
)  # fmt: skip
def test_a_language_is_known_by_code_and_name(typed, code):
    assert entries.language_code(typed) == code
