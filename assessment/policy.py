"""Permissions of this domain: permission → predicates of (actor, object)."""

import assessment.attestation.policy
import assessment.certificates.policy
import assessment.ratings.policy
import assessment.self_checks.policy
from lms.core.auth.policy import Predicate

TABLE: dict[str, tuple[Predicate, ...]] = {
    **assessment.attestation.policy.TABLE,
    **assessment.certificates.policy.TABLE,
    **assessment.ratings.policy.TABLE,
    **assessment.self_checks.policy.TABLE,
}
