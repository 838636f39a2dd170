"""Removed parts of a draft below their lists, at both widths."""

import re

import pytest
from playwright.sync_api import expect

from assessment.attestation import tasks
from courses.actors import actor_of
from courses.programmes import operations, outcomes
from courses.programmes.plan_store import load_plan
from lms.core.clock import utc_now
from tests.browser.conftest import FLOW_WIDTHS
from tests.factories import make
from tests.support.screens import check_widths


@pytest.fixture
def draft(live):
    """Returns a draft without its first column, topic, competency and task, and its leader."""
    with live.sessions.begin() as session:
        version = make.programme(session, state="draft")
        leader = make.member(session, "leader", site=version.programme.site)
        actor = actor_of(session, leader)
        plan = load_plan(session, version)
        wanted = [
            {"id": "1", "do": "delete_kind", "lineage": plan.kinds[0].lineage},
            {"id": "2", "do": "delete", "lineage": plan.sections[0].topics[0].lineage},
        ]
        operations.change_plan(session, actor=actor, version=version, wanted=wanted, now=utc_now())
        first = outcomes.competencies(session, version)[0]
        outcomes.delete_competency(session, actor=actor, version=version, competency_id=first.id)
        tasks.link_to_part_four(session, version)
        tasks.remove_task(session, actor=actor, task=tasks.tasks_of(session, version.id)[0], version=version)
        session.flush()
        session.expunge_all()
    return version, leader


@pytest.mark.parametrize("width", FLOW_WIDTHS)
@pytest.mark.parametrize("path", ["plan", "plan/columns", "edit/outcomes", "tasks"])
def test_removed_part_is_brought_back_below_its_list(draft, open_page, width, path):
    version, leader = draft
    page = open_page(leader, width=width)
    page.goto(f"/programmes/{version.id}/{path}")
    page.locator("summary", has_text="Удалённые: 1").click()
    check_widths(page)
    page.get_by_role("button", name=re.compile("^Вернуть")).click()
    expect(page.locator("summary", has_text="Удалённые")).to_have_count(0)
    expect(page.get_by_text("Вернули в план").or_(page.get_by_text("снова на месте"))).to_be_visible()
