"""What is said in an episode, read from WebVTT or SubRip and written again, never as it came.

WebVTT: Timed Text Tracks (W3C). Everything but times, voices and words is left behind: what a
file says of styles, places on a screen or markup reaches nobody.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape

from portal.podcasts.rules import Misread
from portal.text import clean, clean_lines

MOST_BYTES = 2 * 1024 * 1024
MOST_CUES = 20_000
LONGEST_TEXT = 2000
LONGEST_VOICE = 200
TURN_SECONDS = 60.0
"""One who speaks for longer is given another time to jump to."""
_STAMP = r"(?:(\d{1,3}):)?([0-5]\d):([0-5]\d)[.,](\d{3})"
_TIMING = re.compile(rf"{_STAMP}[ \t]+-->[ \t]+{_STAMP}(?:[ \t].*)?")
_TAG = re.compile(
    r"<(?:\d+:)?\d\d:\d\d\.\d{3}>"  # when a word is said
    r"|<(?P<end>/?)(?:(?:i|b|u|c|ruby|rt)(?:\.[^\s<>]*)?[ \t]*"
    r"|(?P<named>v|lang)(?P<name>(?:\.[^\s<>]*)?(?:\s[^<>]*)?)"
    r"|font(?:\s+[a-z]+\s*=[^<>]*)?)>",
    re.IGNORECASE,
)
"""The tags of WebVTT (3.5), and `font`, which SubRip has; any other `<` is something said."""
_PLACE = re.compile(r"\{\\an?\d{1,2}\}")
"""Where a line of SubRip stands on the screen."""
_BESIDE = ("NOTE", "STYLE", "REGION")


@dataclass(frozen=True, slots=True)
class Cue:
    """So long, in seconds, these words are heard, of this voice where it is named."""

    start: float
    end: float
    voice: str
    text: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What one voice says until another does."""

    start: float
    voice: str
    text: str


def read(content: bytes) -> list[Cue]:
    """The cues of a file, in their order; `Misread` says on which line it is wrong."""
    if len(content) > MOST_BYTES:
        raise Misread(0, "size")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Misread(content[: error.start].count(b"\n") + 1, "utf8") from error
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    is_vtt = _is_vtt(lines)
    cues: list[Cue] = []
    for number, block in _blocks(lines):
        for cue in _cues(number, block if is_vtt else [_PLACE.sub("", line) for line in block]):
            if cues and cue.start < cues[-1].start:
                raise Misread(number, "order")
            cues.append(cue)
        if len(cues) > MOST_CUES:
            raise Misread(number, "many")
    if not cues:
        raise Misread(0, "empty")
    return cues


def _is_vtt(lines: Sequence[str]) -> bool:
    return re.match(r"WEBVTT(?:[ \t]|$)", lines[0]) is not None


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Lines between empty ones, with the number of the first; headers and notes are left out."""
    is_vtt = _is_vtt(lines)
    first, block = 1, list[str]()
    for number, line in enumerate([*lines, ""], start=1):
        if line.strip():
            block.append(line)
            continue
        beside = block and (block[0].split()[0] in _BESIDE or (first == 1 and is_vtt))
        if block and not (beside and not any("-->" in each for each in block)):
            yield first, block
        first, block = number + 1, []


def _cues(number: int, block: list[str]) -> Iterator[Cue]:
    """A block is a name or nothing, a line of times, and what is heard."""
    at = next((at for at, line in enumerate(block[:2]) if "-->" in line), None)
    if at is None:
        raise Misread(number, "times")
    number += at
    timing = _TIMING.fullmatch(block[at].strip())
    if timing is None:
        raise Misread(number, "times")
    start, end = _seconds(*timing.groups()[:4]), _seconds(*timing.groups()[4:])
    if end <= start:
        raise Misread(number, "backwards")
    for voice, text in _voices("\n".join(block[at + 1 :])):
        if len(text) > LONGEST_TEXT:
            raise Misread(number, "long")
        yield Cue(start, end, voice[:LONGEST_VOICE], text)


def _seconds(hours: str | None, minutes: str, seconds: str, thousandths: str) -> float:
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + int(thousandths) / 1000


def _voices(payload: str) -> Iterator[tuple[str, str]]:
    """Who says what in one cue: `<v Ada>` names the voice, other known tags are left out."""
    voice, said, last = "", "", 0
    for tag in _TAG.finditer(payload):
        said += payload[last : tag.start()]
        last = tag.end()
        if (tag["named"] or "").lower() == "v" and not tag["end"]:
            if text := _plain(said):
                yield voice, text
            voice, said = clean(unescape(re.sub(r"^\.\S*", "", tag["name"]))), ""
    if text := _plain(said + payload[last:]):
        yield voice, text


def _plain(said: str) -> str:
    """As people read it: no line is empty, since an empty line ends a cue."""
    return re.sub(r"\n{2,}", "\n", clean_lines(unescape(said)))


def as_vtt(cues: Sequence[Cue]) -> str:
    """A WebVTT file of these cues, in which no word can be taken for anything else."""
    blocks = ["WEBVTT"]
    for cue in cues:
        voice = f"<v {_escaped(cue.voice)}>" if cue.voice else ""
        times = f"{_stamp(cue.start, '.')} --> {_stamp(cue.end, '.')}"
        blocks.append(f"{times}\n{voice}{_escaped(cue.text)}")
    return "\n\n".join(blocks) + "\n"


def as_srt(cues: Sequence[Cue]) -> str:
    """A SubRip file; it knows no escapes, so that angle brackets become their look-alikes."""
    blocks = []
    for number, cue in enumerate(cues, start=1):
        voice = f"{cue.voice}: " if cue.voice else ""
        words = (voice + cue.text).replace("<", "‹").replace(">", "›")
        times = f"{_stamp(cue.start, ',')} --> {_stamp(cue.end, ',')}"
        blocks.append(f"{number}\n{times}\n{words}")
    return "\n\n".join(blocks) + "\n"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _stamp(seconds: float, point: str) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{point}{thousandths:03}"


def turns(cues: Sequence[Cue]) -> list[Turn]:
    """Cues of one voice joined as they are read, with a time for each."""
    found: list[Turn] = []
    for cue in cues:
        words = " ".join(cue.text.split("\n"))
        last = found[-1] if found else None
        if last and last.voice == cue.voice and cue.start - last.start < TURN_SECONDS:
            found[-1] = Turn(last.start, last.voice, f"{last.text} {words}")
        else:
            found.append(Turn(cue.start, cue.voice, words))
    return found


def kept(cues: Sequence[Cue]) -> list[list[object]]:
    """As rows keep them."""
    return [[cue.start, cue.end, cue.voice, cue.text] for cue in cues]
