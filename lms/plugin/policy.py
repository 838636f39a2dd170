"""Who may, in this domain: permission → predicates of (actor, object)."""

from lms.core.policy import Predicate, administrator

TABLE: dict[str, tuple[Predicate, ...]] = {
    "platform.manage": (administrator,),
}
