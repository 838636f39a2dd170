"""Errors of the embedded servers; each message is written for the operator's terminal."""


class ServerError(Exception):
    """A server could not be started or used; the message gives the reason and what to do."""


class DataInUse(ServerError):
    """Another command holds this data folder."""
