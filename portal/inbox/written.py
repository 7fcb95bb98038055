"""What a person wrote in answer to a letter: plain words of a stranger's mail, and nothing else."""

import re
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from html import unescape

from portal.inbox.rules import Written
from portal.text import clean, clean_lines

LONGEST_TEXT, LONGEST_SUBJECT = 5_000, 200
_READ = 60_000
_IDS = re.compile(r"<[^<>\s]{3,250}>")
_HIDDEN = re.compile(r"<(style|script|head|title)\b.*?(</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])\b[^>]{0,200}>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,2000}>")


def written(
    leaves: list[tuple[str, bool, str]], *, sender: str, subject: str, answers: list[str]
) -> Written | None:
    """Of the leaves of a mail (type, whether a file, text); None where nobody wrote anything."""
    words = [text for kind, is_file, text in leaves if kind == "text/plain" and not is_file]
    pages = [_without_tags(text) for kind, is_file, text in leaves if kind == "text/html"]
    said = clean_lines(next(filter(str.strip, [*words, *pages]), "")[:_READ])
    if not said:
        return None
    return Written(
        sender=clean(sender)[:254],
        subject=clean(_decoded(subject))[:LONGEST_SUBJECT],
        text=said[:LONGEST_TEXT],
        is_cut=len(said) > LONGEST_TEXT,
        has_files=any(is_file for _kind, is_file, _text in leaves),
        message_ids=tuple(dict.fromkeys(_IDS.findall(" ".join(answers))))[:10],
    )


def is_file(part: Message) -> bool:
    """Whether it came along as a file."""
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _decoded(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (MessageError, LookupError, ValueError):
        return value


def _without_tags(page: str) -> str:
    text = _TAG.sub(" ", _BREAK.sub("\n", _HIDDEN.sub(" ", page[:_READ])))
    return unescape(text)
