"""Self-checks: the trainee's pages. Importing them puts the views on the blueprint."""

from lms.web.self_checks import trainee
from lms.web.self_checks.blueprint import bp

__all__ = ["bp", "trainee"]
