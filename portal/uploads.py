"""Files that people hand in: known by their content, kept under names of ours, or not at all.

A file that is kept belongs to the transaction: it goes when that is rolled back, and one that is
dropped stays until it is committed. What a fall in between leaves behind is swept away later.
"""

import os
import secrets
import tempfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from flask import current_app
from flask_babel import gettext as _
from PIL import Image, ImageOps
from sqlalchemy import event
from sqlalchemy.orm import Session

from portal import audio, filetypes
from portal.config import Settings
from portal.db import db
from portal.errors import Refused

LONGEST_SIDE = 1200
COVER_SIDES = (1400, 3000)
"""Pixels of a podcast's cover, as directories of podcasts ask for it."""
MOST_PIXELS = 50_000_000
"""A picture of a good camera; more, and a small file would unfold into all the memory."""
ORPHANS_STAY = timedelta(days=1)
CHUNK = 1 << 16
MEGABYTE = 1 << 20
TINY_SIDE = 640


class Unfit(Refused):
    """A file that the portal does not keep; the sentence says why, for its field."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it was kept: its name is ours, its ending says what it is."""

    name: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class KeptAudio(Kept):
    """A recording as it was kept, and for how long it is heard."""

    seconds: float


def keep(stream: IO[bytes], filename: str) -> Kept:
    """Keep what somebody hands in, if it is what its name says; pictures are drawn anew."""
    with tempfile.TemporaryFile() as draft:
        _read(stream, draft, settings().upload_bytes)
        ending = _ending(draft, filename)
        if ending in filetypes.PICTURES:
            return _store(BytesIO(_redrawn(draft, ending, _small)), ending)
        return _store(draft, ending)


def keep_picture(stream: IO[bytes], filename: str) -> Kept:
    """The same, for what has to be a picture."""
    with tempfile.TemporaryFile() as draft:
        _read(stream, draft, settings().upload_bytes)
        ending = _ending(draft, filename, only=filetypes.PICTURES)
        return _store(BytesIO(_redrawn(draft, ending, _small)), ending)


def keep_cover(stream: IO[bytes], filename: str) -> Kept:
    """A square JPEG or PNG as large as it came, drawn anew without what is transparent in it."""
    with tempfile.TemporaryFile() as draft:
        _read(stream, draft, settings().upload_bytes)
        ending = _ending(draft, filename, only=("jpg", "png"))
        return _store(BytesIO(_redrawn(draft, ending, _square, opaque=True)), ending)


def keep_small(name: str) -> Kept:
    """A twin of a kept picture for pages, which would else load all of it."""
    ending = filetypes.ending_of(name)
    with path(name).open("rb") as picture:
        return _store(BytesIO(_redrawn(picture, ending, _tiny, opaque=True)), ending)


def keep_audio(stream: IO[bytes], filename: str) -> KeptAudio:
    """A recording, octet by octet as it came, if its content and its name are of one kind."""
    with tempfile.TemporaryFile() as draft:
        _read(stream, draft, settings().audio_bytes)
        found, said = audio.recognised(draft), filetypes.ending_of(filename)
        if found is None:
            kinds = ", ".join(sorted(kind.upper() for kind in audio.MEDIA_TYPES))
            raise Unfit(
                _("This is no recording that can be used, or its length cannot be read. Choose one "
                  "of: %(kinds)s.", kinds=kinds)
            )  # fmt: skip
        if not audio.agrees(said, found.ending):
            raise Unfit(_other_name(said, found.ending))
        if found.is_cut:
            raise Unfit(_("The end of this recording is missing: the file is shorter than it says "
                          "itself. Export or copy it anew."))  # fmt: skip
        kept = _store(draft, found.ending)
        return KeptAudio(kept.name, kept.size, kept.digest, found.seconds)


def path(name: str) -> Path:
    """Where a kept file lies."""
    return settings().uploads_dir / name


def from_field(field: Any, keep_it: Callable[[IO[bytes], str], Kept]) -> Kept | None:
    """What a form's field brought, kept; what is wrong with it becomes the field's error."""
    if not field.data:
        return None
    try:
        return keep_it(field.data.stream, field.data.filename or "")
    except Unfit as unfit:
        field.errors = [unfit.sentence]
        return None


def drop(name: str) -> None:
    """Forget a file once the transaction is committed."""
    if name:
        _pending(db.session(), "dropped").append(path(name))


def sweep(named: Collection[str], now: datetime) -> int:
    """Remove files that no row names and that have lain for a day; how many there were."""
    swept = 0
    for file in orphans(named, now):
        file.unlink(missing_ok=True)
        swept += 1
    return swept


def orphans(named: Collection[str], now: datetime) -> Iterator[Path]:
    """Files that no row names; a younger one may belong to a transaction under way."""
    before = (now - ORPHANS_STAY).timestamp()
    for file in settings().uploads_dir.glob("*"):
        if file.name not in named and file.is_file() and file.stat().st_mtime < before:
            yield file


def settings() -> Settings:
    found: Settings = current_app.extensions["portal"]
    return found


def _read(stream: IO[bytes], draft: IO[bytes], most: int) -> None:
    size = 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > most:
            raise Unfit(_("This file is larger than %(most)s MB.", most=most // MEGABYTE))
        draft.write(chunk)
    if not size:
        raise Unfit(_("This file is empty."))


def _ending(draft: IO[bytes], filename: str, only: Collection[str] = filetypes.ENDINGS) -> str:
    """What the content is, if it is allowed and the name says the same."""
    found = filetypes.recognised(draft)
    said = filetypes.ending_of(filename)
    if found is None or found not in only:
        raise Unfit(
            _("This kind of file cannot be used. Choose one of: %(kinds)s.",
              kinds=", ".join(sorted(kind.upper() for kind in only)))
        )  # fmt: skip
    if not filetypes.agrees(said, found):
        raise Unfit(_other_name(said, found))
    return said if found == filetypes.TEXT else found


def _other_name(said: str, found: str) -> str:
    return _("The name ends in “%(said)s”, but the content is %(found)s. Save it anew under its "
             "right name.", said=said or "?", found=found.upper())  # fmt: skip


def _small(picture: Image.Image) -> None:
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))


def _tiny(picture: Image.Image) -> None:
    picture.thumbnail((TINY_SIDE, TINY_SIDE))


def _square(picture: Image.Image) -> None:
    least, most = COVER_SIDES
    if picture.width != picture.height or not least <= picture.width <= most:
        raise Unfit(
            _("This picture is %(width)s by %(height)s pixels. A cover is square, with a side of "
              "%(least)s to %(most)s pixels.",
              width=picture.width, height=picture.height, least=least, most=most)
        )  # fmt: skip


def _redrawn(
    draft: IO[bytes], ending: str, fit: Callable[[Image.Image], None], *, opaque: bool = False
) -> bytes:
    """The picture and nothing else: no position, no camera, no second file behind it."""
    draft.seek(0)
    try:
        with Image.open(draft, formats=[filetypes.PICTURES[ending]]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Unfit(_("This picture has too many pixels. Save it smaller."))
            upright = ImageOps.exif_transpose(opened)
            fit(upright)
            return _drawn(upright, ending, opaque=opaque)
    except Unfit:
        raise
    except _UNREADABLE as error:
        raise Unfit(_("This picture cannot be read. Save it anew and try again.")) from error


_UNREADABLE = (
    OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip


def _drawn(picture: Image.Image, ending: str, *, opaque: bool) -> bytes:
    flat = picture.convert("RGB" if ending == "jpg" else "RGBA")
    if opaque and flat.mode == "RGBA":
        ground = Image.new("RGBA", flat.size, "white")
        flat = Image.alpha_composite(ground, flat).convert("RGB")
    bare = Image.frombytes(flat.mode, flat.size, flat.tobytes())
    written = BytesIO()
    options: dict[str, Any] = {"optimize": True} if ending == "png" else {"quality": 85}
    bare.save(written, filetypes.PICTURES[ending], **options)
    return written.getvalue()


def _store(content: IO[bytes], ending: str) -> Kept:
    """Whole under its own name, or not at all."""
    directory = settings().uploads_dir
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{secrets.token_hex(16)}.{ending}"
    target = directory / name
    handle, draft = tempfile.mkstemp(dir=directory, prefix=".")
    size, digest = 0, sha256()
    try:
        with os.fdopen(handle, "wb") as file:
            content.seek(0)
            while chunk := content.read(CHUNK):
                file.write(chunk)
                size += len(chunk)
                digest.update(chunk)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(target)
    finally:
        Path(draft).unlink(missing_ok=True)
    _pending(db.session(), "kept").append(target)
    return Kept(name, size, digest.hexdigest())


def _pending(session: Session, what: str) -> list[Path]:
    found: list[Path] = session.info.setdefault(f"uploads {what}", [])
    return found


def _settle(session: Session, gone: str) -> None:
    for file in _pending(session, gone):
        file.unlink(missing_ok=True)
    for what in ("kept", "dropped"):
        _pending(session, what).clear()


@event.listens_for(db.session, "after_commit")
def _committed(session: Session) -> None:
    if not session.in_nested_transaction():
        _settle(session, "dropped")


@event.listens_for(db.session, "after_rollback")
def _rolled_back(session: Session) -> None:
    if not session.in_nested_transaction():
        _settle(session, "kept")
