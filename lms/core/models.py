"""The core's tables, imported in one place so that metadata is whole."""

from lms.core import audit, overwritten
from lms.core.auth import identities
from lms.core.auth import models as auth
from lms.core.files import models as files
from lms.core.jobs import models as jobs
from lms.core.jobs import run_models as job_runs
from lms.core.mail import models as mail
from lms.core.notifications import models as notifications
from lms.core.people import models as people

__all__ = ["audit", "auth", "files", "identities", "job_runs", "jobs", "mail", "notifications", "overwritten", "people"]
