"""Joining a group by its key, with an account or with a new one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from courses.groups.errors import WrongKey
from courses.groups.operations import join_by_key
from courses.groups.self_enrolment import normalised_key, open_group, register
from courses.models.groups import Cohort
from lms.core.auth import throttle
from lms.core.auth.throttle import Limit, network_of
from lms.core.documents.font_coverage import unprintable
from lms.core.errors import Invalid
from lms.core.i18n import _
from lms.core.people.models import Account, Person
from lms.http.login import log_in_user
from lms.http.request_context import account, actor, db, now
from lms.web.certificates.presenters import unprintable_words
from lms.web.groups.forms import KeyForm, RegisterForm
from lms.web.groups.routes.blueprint import bp

KEYS = Limit(20, timedelta(minutes=15))
"""Limit of wrong keys per IP address; a right key does not count."""
REGISTRATIONS = Limit(60, timedelta(hours=1))
"""Limit of new accounts per IP address, which a whole school may share."""


@bp.route("/join", methods=["GET", "POST"])
def join() -> ResponseReturnValue:
    """Asks for the key."""
    form = KeyForm()
    if form.validate_on_submit():
        with form.catching():
            found = group_of(form.key.data)
            return redirect(url_for(".join_key", key=found.enrolment_key), 303)
    return render_template("groups/join.html", form=form), 200 if form.is_clean else 422


@bp.route("/join/<key>", methods=["GET", "POST"])
def join_key(key: str) -> ResponseReturnValue:
    """Shows the group of the key; a POST joins it with the account or with a new one."""
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
            log_in_user(made, way="registration")
            flash(
                _("You are in the group. Your user name is %(username)s: write it down.", username=made.username), "ok"
            )
            if signs := unprintable(made.person.full_name):
                flash(unprintable_words(signs), "warn")
            return redirect(url_for("home.index"), 303)
    return page(cohort, form), 200 if form.is_clean else 422


def page(cohort: Cohort, form: RegisterForm | None = None) -> str:
    """Returns the page of the group with the form to join it."""
    return render_template("groups/join_key.html", cohort=cohort, form=form)


def join_as(person: Person, cohort: Cohort) -> ResponseReturnValue:
    """Joins with the account that is logged in."""
    if request.method != "POST":
        return page(cohort)
    try:
        enrolment = join_by_key(db(), actor=actor(), person=person, key=cohort.enrolment_key or "", now=now())
    except Invalid as error:
        return render_template("groups/join_key.html", cohort=cohort, form=None, refused=error.message), 422
    flash(_("You are in the group «%(title)s».", title=cohort.title), "ok")
    return redirect(url_for("home.index", face=f"course-{enrolment.id}"), 303)


def group_of(key: str) -> Cohort:
    """Returns the group of the key and counts wrong keys. Raises ``WrongKey``, ``Throttled``."""
    with counted(f"join:{network_of(request.remote_addr)}", KEYS):
        return open_group(db(), normalised_key(key), now())


@contextmanager
def counted(name: str, limit: Limit) -> Iterator[None]:
    """Counts the attempt before the check and takes it back after a success."""
    throttle.count_try(db(), name, limit, now=now(), code="group_key_throttled", field="key")
    yield
    throttle.give_back(db(), name)


def make_account(form: RegisterForm, cohort: Cohort) -> Account:
    """Creates an account in the group. Raises ``Throttled``, or ``Invalid`` at the field."""
    key = f"register:{network_of(request.remote_addr)}"
    throttle.count_try(db(), key, REGISTRATIONS, now=now(), code="registration_throttled")
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
