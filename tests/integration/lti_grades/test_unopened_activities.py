"""Columns of activities that nobody has opened yet: results reach those that the platform made with the activity."""

from sqlalchemy import func, select, update

from courses.models.groups import Cohort
from lms.core.clock import utc_now
from lms.core.jobs.models import Job
from lms.lti.grades import queries
from lms.lti.grades.job_names import SYNC_LINE_ITEM
from lms.lti.launches.contexts import LaunchOrigin, save_context_and_link
from lms.lti.messages.claims import Course, LaunchClaims, ResourceLink
from lms.lti.models.launches import ContentItem, Link
from lms.lti.models.services import LineItem
from lms.web.scores.presenters import sending_sign
from tests.factories import platforms


def chosen(place, *, made: bool):
    """Chooses graded content that nobody has opened; ``made``: the platform has made its column with the activity."""
    with place.sessions.begin() as session:
        group = session.get_one(Cohort, place.cohort_id)
        item = platforms.placement(session, place.context(session), group, kind="programme", graded=True)
        key = str(item.key)
    activity = place.platform.course.add_link(graded=18 if made else None, custom={"placement": key})
    if made:
        place.platform.course.line_items[activity.line_item]["resourceId"] = key
    return activity


def links(place) -> list[Link]:
    with place.sessions() as session:
        return list(session.scalars(select(Link)))


def test_result_reaches_the_column_of_an_unopened_activity(place):
    activity = chosen(place, made=True)
    trainee = place.trainee()
    place.give_hours(trainee, 9)
    place.work()
    assert place.platform_result(activity, trainee) == (9, 18)
    [link] = links(place)
    assert (link.resource_link_id, link.unopened) == (activity.id, False)
    assert place.platform.complaints == []


def test_result_without_a_column_waits_for_the_first_opening(place):
    chosen(place, made=False)
    trainee = place.trainee()
    place.give_hours(trainee, 9)
    place.work()
    assert place.platform.course.line_items == {}, "no column is made that belongs to no activity"
    with place.sessions() as session:
        [line] = queries.scores_of_group(session, place.cohort_id).lines
        [sending] = line.sendings.values()
        waiting = session.scalars(select(Job.kind).where(Job.state == "waiting")).all()
        sources = session.scalars(select(Link).where(~Link.unopened)).all()
    assert sending_sign(sending).word in (
        "ждёт первого открытия",
        "waits until the activity is opened for the first time",
    )
    assert waiting == [SYNC_LINE_ITEM]
    assert sources == []


def test_column_made_later_is_found(place):
    activity = chosen(place, made=False)
    trainee = place.trainee()
    place.give_hours(trainee, 9)
    place.work()
    key = activity.custom["placement"]
    activity.line_item = place.platform.course.add_line_item(
        label="Программа", scoreMaximum=18, resourceLinkId=activity.id, resourceId=key
    )
    place.later()
    place.work()
    assert place.platform_result(activity, trainee) == (9, 18)


def test_first_launch_takes_the_waiting_row_over(place):
    activity = chosen(place, made=False)
    trainee = place.trainee()
    place.give_hours(trainee, 9)
    place.work()
    with place.sessions.begin() as session:
        context = place.context(session)
        item = session.scalars(select(ContentItem)).one()
        deployment = context.deployment
        origin = LaunchOrigin(deployment.platform, deployment, context, None, item)
        launched = LaunchClaims(
            message_type="LtiResourceLinkRequest",
            deployment_id=deployment.deployment_id,
            target_link_uri="",
            subject=None,
            roles=(),
            resource_link=ResourceLink(activity.id, activity.title),
            course=Course(context.context_id, context.title, context.label),
        )
        save_context_and_link(session, origin, launched, now=utc_now())
        assert origin.placement is item
    [link] = links(place)
    assert (link.resource_link_id, link.unopened) == (activity.id, False)
    with place.sessions() as session:
        assert session.scalar(select(func.count()).select_from(LineItem)) == 1


def test_unopened_link_is_no_choice_of_a_list(place):
    from lms.lti.rosters.requesting import sources

    chosen(place, made=False)
    place.give_hours(place.trainee(), 9)
    place.work()
    with place.sessions.begin() as session:
        session.execute(update(Link).values(title=""))
        context = place.context(session)
        context.roster_url = place.platform.service_url("members")
        session.flush()
        [source] = sources(session, session.get_one(Cohort, place.cohort_id))
        assert source.links == ()
