"""What an event says of letters and reimbursement."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Row
from portal.i18n import Translated


class EventPapers(Row):
    """Which letters an event offers, who signs them for whom, and where its claim forms are.

    `body` is the head of the letters, name and address in lines; `words` stand in the letter of
    invitation, for example who bears which costs; nothing here is about a registrant.
    """

    __tablename__ = "event_papers"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), unique=True)
    invites: Mapped[bool] = mapped_column(default=False, server_default=false())
    confirms: Mapped[bool] = mapped_column(default=False, server_default=false())
    body: Mapped[str] = mapped_column(Text, default="")
    signer: Mapped[str] = mapped_column(String(200), default="")
    signer_role: Mapped[Translated] = mapped_column(JSON, default=dict)
    words: Mapped[Translated] = mapped_column(JSON, default=dict)
    reference: Mapped[str] = mapped_column(String(100), default="")
    forms_url: Mapped[str] = mapped_column(String(500), default="")
    forms_until: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=0)

    @property
    def head(self) -> list[str]:
        """Name and address of the body, line by line."""
        return [line for line in self.body.splitlines() if line]
