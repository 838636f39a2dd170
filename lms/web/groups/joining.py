"""Joining a group by its key: for who is logged in, and for who has no account yet."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from courses.groups.errors import WrongKey
from courses.groups.operations import join_by_key
from courses.groups.self_enrolment import open_group, register, spelled_key
from courses.models.groups import Cohort
from lms.core.auth import throttle
from lms.core.auth.throttle import Limit
from lms.core.errors import Invalid
from lms.core.i18n import _
from lms.core.people.models import Account, Person
from lms.http.login import log_in_user
from lms.http.request_context import account, actor, db, now
from lms.web.groups.blueprint import bp
from lms.web.groups.forms import KeyForm, RegisterForm

KEYS = Limit(20, timedelta(minutes=15))
"""Wrong keys from one address; a right one does not count."""
REGISTRATIONS = Limit(60, timedelta(hours=1))
"""New accounts from one address: a whole school may sit behind it."""


@bp.route("/join", methods=["GET", "POST"])
def join() -> ResponseReturnValue:
    """Type the key from the board."""
    form = KeyForm()
    if form.validate_on_submit():
        with form.catching():
            found = group_of(form.key.data)
            return redirect(url_for(".join_key", key=found.enrolment_key), 303)
    return render_template("groups/join.html", form=form), 200 if form.is_clean else 422


@bp.route("/join/<key>", methods=["GET", "POST"])
def join_key(key: str) -> ResponseReturnValue:
    """What one is about to join; a POST joins, with the account or with a new one."""
    try:
        cohort = group_of(key)
    except WrongKey as error:
        form = KeyForm(formdata=None, key=key[:40])
        form.take(error)
        return render_template("groups/join.html", form=form), 404
    own = account()
    if own is not None:
        return join_as(own.person, cohort)
    form = RegisterForm()
    if form.validate_on_submit():
        with form.catching():
            made = make_account(form, cohort)
            log_in_user(made)
            flash(
                _("You are in the group. Your user name is %(username)s: write it down.", username=made.username), "ok"
            )
            return redirect(url_for("home.index"), 303)
    return page(cohort, form), 200 if form.is_clean else 422


def page(cohort: Cohort, form: RegisterForm | None = None) -> str:
    """The group, and what to do to join it."""
    return render_template("groups/join_key.html", cohort=cohort, form=form)


def join_as(person: Person, cohort: Cohort) -> ResponseReturnValue:
    """Join with the account that is logged in: shown first, done by the button."""
    if request.method != "POST":
        return page(cohort)
    try:
        enrolment = join_by_key(db(), actor=actor(), person=person, key=cohort.enrolment_key or "", now=now())
    except Invalid as error:
        return render_template("groups/join_key.html", cohort=cohort, form=None, refused=error.message), 422
    flash(_("You are in the group «%(title)s».", title=cohort.title), "ok")
    return redirect(url_for("home.index", face=f"course-{enrolment.id}"), 303)


def group_of(key: str) -> Cohort:
    """The group of the key; wrong keys are counted. Raises ``WrongKey``, ``Throttled``."""
    with counted(f"join:{request.remote_addr}", KEYS):
        return open_group(db(), spelled_key(key), now())


@contextmanager
def counted(name: str, limit: Limit) -> Iterator[None]:
    """Count a try before it is judged; a good one is given back."""
    message = _("Too many tries. Try again %(in_minutes)s, or ask the leader for the key once more.")
    throttle.count_try(db(), name, limit, now=now(), message=message, field="key")
    yield
    throttle.give_back(db(), name)


def make_account(form: RegisterForm, cohort: Cohort) -> Account:
    """A new account in the group. Raises ``Throttled``, ``Invalid`` at the field."""
    message = _("Too many new accounts from here. Try again %(in_minutes)s.")
    throttle.count_try(db(), f"register:{request.remote_addr}", REGISTRATIONS, now=now(), message=message)
    return register(
        db(),
        key=cohort.enrolment_key or "",
        surname=form.surname.data,
        given_name=form.given_name.data,
        patronymic=form.patronymic.data or "",
        email=form.email.data or "",
        workplace=form.workplace.data or "",
        username=form.username.data or "",
        password=form.password.data,
        now=now(),
    )
