"""Settings of a group: name and dates, key, orders, end."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from courses.groups import operations
from courses.models.groups import Cohort
from lms.core.i18n import _, ngettext
from lms.core.public_url import address_of
from lms.http.launch_access import open_in_launch
from lms.http.request_context import actor, db, now
from lms.web.accounts.urls import qr_code
from lms.web.groups.forms import FinishForm, OrderForm, SettingsForm
from lms.web.groups.routes.blueprint import bp, group_to_edit


@bp.route("/groups/<int:cohort_id>/settings", methods=["GET", "POST"])
@open_in_launch
@login_required
def settings(cohort_id: int) -> ResponseReturnValue:
    """Shows and saves name and dates, beside the forms of key and orders."""
    cohort = group_to_edit(cohort_id)
    form = SettingsForm(obj=cohort)
    if form.validate_on_submit():
        with form.catching():
            operations.update_cohort(
                db(),
                actor=actor(),
                cohort=cohort,
                title=form.title.data,
                starts_on=form.starts_on.data,
                ends_on=form.ends_on.data,
                respread=form.respread.data,
            )
            flash(_("Saved."), "ok")
            return redirect(url_for(".settings", cohort_id=cohort.id), 303)
    return page(cohort, form=form)


def page(
    cohort: Cohort, *, form: SettingsForm | None = None, order: OrderForm | None = None, end: FinishForm | None = None
) -> ResponseReturnValue:
    """Returns the page with its three forms; forms that were not posted show stored values."""
    form = form or SettingsForm(formdata=None, obj=cohort)
    order = order or order_form(cohort, formdata=None)
    end = end or finish_form(cohort, formdata=None)
    address = address_of(url_for(".join_key", key=cohort.enrolment_key)) if cohort.enrolment_key else ""
    return render_template(
        "groups/settings.html",
        cohort=cohort,
        form=form,
        order=order,
        end=end,
        address=address,
        qr=qr_code(address) if address and cohort.key_enabled else "",
    ), 422 if form.errors or order.errors or end.errors else 200


def order_form(cohort: Cohort, **how: Any) -> OrderForm:
    """Returns the form of the order of enrolment."""
    return OrderForm(obj=cohort, prefix="order", **how)


def finish_form(cohort: Cohort, **how: Any) -> FinishForm:
    """Returns the form of the order of completion."""
    number, day = cohort.completion_order_number, cohort.completion_order_date
    stored = {"order_number": number, "order_date": day, "finish": number is None}
    return FinishForm(over=cohort, data=stored, prefix="end", **how)


@bp.post("/groups/<int:cohort_id>/key")
@login_required
def key(cohort_id: int) -> ResponseReturnValue:
    """Opens or closes joining by the key, or makes a new key."""
    cohort = group_to_edit(cohort_id)
    do = request.form.get("do", "")
    if do in ("on", "off", "renew"):
        enabled = cohort.key_enabled if do == "renew" else do == "on"
        operations.set_key(db(), actor=actor(), cohort=cohort, enabled=enabled, renew=do == "renew")
        flash(
            _("Whoever has the key can join now.") if cohort.key_enabled else _("Nobody can join by a key now."), "ok"
        )
    return redirect(url_for(".settings", cohort_id=cohort.id, _anchor="key"), 303)


@bp.post("/groups/<int:cohort_id>/order")
@open_in_launch
@login_required
def order(cohort_id: int) -> ResponseReturnValue:
    """Saves the order of enrolment."""
    cohort = group_to_edit(cohort_id)
    form = order_form(cohort)
    if form.validate_on_submit():
        with form.catching():
            operations.set_enrolment_order(
                db(),
                actor=actor(),
                cohort=cohort,
                order_number=form.order_number.data,
                order_date=form.order_date.data,
            )
            flash(_("Saved."), "ok")
            return redirect(url_for(".settings", cohort_id=cohort.id), 303)
    return page(cohort, order=form)


@bp.post("/groups/<int:cohort_id>/finish")
@open_in_launch
@login_required
def finish(cohort_id: int) -> ResponseReturnValue:
    """Saves the order of completion, by which trainees with all hours become finished."""
    cohort = group_to_edit(cohort_id)
    form = finish_form(cohort)
    if form.validate_on_submit():
        with form.catching():
            number, day = form.order_number.data, form.order_date.data
            operations.record_completion_order(
                db(), actor=actor(), cohort=cohort, order_number=number, order_date=day, now=now()
            )
            flash(_("The order of completion is noted."), "ok")
            if form.finish.data:
                done = operations.finish_trainees(db(), actor=actor(), cohort=cohort, on_date=day, order_number=number)
                flash(ngettext("%(num)s trainee is finished.", "%(num)s trainees are finished.", len(done)), "ok")
            return redirect(url_for(".settings", cohort_id=cohort.id), 303)
    return page(cohort, end=form)


@bp.post("/groups/<int:cohort_id>/close")
@open_in_launch
@login_required
def close(cohort_id: int) -> ResponseReturnValue:
    """Closes the group, or opens it again."""
    cohort = group_to_edit(cohort_id)
    closed = request.form.get("do") != "open"
    operations.set_closed(db(), actor=actor(), cohort=cohort, closed=closed, now=now())
    flash(_("The group is among those that ended.") if closed else _("The group is open again."), "ok")
    return redirect(url_for(".settings", cohort_id=cohort.id), 303)
