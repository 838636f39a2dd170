"""Names of the roles."""

from lms.core.i18n import lazy_gettext as _l

WORDS = {
    "leader": _l("site leader"),
    "acting_leader": _l("acting site leader"),
    "teacher": _l("site teacher"),
    "expert": _l("expert"),
    "methodologist": _l("methodologist"),
    "council_member": _l("council member"),
    "council_secretary": _l("council secretary"),
    "director": _l("director"),
    "coordinator": _l("coordinator"),
}


def role_word(role: str) -> str:
    """Returns the role's name in the current language, in lower case."""
    return str(WORDS[role])
