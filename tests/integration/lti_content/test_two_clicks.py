"""Two simultaneous clicks in two transactions create one content item."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import Engine, func, select

from courses.actors import actor_of
from courses.models.groups import Cohort
from lms import composition
from lms.core.audit import AuditEntry
from lms.core.db import make_sessions
from lms.core.people.models import Account
from lms.lti.content.choices import choices_of
from lms.lti.content.content_items import create_content_item
from lms.lti.models.launches import ContentItem, Launch
from tests.factories import make, platforms


def test_simultaneous_clicks_create_one_content_item(own_engine: Engine):
    composition.wire()
    sessions, together = make_sessions(own_engine), Barrier(2)
    with sessions.begin() as session:
        cohort = make.cohort(session)
        leader = make.member(session, "leader", site=cohort.site)
        launch = platforms.launch(session, platforms.context(session))
        cohort_id, leader_id, launch_id = cohort.id, leader.id, launch.id

    def click(_number: int) -> int:
        with sessions.begin() as session:
            group = session.get_one(Cohort, cohort_id)
            choice = choices_of(session, group).programme
            together.wait(10)
            made = create_content_item(
                session,
                actor=actor_of(session, session.get_one(Account, leader_id)),
                launch=session.get_one(Launch, launch_id),
                cohort=group,
                choice=choice,
                graded=True,
            )
            return made.id

    with ThreadPoolExecutor(2) as pool:
        ids = list(pool.map(click, range(2)))
    assert ids[0] == ids[1]
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(ContentItem)) == 1
        entries = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "placement.make")
        assert session.scalar(entries) == 1
