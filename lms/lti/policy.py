"""Who may, in this domain: permission → predicates of (actor, object)."""

import lms.lti.grades.policy
from courses.groups.policy import STAFF
from lms.core.auth.policy import Predicate, administrator, at_site

TABLE: dict[str, tuple[Predicate, ...]] = {
    **lms.lti.grades.policy.TABLE,
    "platform.manage": (administrator,),
    # subject: a group that is to be shown on a platform, or what of it is shown there
    "placement.make": (at_site(*STAFF),),
    "placement.remove": (at_site(*STAFF),),
}
