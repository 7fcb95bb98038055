"""The portal's "no"."""


class Refused(Exception):
    """What was asked cannot be done; the message is a sentence for the person who asked."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Gone(Refused):
    """The event that it was asked of was deleted in the meantime."""
