"""Self-checks: pages of trainees, of those who make them, of those who read essays."""

from lms.web.self_checks import essays, leader, trainee
from lms.web.self_checks.blueprint import bp

__all__ = ["bp", "essays", "leader", "trainee"]
