"""Self-checks: pages of trainees, authors and graders of essays."""

from lms.web.self_checks import essays, leader, trainee
from lms.web.self_checks.blueprint import bp

__all__ = ["bp", "essays", "leader", "trainee"]
