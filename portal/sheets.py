"""Tables as files: CSV and XLSX, whose cells are text and never a formula."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, TYPE_CHECKING

from flask import Response, stream_with_context

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a spreadsheet may take for the beginning of a formula, also in its full-width form.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
ROWS_A_CHUNK = 500
CHUNK = 64 * 1024

Cells = Sequence[str]


def neutral(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet might run (OWASP, CSV injection)."""
    bare = cell.lstrip(" \u00a0\u3000\"'")
    return f"'{cell}" if cell.startswith(FORMULA) or bare.startswith(FORMULA) else cell


def csv_response(name: str, head: Cells, rows: Iterable[Cells]) -> Response:
    """A CSV file (RFC 4180) with a byte order mark, sent while its rows are read."""
    chunks = stream_with_context(_csv_chunks(head, rows))
    return _file(Response(chunks, content_type=CSV_TYPE), f"{name}.csv")


def xlsx_response(
    name: str, title: str, head: Cells, rows: Iterable[Cells], notes: Cells = ()
) -> Response:
    """A workbook of text cells, written row by row; `notes` stand on a second sheet."""
    import xlsxwriter  # only who exports waits for it

    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it was sent
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(title[:31])
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(head) - 1, 20)
        for column, cell in enumerate(head):
            sheet.write_string(0, column, cell, bold)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if cell:
                    sheet.write_string(number, column, neutral(cell))
        if notes:
            _write_notes(book.add_worksheet("Info"), notes)
    response = Response(_file_chunks(file), content_type=XLSX_TYPE)
    response.content_length = file.tell()
    file.seek(0)
    return _file(response, f"{name}.xlsx")


def _write_notes(sheet: "Worksheet", notes: Cells) -> None:
    sheet.set_column(0, 0, 100)
    for number, note in enumerate(notes):
        sheet.write_string(number, 0, neutral(note))


def _csv_chunks(head: Cells, rows: Iterable[Cells]) -> Iterator[bytes]:
    text = io.StringIO()
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow(head)
    for number, row in enumerate(rows, start=1):
        writer.writerow([neutral(cell) for cell in row])
        if number % ROWS_A_CHUNK == 0:
            yield _taken(text)
    yield _taken(text)


def _taken(text: io.StringIO) -> bytes:
    chunk = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return chunk


def _file_chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk


def _file(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
