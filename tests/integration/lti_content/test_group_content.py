"""Content of a group on platforms: overview and removal."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lms.core.clock import utc_now
from lms.core.sentences import stored_detail
from lms.lti.models.launches import ContentItem, Link
from lms.lti.models.services import LineItem
from tests.factories import make, platforms
from tests.factories.launches import placed
from tests.integration.lti_content.conftest import World
from tests.support.browsing import log_in
from tests.support.counting import count_queries
from tests.support.platform.strict import StrictPlatform, registered


@pytest.fixture
def shown(world: World) -> ContentItem:
    made = platforms.placement(world.session, world.context, world.cohort, graded=True)
    world.session.commit()
    return made


def page_of(client: FlaskClient, world: World) -> str:
    answer = client.get(f"/groups/{world.cohort.id}/platforms")
    assert answer.status_code == 200
    return answer.text


def test_group_without_content_items_shows_hint(client: FlaskClient, session: Session, world: World):
    text = page_of(log_in(client, session, world.teacher), world)
    assert "не\u00a0показывает ни\u00a0один курс" in text


def test_page_lists_courses_and_content_items(client: FlaskClient, session: Session, world: World, shown: ContentItem):
    platforms.link(session, world.context, shown, seen_at=utc_now())
    elsewhere = platforms.context(session, title="Другая школа, 6 класс")
    platforms.placement(session, elsewhere, world.cohort, kind="certificate", title="Сертификат")
    text = page_of(log_in(client, session, world.leader), world)
    assert world.context.title in text
    assert world.context.deployment.platform.name in text
    assert "1\u00a0ссылка в\u00a0курсе" in text
    assert "открывали" in text
    assert "Другая школа, 6 класс" in text
    assert "результаты не\u00a0отправляются" in text


@pytest.mark.parametrize(
    ("state", "word"),
    [("ready", "результаты отправляются"), ("wanted", "столбец создаётся"), ("refused", "платформа отказала")],
)
def test_page_shows_state_of_scores(
    client: FlaskClient, session: Session, world: World, shown: ContentItem, state: str, word: str
):
    link = platforms.link(session, world.context, shown)
    error = stored_detail("Нет места") if state == "refused" else None
    session.add(LineItem(link_id=link.id, score_maximum=18, state=state, error=error))
    text = page_of(log_in(client, session, world.leader), world)
    assert word in text
    assert ("Нет места" in text) == (state == "refused")


def test_removed_content_item_empties_its_links(
    client: FlaskClient, session: Session, world: World, shown: ContentItem
):
    link = platforms.link(session, world.context, shown)
    log_in(client, session, world.teacher)
    address = f"/placements/{shown.id}/remove"
    answer = client.post(address, follow_redirects=True)
    assert "там больше не\u00a0показывается" in answer.text
    session.expire_all()
    assert session.get_one(Link, link.id).placement_id is None
    assert client.post(address).status_code == 404, "a second click finds nothing"


def test_link_without_content_item_tells_learner(client: FlaskClient, session: Session, platform: StrictPlatform):
    cohort = make.cohort(session)
    row = registered(session, platform, site_id=cohort.site_id)
    link = placed(session, row, platform, cohort)
    leader = make.member(session, "leader", site=cohort.site)
    session.commit()
    assert platform.launch(client, platform.course.learner, link).status_code == 303
    placement = session.query(ContentItem).filter_by(cohort_id=cohort.id).one()
    log_in(client, session, leader)
    client.post(f"/placements/{placement.id}/remove")
    answer = platform.launch(client, platform.course.learner, link)
    assert answer.status_code == 303
    assert "/course/" not in answer.location


def test_page_takes_fixed_number_of_queries(
    client: FlaskClient, session: Session, world: World, shown: ContentItem, engine
):
    log_in(client, session, world.leader)
    with count_queries(engine) as before:
        page_of(client, world)
    for _n in range(5):
        at = platforms.context(session, world.context.deployment.platform)
        platforms.link(session, at, platforms.placement(session, at, world.cohort))
    session.commit()
    with count_queries(engine) as after:
        page_of(client, world)
    assert len(after) <= len(before), "\n".join(after)
