"""Permissions of this package: permission → predicates of (actor, object)."""

import courses.groups.policy
import courses.programmes.policy
import courses.progress.policy
import courses.uploads.policy
from lms.core.auth.policy import Predicate

TABLE: dict[str, tuple[Predicate, ...]] = {
    **courses.programmes.policy.TABLE,
    **courses.progress.policy.TABLE,
    **courses.groups.policy.TABLE,
    **courses.uploads.policy.TABLE,
}
