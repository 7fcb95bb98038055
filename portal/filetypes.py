"""What a file is, by its content: a short list of kinds, each told by more than its first bytes.

A kind that is not on the list is none: what a browser would run (HTML, SVG, XML, scripts), what
unpacks into something else (archives), and office files with macros.
"""

import codecs
import re
import zipfile
from collections.abc import Mapping
from io import BufferedIOBase
from types import MappingProxyType
from typing import IO, cast

PICTURES: Mapping[str, str] = MappingProxyType({"png": "PNG", "jpg": "JPEG", "webp": "WEBP"})
OFFICE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "docx": ("word/document.xml", "wordprocessingml.document.main+xml"),
        "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
        "pptx": ("ppt/presentation.xml", "presentationml.presentation.main+xml"),
    }
)
OPEN_DOCUMENT: Mapping[bytes, str] = MappingProxyType(
    {
        b"application/vnd.oasis.opendocument.text": "odt",
        b"application/vnd.oasis.opendocument.spreadsheet": "ods",
        b"application/vnd.oasis.opendocument.presentation": "odp",
    }
)
TEXT = "txt"
TEXTS = (TEXT, "csv")
"""Plain text, which only its name tells apart."""
MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "pdf": "application/pdf",
        "png": "image/png",
        "jpg": "image/jpeg",
        "webp": "image/webp",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        **{ending: name.decode() for name, ending in OPEN_DOCUMENT.items()},
        "txt": "text/plain; charset=utf-8",
        "csv": "text/csv; charset=utf-8",
        "vtt": "text/vtt; charset=utf-8",
    }
)
ENDINGS = frozenset(MEDIA_TYPES)
_SAME = {"jpeg": "jpg"}
_LARGEST_INDEX = 1 << 20
_MOST_ENTRIES = 10_000
_MARKUP = re.compile(rb"\s*(?:<|%!|#!|\{\\rtf)", re.ASCII)
_ACTIVE = re.compile(rb"<\s*(?:script|svg|html|iframe|!doctype|\?xml|\?php)", re.IGNORECASE)


def ending_of(filename: str) -> str:
    """What the name says; nothing else of it is ever used."""
    ending = filename.rpartition(".")[2].strip().lower() if "." in filename else ""
    return _SAME.get(ending, ending)[:10]


def agrees(said: str, found: str) -> bool:
    """Whether the ending of a name is one of this content."""
    return said == found or (found == TEXT and said in TEXTS)


def recognised(file: IO[bytes]) -> str | None:
    """The ending of the kind that this content is; None for what is not on the list."""
    file.seek(0)
    head = file.read(64)
    if head.startswith(b"%PDF-"):
        return "pdf" if _ends_as_pdf(file) else None
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    if head.startswith(b"PK\x03\x04"):
        return _office(file)
    return _text(file)


def _ends_as_pdf(file: IO[bytes]) -> bool:
    """Nothing stands behind its end: no archive, no page (ISO 32000-2, 7.5.5)."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 1024))
    before, mark, after = file.read().rpartition(b"%%EOF")
    return bool(mark) and not after.strip(b"\r\n\x00 \t") and b"PK\x05\x06" not in before


def _office(file: IO[bytes]) -> str | None:
    """An office file is an archive that says what it holds; any other archive is none."""
    try:
        with zipfile.ZipFile(cast(BufferedIOBase, file)) as archive:
            names = archive.namelist()
            if not names or len(names) > _MOST_ENTRIES or archive.comment:
                return None
            if any("vbaproject" in name.lower() for name in names):
                return None
            if names[0] == "mimetype":
                return OPEN_DOCUMENT.get(_small(archive, "mimetype"))
            types = _small(archive, "[Content_Types].xml").decode("utf-8", "replace")
            if "macroEnabled" in types:
                return None
            for ending, (part, kind) in OFFICE.items():
                if part in names and kind in types:
                    return ending
    except (zipfile.BadZipFile, KeyError, ValueError, NotImplementedError, RuntimeError, OSError):
        return None
    return None


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    """Never more than so much, whatever the archive says of its size."""
    with archive.open(name) as part:
        return part.read(_LARGEST_INDEX)


def _text(file: IO[bytes]) -> str | None:
    """UTF-8 that a person wrote, and that no program takes for markup."""
    file.seek(0)
    head = file.read(4096).removeprefix(codecs.BOM_UTF8)
    if _MARKUP.match(head) or _ACTIVE.search(head) or not _is_utf8(file):
        return None
    return "vtt" if re.match(rb"WEBVTT[ \t\r\n]", head) else TEXT


def _is_utf8(file: IO[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while chunk := file.read(1 << 16):
            if any(c < " " and c not in "\t\n\r\f" for c in decoder.decode(chunk)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
