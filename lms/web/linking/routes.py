"""Pages of launches about the person: welcome, anonymous preview, unset link, mentees."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from courses.progress.queries import preview
from lms.core.auth.policy import allowed
from lms.core.errors import Invalid
from lms.core.i18n import _
from lms.core.people.models import Account
from lms.http.known_browsers import known_browser
from lms.http.launch_access import open_in_launch
from lms.http.launch_context import go_on, launch, path_of, start_of
from lms.http.request_context import account, actor, db, now
from lms.lti.identity import linking
from lms.lti.identity.account_resolution import resolve_account
from lms.lti.identity.course_roles import CourseRole, note_own_word
from lms.lti.identity.enrolment import enrol_at_launch
from lms.lti.identity.mentoring import mentees_of
from lms.lti.identity.person_names import suggested_name
from lms.lti.launches.acceptance import accept_visitor
from lms.lti.launches.destinations import course_role, trainee_page
from lms.lti.messages.roles import PlatformRole
from lms.lti.models.launches import ContentItem, Launch
from lms.web.linking.forms import NewForm, OwnCardForm, OwnForm
from lms.web.shell.forms import Form

bp = Blueprint("linking", __name__)


@dataclass(slots=True)
class Forms:
    """The page's forms; the submitted one keeps its input."""

    new: NewForm = field(default_factory=lambda: NewForm(formdata=None, prefix="new-"))
    own: OwnForm = field(default_factory=lambda: OwnForm(formdata=None, prefix="own-"))
    card: OwnCardForm = field(default_factory=lambda: OwnCardForm(formdata=None, prefix="card-"))

    @property
    def status(self) -> int:
        """422 if a form has errors, otherwise 200."""
        return 422 if any(form.errors for form in (self.new, self.own, self.card)) else 200


@bp.route("/welcome", methods=["GET", "POST"])
@open_in_launch(visitor=True)
def welcome() -> ResponseReturnValue:
    """Asks a visitor without a linked account who they are; an unused account may be replaced by an existing one."""
    found = launch()
    moving = found.session is not None
    if not found.subject or (moving and linking.unused_account(db(), found) is None):
        return redirect(start_of(found), 303)
    forms = Forms()
    if request.method == "POST" and (answer := _answered(found, forms)) is not None:
        return answer
    return show(found, forms, moving=moving)


def _answered(found: Launch, forms: Forms) -> ResponseReturnValue | None:
    """Returns the redirect for a valid submitted form; None if the page must be shown again."""
    way = request.form.get("way")
    if way == "new" and found.session is None:
        forms.new = new = NewForm(prefix="new-")
        return _try(found, new, lambda: _as_new(found, new))
    if way == "card":
        forms.card = card = OwnCardForm(prefix="card-")
        return _try(found, card, lambda: _by_card(found, card))
    forms.own = own = OwnForm(prefix="own-")
    return _try(found, own, lambda: _by_password(found, own))


def _try(found: Launch, form: Form, account_of: Callable[[], Account]) -> ResponseReturnValue | None:
    if form.validate_on_submit():
        with form.catching():
            return _onwards(found, account_of())
    return None


def _as_new(found: Launch, form: NewForm) -> Account:
    return linking.register_new_person(
        db(),
        launch=found,
        surname=form.surname.data or "",
        given_name=form.given_name.data or "",
        patronymic=form.patronymic.data or "",
        now=now(),
    )


def _by_password(found: Launch, form: OwnForm) -> Account:
    return linking.link_by_password(
        db(),
        launch=found,
        user=form.login.data or "",
        password=form.password.data or "",
        address=_address(),
        now=now(),
        browser=known_browser(),
        second=form.second.data or "",
    )


def _by_card(found: Launch, form: OwnCardForm) -> Account:
    return linking.link_by_card(
        db(),
        launch=found,
        user=form.login.data or "",
        code=form.code.data or "",
        address=_address(),
        now=now(),
        second=form.second.data or "",
    )


def _onwards(found: Launch, account: Account) -> ResponseReturnValue:
    """Redirects to the launch's destination with a session of this account."""
    agent = request.user_agent.string
    accepted = accept_visitor(db(), launch=found, account=account, agent=agent, address=_address(), now=now())
    return go_on(accepted.destination, accepted.token)


def _address() -> str:
    return request.remote_addr or "unknown"


def show(found: Launch, forms: Forms, *, moving: bool) -> ResponseReturnValue:
    """Renders the welcome page."""
    if not moving and not forms.new.is_submitted():
        forms.new = NewForm(formdata=None, prefix="new-", data=asdict(suggested_name(found.named)))
    return render_template(
        "linking/welcome.html",
        forms=forms,
        moving=moving,
        new_too=not moving and linking.may_create_account(found),
        learns=_learns(found),
        platform=found.platform,
        placement=found.link.placement if found.link else None,
    ), forms.status


@bp.get("/look")
@open_in_launch(visitor=True)
def anonymous() -> ResponseReturnValue:
    """Shows a preview of the programme to a user whom the platform did not identify; stores nothing."""
    found = launch()
    placement = found.link.placement if found.link else None
    version = placement.cohort.version if placement else None
    return render_template(
        "linking/anonymous.html",
        launch=found,
        placement=placement,
        version=version,
        view=preview(db(), version, now()) if version else None,
    )


@bp.get("/look-as-trainee")
@open_in_launch(visitor=True)
def look_as_trainee() -> ResponseReturnValue:
    """Shows what learners see, without enrolment, and asks a person of whom nothing else is known who they are."""
    found = launch()
    placement = _looked_at(found)
    if placement is None:
        return redirect(start_of(found), 303)
    version = placement.cohort.version
    return render_template(
        "linking/look_as_trainee.html",
        placement=placement,
        version=version,
        view=preview(db(), version, now()),
        full=allowed(actor(), "course.preview", version),
        asked=course_role(db(), found, placement, account()) != CourseRole.STAFF,
        platform=found.platform,
    )


def _looked_at(found: Launch) -> ContentItem | None:
    """Returns what the launch shows to a person whom the platform calls a learner; None for any other launch."""
    placement = found.link.placement if found.link else None
    return placement if found.subject and found.platform_role == PlatformRole.LEARNER else None


@bp.post("/look-as-trainee")
@open_in_launch(visitor=True)
def study() -> ResponseReturnValue:
    """Enrols a person who says that they study here; asks who they are if no account can be made without asking."""
    found, own = launch(), account()
    placement = _looked_at(found)
    if placement is None:
        return redirect(start_of(found), 303)
    note_own_word(db(), context_id=found.context_id, subject=found.subject or "", role=CourseRole.TRAINEE)
    if own is None:
        made = _account_at_once(found, placement)
        return redirect(url_for(".welcome"), 303) if made is None else _onwards(found, made)
    enrolled = enrol_at_launch(db(), cohort=placement.cohort, account=own, context_id=placement.context_id, now=now())
    found.path = path_of(trainee_page(placement, enrolled.id))
    flash(_("You are enrolled in the group «%(group)s».", group=placement.cohort.title), "ok")
    return redirect(start_of(found), 303)


def _account_at_once(found: Launch, placement: ContentItem) -> Account | None:
    return resolve_account(
        db(),
        platform=found.platform,
        subject=found.subject,
        named=found.named,
        locale=found.locale,
        cohort=placement.cohort,
        platform_role=found.platform_role,
        now=now(),
        context_id=found.context_id,
    )


@bp.post("/look-as-trainee/staff")
@open_in_launch(visitor=True)
def only_look() -> ResponseReturnValue:
    """Keeps the word of a person who teaches or administers the course, so that no launch asks them again."""
    found = launch()
    if _looked_at(found) is not None:
        note_own_word(db(), context_id=found.context_id, subject=found.subject or "", role=CourseRole.STAFF)
        flash(_("You are not asked again, and no list has you as a trainee."), "ok")
    return redirect(url_for(".look_as_trainee"), 303)


@bp.route("/my-log-in", methods=["GET", "POST"])
@open_in_launch
@login_required
def own_log_in() -> ResponseReturnValue:
    """Tells how the account is opened; a POST makes a code that ties another platform, without a password."""
    found, own = launch(), account()
    assert own is not None
    code = ""
    if request.method == "POST":
        try:
            code = linking.make_tie_code(db(), account=own, now=now())
        except Invalid as error:
            flash(error.message, "warn")
    answer = make_response(render_template("linking/own_log_in.html", own=own, platform=found.platform, code=code))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/not-set")
@open_in_launch(visitor=True)
def unset() -> ResponseReturnValue:
    """Tells that the link shows nothing yet, or nothing to this person."""
    found = launch()
    placement = found.link.placement if found.link else None
    return render_template("linking/unset.html", launch=found, placement=placement, learns=_learns(found))


def _learns(found: Launch) -> bool:
    return found.platform_role in (PlatformRole.LEARNER, PlatformRole.OTHER)


@bp.get("/mentees")
@open_in_launch(visitor=True)
def mentees() -> ResponseReturnValue:
    """Shows the progress of the mentor's mentees."""
    found = launch()
    if found.platform_role != PlatformRole.MENTOR:
        return redirect(start_of(found), 303)
    return render_template("linking/mentees.html", launch=found, mentees=mentees_of(db(), found, now()))
