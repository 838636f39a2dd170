"""Who may, in this domain: permission → predicates of (actor, object)."""

from lms.core.policy import Predicate

TABLE: dict[str, tuple[Predicate, ...]] = {}
