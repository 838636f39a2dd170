"""All tables of all packages in one metadata, for migrations."""

from assessment.models import attestation, certificates, self_checks
from courses.models import groups, materials, programmes
from lms.core import models as core
from lms.core.db import Base
from lms.lti.models import launches, platforms, services
from lms.registry import models as registry

PACKAGES = (
    core,
    registry,
    programmes,
    materials,
    groups,
    self_checks,
    attestation,
    certificates,
    platforms,
    launches,
    services,
)
"""Modules whose import registers the tables."""

metadata = Base.metadata
