"""What a recording is, by its content, and how long it lasts: a short list of kinds.

Only kinds whose length their own frame says are on it; a film is none, nor is a bare AAC stream.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from os import SEEK_END
from types import MappingProxyType
from typing import IO, Any

from mutagen import MutagenError
from mutagen.mp3 import MPEGInfo
from mutagen.mp4 import Atoms, MP4Info
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis

MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {"mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg", "opus": "audio/ogg"}
)
_SAME = {"mp4": "m4a", "oga": "ogg"}
_BROKEN = (
    MutagenError, OSError, ValueError, KeyError, IndexError, TypeError, AttributeError,
    ArithmeticError, EOFError, RecursionError, MemoryError, struct.error,
)  # fmt: skip
"""What a reader of made-up files may raise beside its own error."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A kind of file, by its usual ending, and for how many seconds it is heard."""

    ending: str
    seconds: float
    is_cut: bool = False
    """Whether its end is missing: it says that it is longer than the file."""


def recognised(file: IO[bytes]) -> Recording | None:
    """What this content is; None for what is not on the list or cannot be read."""
    file.seek(0)
    head = file.read(64)
    try:
        if head.startswith(b"OggS"):
            found = _ogg(file, head)
        elif head[4:8] == b"ftyp":
            found = _mp4(file)
        elif head.startswith(b"ID3") or _begins_a_frame(head):
            found = _mp3(file)
        else:
            found = None
    except _BROKEN:
        return None
    return found if found is not None and found.seconds > 0 else None


def ending_of(said: str) -> str:
    """The usual ending for one that means the same."""
    return _SAME.get(said, said)


def agrees(said: str, found: str) -> bool:
    """Whether the ending of a name is one of this content; Opus is also named after its frame."""
    return ending_of(said) == found or (found == "opus" and ending_of(said) == "ogg")


def _begins_a_frame(head: bytes) -> bool:
    """Eleven set bits, and layer III (ISO/IEC 11172-3, 2.4.2.3)."""
    return len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2


def _mp3(file: IO[bytes]) -> Recording | None:
    """Its tags are passed over: they may hold anything, also what unfolds into all the memory."""
    info: Any = MPEGInfo(file)
    if info.sketchy or info.layer != 3:
        return None
    return Recording("mp3", info.length, is_cut=_is_cut(file, info))


def _is_cut(file: IO[bytes], info: Any) -> bool:
    """Whether its first frame counts more octets or frames than there are (Xing, Info).

    Without such a count the length is that of the file itself.
    """
    there = file.seek(0, SEEK_END) - info.frame_offset
    file.seek(info.frame_offset)
    head = file.read(64)
    at = max(head.find(b"Xing"), head.find(b"Info"))
    if at < 0:
        return False
    flags, *counts = struct.unpack(">III", head[at + 4 : at + 16])
    said = counts[flags & 1] if flags & 2 else 0
    return bool(there < WHOLE * said or there * 8 < LOWEST_RATE * info.length)


WHOLE = 0.99
"""Of the octets that a recording says to have, so many are there: some count their tags too."""
LOWEST_RATE = 8000
"""Bits a second, below which no frame of layer III is (ISO/IEC 13818-3, 2.4.2.3)."""


def _mp4(file: IO[bytes]) -> Recording | None:
    """One that also holds a film is a film."""
    file.seek(0)
    atoms: Any = Atoms(file)
    size = file.seek(0, SEEK_END)
    kinds = [_kind(track, file) for track in atoms[b"moov"].findall(b"trak")]
    if b"soun" not in kinds or b"vide" in kinds:
        return None
    info: Any = MP4Info(atoms, file)
    is_cut = any(atom.offset + atom.length > size for atom in atoms.atoms)
    is_audio = info.codec.startswith("mp4a")
    return Recording("m4a", info.length, is_cut=is_cut) if is_audio else None


def _kind(track: Any, file: IO[bytes]) -> bytes:
    _whole, data = track[b"mdia", b"hdlr"].read(file)
    kind: bytes = data[8:12]
    return kind


def _ogg(file: IO[bytes], head: bytes) -> Recording | None:
    file.seek(0)
    if b"OpusHead" in head:
        return Recording("opus", _length(OggOpus(file)))
    if b"\x01vorbis" in head:
        return Recording("ogg", _length(OggVorbis(file)))
    return None


def _length(read: Any) -> float:
    seconds: float = read.info.length
    return seconds
