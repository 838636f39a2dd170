"""The core's tables, imported in one place so that metadata is whole."""

from lms.core import audit
from lms.core.jobs import models as jobs
from lms.core.mail import models as mail
from lms.core.people import models as people
from lms.core.storage import models as storage

__all__ = ["audit", "jobs", "mail", "people", "storage"]
