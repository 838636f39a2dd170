"""Permissions of this domain: permission → predicates of (actor, object)."""

import lms.lti.grades.policy
from lms.core.auth.policy import Predicate, administrator, at_site
from lms.core.auth.roles import SITE_STAFF

TABLE: dict[str, tuple[Predicate, ...]] = {
    **lms.lti.grades.policy.TABLE,
    "platform.manage": (administrator,),
    # subject: a group to be shown on a platform, or its content item
    "placement.make": (at_site(*SITE_STAFF),),
    "placement.remove": (at_site(*SITE_STAFF),),
}
