"""Why a document cannot be read, in words for the person who chose it."""


class UnreadableDocument(Exception):
    """The file is refused: ``message`` says why and, where possible, what to do about it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
