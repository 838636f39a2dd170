"""What can go wrong with the servers that come along; each message is written for the operator's terminal."""


class ServerError(Exception):
    """A server could not be started or used; the message says why and what to do."""


class DataInUse(ServerError):
    """Another command holds this data folder."""
