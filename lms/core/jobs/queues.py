"""The queues: declared here once; every kind of job names one, and the worker consumes all of them."""

GRADING = "grading"
DOCUMENTS = "documents"
DEFAULT = "default"

ALL = (GRADING, DOCUMENTS, DEFAULT)
