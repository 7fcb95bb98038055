"""A small IMAP server (RFC 3501) on a real socket: folders, UIDs, literals, refusals."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

CAPABILITIES = "IMAP4rev1 NAMESPACE UIDPLUS MOVE"


@dataclass
class ImapServer:
    """`folders` holds mails by UID; without MOVE or UIDPLUS in `capabilities` it knows neither."""

    capabilities: str = CAPABILITIES
    prefix: str = ""
    password: str = 'hush "and\\ more'
    folders: dict[str, dict[int, bytes]] = field(default_factory=lambda: {"INBOX": {}})
    deleted: set[int] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    cut_after: str = ""
    broken: set[int] = field(default_factory=set)
    port: int = 0
    last: int = 0

    def put(self, *mails: bytes) -> None:
        for octets in mails:
            self.last += 1
            self.folders["INBOX"][self.last] = octets


class _Talk(socketserver.StreamRequestHandler):
    server: _Server
    folder = "INBOX"

    def handle(self) -> None:
        self._say("* OK ready")
        while line := self.rfile.readline():
            tag, _space, words = line.decode("ascii").rstrip("\r\n").partition(" ")
            imap = self.server.imap
            imap.said.append(words)
            if imap.cut_after and imap.cut_after in words:
                imap.cut_after = ""
                return
            answer = self._answer(words)
            self._say(f"{tag} {answer}")
            if words == "LOGOUT":
                return

    def _answer(self, words: str) -> str:
        imap = self.server.imap
        command, _space, rest = words.partition(" ")
        if command == "UID":
            command, _space, rest = rest.partition(" ")
        mails = imap.folders[self.folder]
        match command:
            case "CAPABILITY":
                self._say(f"* CAPABILITY {imap.capabilities}")
            case "LOGIN":
                given = [re.sub(r"\\(.)", r"\1", each) for each in _strings(rest)]
                is_known = rest.startswith("portal ") and given == [imap.password]
                return "OK in" if is_known else "NO wrong password"
            case "NAMESPACE":
                self._say(f'* NAMESPACE (("{imap.prefix}" ".")) NIL NIL')
            case "SELECT":
                self.folder = _strings(rest)[0]
                self._say(f"* {len(imap.folders[self.folder])} EXISTS")
            case "SEARCH":
                self._say(
                    f"* SEARCH {' '.join(str(uid) for uid in mails if uid not in imap.deleted)}"
                )
            case "CREATE":
                name = _strings(rest)[0]
                if name in imap.folders or not name.startswith(imap.prefix):
                    return "NO no"
                imap.folders[name] = {}
            case "FETCH" if int(rest.split()[0]) in imap.broken:
                return "NO internal error"
            case "FETCH":
                self._fetch(int(rest.split()[0]), rest, mails)
            case "MOVE" | "COPY":
                number, _space, name = rest.partition(" ")
                uid = int(number)
                if command == "MOVE" and "MOVE" not in imap.capabilities:
                    return "BAD what"
                imap.folders[_strings(name)[0]][uid] = mails[uid]
                if command == "MOVE":
                    del mails[uid]
            case "STORE":
                imap.deleted.add(int(rest.split()[0]))
            case "EXPUNGE":
                for uid in imap.deleted & set(mails):
                    del mails[uid]
            case "LOGOUT":
                self._say("* BYE")
            case _:
                return "BAD what"
        return "OK done"

    def _fetch(self, uid: int, rest: str, mails: dict[int, bytes]) -> None:
        octets = mails.get(uid)
        if octets is None:
            return
        if "SIZE" in rest:
            self._say(f"* 1 FETCH (UID {uid} RFC822.SIZE {len(octets)})")
        else:
            self.wfile.write(b"* 1 FETCH (UID %d BODY[] {%d}\r\n" % (uid, len(octets)))
            self.wfile.write(octets + b")\r\n")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode("ascii"))


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, imap: ImapServer) -> None:
        super().__init__(("127.0.0.1", imap.port), _Talk)
        self.imap = imap


def _strings(words: str) -> list[str]:
    return re.findall(r'"((?:[^"\\]|\\.)*)"', words)


@contextmanager
def imap_server(port: int) -> Iterator[ImapServer]:
    imap = ImapServer(port=port)
    with _Server(imap) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield imap
        finally:
            server.shutdown()
            thread.join(5)
