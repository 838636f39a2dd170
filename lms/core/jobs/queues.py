"""Names of the queues. Every kind of job names one; the workers consume all of them."""

GRADING = "grading"
DOCUMENTS = "documents"
DEFAULT = "default"
PLATFORMS = "platforms"
"""Requests to platforms over the network. A worker of its own consumes it, so that a slow platform holds up nothing
else.
"""
MAIL = "mail"
"""Letters. A worker of its own consumes it too: a mail server may take minutes for one letter."""

OWN = (GRADING, DOCUMENTS, DEFAULT)
"""Queues of work that waits for nothing outside."""
ALL = (*OWN, PLATFORMS, MAIL)
