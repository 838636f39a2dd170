"""The error of a document that cannot be read."""


class UnreadableDocument(Exception):
    """The file is refused. ``message`` gives the reason and, where possible, advice."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
