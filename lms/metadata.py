"""All tables of all layers, for migrations and for whoever needs the metadata whole."""

import assessment.models.attestation
import assessment.models.certificates
import assessment.models.self_checks
import courses.models.groups
import courses.models.materials
import courses.models.programmes
import lms.core.models
import lms.registry.models  # noqa: F401
from lms.core.db import Base

metadata = Base.metadata
