"""Who may, in this domain: permission → predicates of (actor, object)."""

import courses.progress.policy
from lms.core.policy import Predicate

TABLE: dict[str, tuple[Predicate, ...]] = {**courses.progress.policy.TABLE}
