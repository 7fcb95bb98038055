"""Numbers of publications: three link forms, check digits, dates that exist."""

import pytest

from portal.publications import checks


@pytest.mark.parametrize(
    ("typed", "bare"),
    [
        ("10.2801/351271", "10.2801/351271"),
        ("doi:10.2801/351271", "10.2801/351271"),
        ("DOI: 10.2801/351271", "10.2801/351271"),
        ("https://doi.org/10.2801/351271", "10.2801/351271"),
        ("http://dx.doi.org/10.2801/351271", "10.2801/351271"),
        ("http://data.europa.eu/doi/10.2801/351271", "10.2801/351271"),
        ("https://data.europa.eu/doi/10.2801/351271.", "10.2801/351271"),
        ("https://doi.org/10.1002/(S)1%3C1::AID%3E3;2-%23", "10.1002/(S)1<1::AID>3;2-#"),
        ("10.2801", None),
        ("10.2801/", None),
        ("10.2801/35 12", None),
        ("11.2801/351271", None),
        ("https://example.org/10.2801/351271", None),
        ("", None),
        ("10." * 50_000, None),
    ],
)  # fmt: skip
def test_a_doi_is_kept_bare_however_it_was_typed(typed, bare):
    assert checks.doi(typed) == bare


def test_a_bare_doi_leads_back_to_its_link():
    for bare in ("10.2801/351271", "10.1002/(SICI)1<1::AID>3.0.CO;2-#"):
        assert checks.doi(checks.doi_link(bare)) == bare


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("9789289635776", "978-92-896-3577-6"),
        ("978-92-896-3577-6", "978-92-896-3577-6"),
        ("978–92–896–3577–6", "978-92-896-3577-6"),
        ("ISBN-13: 97-892-89635776", "978-92-896-3577-6"),
        ("0306406152", "0-306-40615-2"),
        ("080442957x", "0-8044-2957-X"),
        ("978-92-896-3577-7", None),
        ("0306406153", None),
        ("97892896357", None),
        ("٩٧٨٩٢٨٩٦٣٥٧٧٦", None),
        ("isbn", None),
        ("-" * 20, None),
    ],
)
def test_an_isbn_has_its_check_digit_and_gets_its_hyphens(typed, kept):
    assert checks.isbn(typed) == kept


def test_ten_digits_and_thirteen_of_one_book_are_the_same_isbn():
    assert checks.isbn_key("0-306-40615-2") == checks.isbn_key("978-0-306-40615-7")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("18315860", "1831-5860"),
        ("1831-5860", "1831-5860"),
        ("ISSN 2434-561x", "2434-561X"),
        ("1831-5861", None),
        ("1831-586", None),
    ],
)
def test_an_issn_has_its_check_digit_and_its_hyphen(typed, kept):
    assert checks.issn(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2022", "2022"),
        ("2022-10", "2022-10"),
        ("2022/10//", "2022-10"),
        ("2023-12-15", "2023-12-15"),
        ("2024-2-29", "2024-02-29"),
        ("2023-02-29", None),
        ("2022-13", None),
        ("202", None),
        ("0022", None),
        ("15.12.2023", None),
    ],
)
def test_a_date_is_as_precise_as_it_came_and_exists(typed, kept):
    assert checks.day(typed) == kept
