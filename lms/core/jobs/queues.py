"""The queues: declared here once; every kind of job names one, and the worker consumes all of them."""

GRADING = "grading"
DOCUMENTS = "documents"
DEFAULT = "default"
PLATFORMS = "platforms"
"""Asks platforms over the network; a worker of its own consumes it, so that a slow one holds nothing else up."""

OWN = (GRADING, DOCUMENTS, DEFAULT)
"""Work that waits for nobody outside."""
ALL = (*OWN, PLATFORMS)
