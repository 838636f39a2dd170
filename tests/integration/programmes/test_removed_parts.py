"""Tasks, competencies, columns and rows of a draft that were removed come back, also from two tabs."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from assessment.attestation import tasks
from assessment.attestation.tasks import CriterionInput
from assessment.models.attestation import AttestationTask
from courses.actors import actor_of
from courses.models.programmes import Competency, ProgrammeVersion, RemovedPart
from courses.programmes import operations, outcomes, removed_parts
from courses.programmes.plan_store import load_plan
from courses.thematic_plan.plan_json import to_json
from lms.core.clock import utc_now
from tests.factories import make
from tests.support.browsing import log_in


class Draft:
    """An open version with its leader."""

    def __init__(self, session) -> None:
        self.session = session
        self.version = make.programme(session, state="draft")
        self.leader = make.member(session, "leader", site=self.version.programme.site)
        self.actor = actor_of(session, self.leader)
        session.commit()

    def address(self, path: str) -> str:
        return f"/programmes/{self.version.id}/{path}"

    def plan(self):
        self.session.expire_all()
        return to_json(load_plan(self.session, self.version))

    def outcomes(self):
        self.session.expire_all()
        rows = outcomes.competencies(self.session, self.version)
        return [(str(one.lineage), outcomes.competency_text(one), _lineages(one)) for one in rows]

    def tasks(self):
        self.session.expire_all()
        names = (
            "lineage",
            "topic_lineage",
            "kind",
            "title",
            "instructions",
            "instructions_html",
            "pass_mark",
            "required",
        )
        return [
            ([getattr(one, name) for name in names], [(row.lineage, tasks.input_of(row)) for row in one.criteria])
            for one in tasks.tasks_of(self.session, self.version.id)
        ]

    def save_task(self, title: str, kind: str = "current", **values) -> AttestationTask:
        given = {"instructions": "# Что сделать", "topic_lineage": None, "pass_mark": Decimal(3), "required": True}
        criteria = [
            CriterionInput("Полнота", "все этапы", Decimal(4), Decimal(1)),
            CriterionInput("Ясность", "", Decimal("2.5"), Decimal(0)),
        ]
        return tasks.save_task(
            self.session,
            actor=self.actor,
            version=self.version,
            task=None,
            title=title,
            kind=kind,
            **(given | {"criteria": criteria} | values),
        )

    def removed(self) -> list[RemovedPart]:
        self.session.expire_all()
        return list(self.session.scalars(select(RemovedPart).order_by(RemovedPart.id)))

    def approve(self) -> None:
        self.session.get_one(ProgrammeVersion, self.version.id).state = "submitted"
        self.session.commit()


def _lineages(competency: Competency):
    return [str(one.lineage) for one in competency.descriptors]


@pytest.fixture
def draft(session) -> Draft:
    return Draft(session)


@pytest.fixture
def tabs(app, session, draft):
    """Two browsers of the leader."""
    return [log_in(app.test_client(), session, draft.leader) for _tab in range(2)]


def post(tab, draft, path, **data):
    return tab.post(draft.address(path), data=data, follow_redirects=True)


def test_competency_comes_back_to_its_place_from_two_tabs(draft, tabs):
    before = draft.outcomes()
    first = draft.session.scalars(select(Competency).order_by(Competency.position)).first()
    for tab in tabs:
        assert post(tab, draft, f"competencies/{first.id}/delete").status_code == 200
    assert len(draft.outcomes()) == len(before) - 1
    [part] = draft.removed()
    page = tabs[0].get(draft.address("edit/outcomes")).text
    assert f"/competencies/removed/{part.id}" in page
    assert part.title in page
    for tab in tabs:
        answer = post(tab, draft, f"competencies/removed/{part.id}")
        assert answer.status_code == 200
        assert "снова на месте" in answer.text
    assert draft.outcomes() == before
    assert draft.removed() == []


def test_task_comes_back_with_its_criteria_from_two_tabs(draft, session, tabs):
    draft.save_task("Первое")
    task = draft.save_task("Технологическая карта")
    session.commit()
    before = draft.tasks()
    for tab in tabs:
        tab.post(draft.address(f"tasks/{task.id}/remove"))
    assert len(draft.tasks()) == len(before) - 1
    [part] = draft.removed()
    assert f"/tasks/removed/{part.id}" in tabs[0].get(draft.address("tasks")).text
    for tab in tabs:
        assert post(tab, draft, f"tasks/removed/{part.id}").status_code == 200
    assert draft.tasks() == before
    assert draft.removed() == []


def test_final_task_comes_back_with_the_criteria_of_part_four(draft, session, tabs):
    final = draft.save_task("Защита", kind="final", criteria=())
    session.commit()
    before = draft.tasks()
    assert before[0][1], "part 4 has criteria"
    tabs[0].post(draft.address(f"tasks/{final.id}/remove"))
    assert draft.tasks() == []
    [part] = draft.removed()
    tabs[0].post(draft.address(f"tasks/removed/{part.id}"))
    assert draft.tasks() == before


def test_column_comes_back_with_its_hours_from_two_tabs(draft, tabs):
    before = draft.plan()
    column = before["kinds"][0]["lineage"]
    for tab in tabs:
        assert post(tab, draft, "plan/columns", do=f"delete:{column}").status_code == 200
    assert draft.plan() != before
    [part] = draft.removed()
    assert f"/plan/removed/{part.id}" in tabs[1].get(draft.address("plan/columns")).text
    for tab in tabs:
        answer = post(tab, draft, f"plan/removed/{part.id}", **{"from": "columns"})
        assert answer.request.path.endswith("/plan/columns")
    assert draft.plan() == before
    assert draft.removed() == []


@pytest.mark.parametrize("what", ["section", "topic"])
def test_row_deleted_in_the_editor_comes_back(draft, tabs, what):
    before = draft.plan()
    section = before["sections"][0]
    row = section["lineage"] if what == "section" else section["topics"][0]["lineage"]
    change = {"id": "1", "do": "delete", "lineage": row}
    assert tabs[0].post(draft.address("plan/changes"), json={"changes": [change]}).status_code == 200
    [part] = draft.removed()
    assert part.kind == what
    for tab in tabs:
        assert post(tab, draft, f"plan/removed/{part.id}").request.path.endswith("/plan")
    assert draft.plan() == before


def test_row_put_back_by_undo_is_no_longer_offered(draft, tabs):
    topic = draft.plan()["sections"][0]["topics"][0]
    section = draft.plan()["sections"][0]["lineage"]
    delete = {"id": "1", "do": "delete", "lineage": topic["lineage"]}
    undo = {"id": "2", "do": "add_topic", "section": section, "after": "", **topic}
    before = draft.plan()
    for change in (delete, undo):
        tabs[0].post(draft.address("plan/changes"), json={"changes": [change]})
    assert draft.plan() == before
    assert draft.removed() == []


def test_column_whose_name_is_taken_stays_removed_and_says_why(draft, tabs):
    column = draft.plan()["kinds"][0]
    post(tabs[0], draft, "plan/columns", do=f"delete:{column['lineage']}")
    fresh = "6f0f4d8e-8f43-4f3b-9d1a-0a4f1f2a7c11"
    post(tabs[1], draft, "plan/columns", do="save", added=column["name"].upper(), fresh=fresh)
    [part] = draft.removed()
    answer = post(tabs[0], draft, f"plan/removed/{part.id}", **{"from": "columns"})
    assert column["name"] in answer.text
    assert "снова" not in answer.text
    assert [one.id for one in draft.removed()] == [part.id]


def test_submitted_version_takes_nothing_back(draft, session, tabs):
    task = draft.save_task("Карта")
    session.commit()
    tabs[0].post(draft.address(f"tasks/{task.id}/remove"))
    first = session.scalars(select(Competency)).first()
    tabs[0].post(draft.address(f"competencies/{first.id}/delete"))
    post(tabs[0], draft, "plan/columns", do=f"delete:{draft.plan()['kinds'][0]['lineage']}")
    parts = {part.kind: part.id for part in draft.removed()}
    draft.approve()
    before = (draft.plan(), draft.outcomes(), draft.tasks())
    for kind, path in (("task", "tasks"), ("competency", "competencies"), ("column", "plan")):
        post(tabs[0], draft, f"{path}/removed/{parts[kind]}")
    assert (draft.plan(), draft.outcomes(), draft.tasks()) == before
    assert len(draft.removed()) == 3


def test_parts_of_another_version_are_not_brought_back(draft, session, tabs):
    other = Draft(session)
    first = session.scalars(select(Competency).where(Competency.version_id == other.version.id)).first()
    outcomes.delete_competency(session, actor=other.actor, version=other.version, competency_id=first.id)
    session.commit()
    [part] = other.removed()
    before = draft.outcomes()
    post(tabs[0], draft, f"competencies/removed/{part.id}")
    assert draft.outcomes() == before
    assert other.removed() == [part]


def test_only_the_latest_parts_are_kept(draft, session, monkeypatch):
    monkeypatch.setattr(removed_parts, "MOST", 2)
    for row in draft.plan()["sections"][0]["topics"] + draft.plan()["sections"][1]["topics"]:
        change = {"id": "1", "do": "delete", "lineage": row["lineage"]}
        operations.change_plan(session, actor=draft.actor, version=draft.version, wanted=[change], now=utc_now())
    assert len(draft.removed()) == 2
