"""Files as people hand them in: honest ones, and some that lie."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

from PIL import Image

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\nstartxref\n0\n%%EOF\n"
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
GPS = 0x8825


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    written = BytesIO()
    Image.new("RGB", size, "teal").save(written, kind, **options)
    return written.getvalue()


def taken_somewhere(size: tuple[int, int] = (2000, 1000)) -> bytes:
    """A photo that says where it was taken, and holds a page behind its end."""
    exif = Image.Exif()
    exif.get_ifd(GPS)[2] = (50.0, 50.0, 0.0)
    exif[0x010E] = "Taken in Brussels"
    return picture("JPEG", size, exif=exif) + HTML


def archive(**entries: str) -> bytes:
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        for name, text in entries.items():
            made.writestr(name.replace("__", "/"), text)
    return written.getvalue()


def docx(**more: str) -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    types = f'<Types><Override PartName="/word/document.xml" ContentType="{kind}"/></Types>'
    return archive(**({"[Content_Types].xml": types, "word__document.xml": "<w/>"} | more))


def odt() -> bytes:
    return archive(mimetype="application/vnd.oasis.opendocument.text", content="<x/>")


HONEST = {
    "paper.pdf": PDF,
    "drawing.PNG": picture(),
    "photo.jpeg": picture("JPEG"),
    "photo.webp": picture("WEBP"),
    "paper.docx": docx(),
    "paper.odt": odt(),
    "notes.txt": b"Ce que nous en retenons : tout.\n",
    "table.csv": "\ufeffname;places\nForum;50\n".encode(),
    "captions.vtt": b"WEBVTT\n\n00:00.000 --> 00:02.000\nWelcome\n",
}
REFUSED = {
    "page.html": HTML,
    "page.txt": HTML,
    "later.txt": b"Notes\n<script>alert(1)</script>\n",
    "drawing.svg": SVG,
    "drawing.png": SVG,
    "paper.zip": archive(a="b"),
    "paper.docx": archive(a="b"),
    "macros.docx": docx(word__vbaProject="x"),
    "program.pdf": b"MZ\x90\x00",
    "no-end.pdf": b"%PDF-1.7\n1 0 obj",
    "polyglot.pdf": PDF + archive(a="b"),
    "page.pdf": PDF + HTML,
    "late.pdf": b"<html>" + PDF,
    "latin.txt": "café".encode("latin-1"),
    "binary.csv": b"a\x00b",
    "paper.exe": PDF,
    "photo.png": picture("JPEG"),
    "photo.jpg": b"\xff\xd8\xff\xe0 no picture",
    "paper": PDF,
    "empty.pdf": b"",
    "moving.gif": picture("GIF"),
}
