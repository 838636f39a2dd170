"""Every role and every set of roles of the product.

A role is held at a site, at an authority or at an organisation (``Membership``). Policies, queries and navigation take
their sets from here, so that a page, its link and its count agree on who may open it.
"""

LEADER = "leader"
ACTING_LEADER = "acting_leader"
TEACHER = "teacher"
EXPERT = "expert"
METHODOLOGIST = "methodologist"
COUNCIL_MEMBER = "council_member"
COUNCIL_SECRETARY = "council_secretary"
DIRECTOR = "director"
COORDINATOR = "coordinator"

LEADERS = (LEADER, ACTING_LEADER)
"""Write programmes, form groups, withdraw certificates."""
SITE_STAFF = (*LEADERS, TEACHER)
"""See groups and their progress, keep materials and self-checks, choose what a platform shows."""
GRADERS = (*SITE_STAFF, EXPERT)
"""Read and grade works and essays."""
SITE_ROLES = GRADERS
"""Every role at a site: all of them see the site and its programmes."""

COUNCIL_SECRETARIES = (METHODOLOGIST, COUNCIL_SECRETARY)
"""Record what the council considered and, where the authority approves, what was approved."""
AUTHORITY_ROLES = (METHODOLOGIST, COUNCIL_MEMBER, COUNCIL_SECRETARY)
"""Every role at an authority: all of them see its sites, and the programmes that were submitted."""

ORGANIZATION_ROLES = (DIRECTOR, COORDINATOR)
"""Every role at an organisation: they see the programmes of its sites, and approve them where the authority says so."""

ROLES_BY_PLACE = {"site": SITE_ROLES, "authority": AUTHORITY_ROLES, "organization": ORGANIZATION_ROLES}

RANKED = (
    *LEADERS,
    METHODOLOGIST,
    COUNCIL_SECRETARY,
    COUNCIL_MEMBER,
    *ORGANIZATION_ROLES,
    TEACHER,
    EXPERT,
)
"""From the role with the most responsibility to the least: the first one held stands beside a person's name."""
