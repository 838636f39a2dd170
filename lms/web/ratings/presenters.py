"""Texts of the competency rating sheets: levels of the scale, kinds of descriptors, growth."""

from decimal import Decimal

from assessment.ratings.scoring import Growth
from lms.core.i18n import _, format_number
from lms.web.shell.badges import Badge


def levels() -> list[tuple[int, str]]:
    """Returns the scale from the lowest level."""
    return [
        (1, _("new to me")),
        (2, _("I know it in outline")),
        (3, _("I can do it with help")),
        (4, _("I do it with confidence")),
        (5, _("I could teach it")),
    ]


def kind_word(kind: str) -> str:
    """Returns the name of a kind of descriptor."""
    return {"knows": _("Knows"), "can": _("Can"), "practised": _("Has practised")}[kind]


def moment_word(moment: str) -> str:
    """Returns the sheet's name."""
    return (
        _("Self-assessment before the internship") if moment == "before" else _("Self-assessment after the internship")
    )


def growth_sign(one: Growth) -> Badge:
    """Returns the badge of the mean's change, with the number."""
    step = one.growth
    if step is None:
        rated = one.before is not None or one.after is not None
        return Badge("", icon="circle-dashed", word=_("rated once") if rated else _("not rated yet"))
    if step > 0:
        return Badge("ok", icon="trending-up", word=_("grew by %(step)s", step=format_number(step)))
    if step < 0:
        return Badge("warn", icon="trending-down", word=_("fell by %(step)s", step=format_number(-step)))
    return Badge("off", icon="equal", word=_("as before"))


def level_text(mean: Decimal | None) -> str:
    """Returns the mean with its scale: «3,5 of 5»; a dash for none."""
    return "—" if mean is None else _("%(level)s of 5", level=format_number(mean))
