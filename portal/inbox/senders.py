"""Who sent a mail, as far as our own mail server has proven it (RFC 8601, 7489)."""

import re
from collections.abc import Iterator, Sequence
from email.utils import getaddresses


def proven_sender(authserv_id: str, results: Sequence[str], senders: Sequence[str]) -> str:
    """The address in From, where our server says that DMARC passed for its domain; else nothing.

    Without the name of our server nobody is proven. A server writes its results above what came
    with the mail, and takes out what bears its name (RFC 8601, 5): the first results count, up to
    those of another server, and one that is no pass spoils all.
    """
    addresses = [address.lower() for _name, address in getaddresses(senders)]
    if not authserv_id or len(senders) != 1 or len(addresses) != 1:
        return ""
    domain = addresses[0].rpartition("@")[2]
    said = [each for result in _ours(authserv_id, results) for each in _dmarc(result)]
    is_proven = bool(said) and bool(domain) and all(each == ("pass", domain) for each in said)
    return addresses[0] if is_proven else ""


def _ours(authserv_id: str, results: Sequence[str]) -> Iterator[str]:
    for result in results:
        name, _semicolon, rest = _without_comments(result).partition(";")
        if name.split()[:1] != [authserv_id]:
            return
        yield rest


def _dmarc(result: str) -> Iterator[tuple[str, str]]:
    for each in result.split(";"):
        method = re.match(r"\s*dmarc\s*=\s*([a-z]+)", each)
        if method:
            domain = re.search(r"\sheader\.from\s*=\s*([^\s;]+)", each)
            yield method[1], domain[1].rpartition("@")[2].strip('"') if domain else ""


def _without_comments(value: str) -> str:
    """In lower case; comments may stand within comments, as far as anybody writes them."""
    value = value.lower()
    for _depth in range(5):
        value = re.sub(r"\([^()]*\)", " ", value)
    return value
