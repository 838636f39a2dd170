"""Texts and badges of topics and course items, for the course pages and the home page."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from assessment.course_items import RatingDetail, SelfCheckDetail, TaskDetail
from courses.course_items import CourseItem, MaterialDetail
from courses.progress.course_view import CourseView, Step, TopicView
from lms.core.i18n import _, cached_by_locale, format_date, format_hours, format_number, ngettext, pgettext
from lms.web.course import material_presenters
from lms.web.shell.badges import Badge

TOPIC_SIGNS: dict[str, Callable[[], Badge]] = {
    "done": lambda: Badge("ok", icon="circle-check", word=pgettext("topic", "completed")),
    "returned": lambda: Badge("warn", icon="arrow-back-up", word=_("to be revised")),
    "late": lambda: Badge("warn", icon="clock-exclamation", word=pgettext("topic", "late")),
    "missed": lambda: Badge("go", icon="history", word=_("to catch up")),
    "waiting": lambda: Badge("go", icon="hourglass", word=_("being checked")),
    "begun": lambda: Badge("go", icon="circle-half-2", word=pgettext("topic", "in work")),
    "open": lambda: Badge("", icon="circle-dashed", word=pgettext("topic", "not begun")),
}
ELEMENT_SIGNS: dict[str, Callable[[], Badge]] = {
    "done": lambda: Badge("ok", icon="check", word=pgettext("element", "done")),
    "returned": lambda: Badge("warn", icon="arrow-back-up", word=_("to be revised")),
    "waiting": lambda: Badge("go", icon="hourglass", word=_("being checked")),
    "begun": lambda: Badge("go", icon="circle-half-2", word=pgettext("element", "begun")),
    "open": lambda: Badge("", icon="circle-dashed", word=pgettext("element", "not begun")),
    "optional": lambda: Badge("off", icon="minus", word=_("If you like")),
}


def topic_sign(topic: TopicView) -> Badge:
    """Returns the badge of the topic's state."""
    return _sign_of_state(topic.state)


@cached_by_locale
def _sign_of_state(state: str) -> Badge:
    return TOPIC_SIGNS[state]()


def topic_line(topic: TopicView) -> str:
    """Returns hours, state and date in one line: «6 h · in work, until 28 November»."""
    return _line(topic.state, topic.due_on, topic.total)


@cached_by_locale
def _line(state: str, due_on: date | None, total: Decimal) -> str:
    word = _sign_of_state(state).word
    if state == "late" and due_on:
        word = _("was due on %(day)s", day=format_date(due_on, "day"))
    elif due_on and state not in ("done", "missed", "waiting"):
        until = _("due %(day)s", day=format_date(due_on, "day"))
        word = until if state == "open" else f"{word}, {until}"
    hours = [_("%(hours)s h", hours=format_hours(total))] if total else []
    return " · ".join([*hours, word])


def topic_progress(topic: TopicView) -> str:
    """Returns the topic's line and, before it is complete, how many of its obligatory items are done."""
    required = topic.required
    if not required or topic.done:
        return topic_line(topic)
    done = len([item for item in required if item.done])
    return f"{topic_line(topic)} · {_obligatory(done, len(required))}"


@cached_by_locale
def _obligatory(done: int, total: int) -> str:
    return _("obligatory: %(done)s of %(total)s", done=done, total=total)


def element_sign(element: CourseItem) -> Badge:
    """Returns the badge of the trainee's progress on an item; its result if it has one."""
    sign = _sign_of_item("optional" if element.state == "open" and not element.required else element.state)
    progress = item_progress(element)
    return replace(sign, word=progress) if progress else sign


@cached_by_locale
def _sign_of_item(state: str) -> Badge:
    return ELEMENT_SIGNS[state]()


def item_title(item: CourseItem) -> str:
    """Returns the item's title; of a rating, its name."""
    if isinstance(item.detail, RatingDetail):
        before = item.detail.moment == "before"
        return _("Self-assessment before the internship") if before else _("Self-assessment after the internship")
    return item.title


def item_note(item: CourseItem) -> str:
    """Returns a line on the item: its kind and completion rule, or the best result."""
    match item.detail:
        case MaterialDetail() as detail:
            return material_presenters.description(_facts(item, detail))
        case SelfCheckDetail() as detail:
            return _self_check_note(detail)
        case TaskDetail(final=final):
            return _("Final attestation") if final else _("Current attestation")
        case RatingDetail(moment="before"):
            return _("How you see your own competencies at the start")
        case RatingDetail():
            return _("The same lines at the end: it shows what grew")
    return ""


def item_progress(item: CourseItem) -> str:
    """Returns the trainee's progress on a material; empty for other kinds, whose state says enough."""
    detail = item.detail
    if not isinstance(detail, MaterialDetail):
        return ""
    return material_presenters.progress_text(
        item.kind, detail.completion, item.required, detail.opened_at, detail.completed_at
    )


def _facts(item: CourseItem, detail: MaterialDetail) -> material_presenters.MaterialFacts:
    return material_presenters.MaterialFacts(
        item.kind, detail.completion, item.required, item.minutes, detail.media_type, detail.size
    )


def _self_check_note(detail: SelfCheckDetail) -> str:
    if detail.best is not None:
        return _("Best result %(percent)s %%", percent=format_number(detail.best))
    if detail.entry:
        condition = _("Entry test, nothing depends on it")
    else:
        condition = _("Threshold %(percent)s %%", percent=detail.threshold)
    if detail.attempts_left is None:
        return condition
    left = ngettext("%(num)s attempt left", "%(num)s attempts left", detail.attempts_left)
    return f"{condition} · {left}"


ICONS = {
    "page": {"icon": "file-text"},
    "file": {"icon": "file-download"},
    "link": {"icon": "external-link"},
    "video": {"icon": "player-play"},
    "self_check": {"icon": "checklist"},
    "task": {"icon": "edit"},
    "rating": {"icon": "list-check"},
}


def kind_icon(kind: str) -> str:
    """Returns the icon of a kind of item."""
    return ICONS.get(kind, {"icon": "point"})["icon"]


def element_icon(element: CourseItem) -> str:
    """Returns the icon of the item's kind."""
    return kind_icon(element.kind)


def due_words(due_on: date | None, today: date) -> str:
    """Returns the due date and the time left: «until 28 November — 4 days left»."""
    if due_on is None:
        return ""
    day = format_date(due_on, "day")
    days = (due_on - today).days
    if days < 0:
        return ngettext("was due on %(day)s, %(num)s day ago", "was due on %(day)s, %(num)s days ago", -days, day=day)
    if days == 0:
        return _("until today, %(day)s", day=day)
    return ngettext("due %(day)s — %(num)s day left", "due %(day)s — %(num)s days left", days, day=day)


def minutes_left(topic: TopicView) -> str:
    """Returns the minutes that the rest of a topic takes, as stated by its authors."""
    minutes = topic.minutes_left
    return ngettext("about %(num)s minute", "about %(num)s minutes", minutes) if minutes else ""


def pace_words(view: CourseView) -> str:
    """Returns one or two sentences on the trainee's pace against the group's schedule; empty if nothing is due yet."""
    if not view.norm:
        return ""
    norm = _("By the group's schedule it is %(hours)s h by today.", hours=format_hours(view.norm))
    difference = format_hours(view.pace_comparison.difference)
    own = {
        "none": "",
        "ahead": _("You are ahead of it."),
        "even": _("You are just on it."),
        "behind": _("You are %(hours)s h behind it.", hours=difference),
    }[view.pace_comparison.pace]
    return f"{norm} {own}".strip()


def hours_label(view: CourseView) -> str:
    """Returns the text of the hour bar for screen readers."""
    return ", ".join(
        _(
            "%(kind)s: %(done)s of %(total)s h",
            kind=kind.name,
            done=format_hours(kind.done),
            total=format_hours(kind.total),
        )
        for kind in view.kinds
    )


def first_left(topic: TopicView) -> CourseItem | None:
    """Returns the first item to do in a topic: a returned one, then one that was begun, then the rest in order."""
    ranks = {"returned": 0, "begun": 1}
    return min(topic.left, key=lambda element: ranks.get(element.state, 2), default=None)


def deed_word(step: Step) -> str:
    """Returns the word of the button that leads to the step: begin, continue, or revise what came back."""
    item = first_left(step.topic) if step.topic else step.element
    if item is not None and item.state == "returned":
        return _("Revise the work")
    return _("Continue") if _is_begun(step) else _("Begin")


def _is_begun(step: Step) -> bool:
    if step.topic is None:
        return step.element is not None and step.element.state != "open"
    return step.topic.state == "begun" or any(item.done for item in step.topic.required)


def left_words(topic: TopicView) -> str:
    """Returns how much is left to complete the topic."""
    count = len(topic.left)
    if count == 1:
        return _("To complete the topic, one thing is left")
    return ngettext(
        "To complete the topic, %(num)s thing is left", "To complete the topic, %(num)s things are left", count
    )
