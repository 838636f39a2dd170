"""Programmes in a browser without script: import, plan, parts, workflow, council."""

import copy
import json
import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, object_session

from courses.models.programmes import ImportDraft, Programme, ProgrammeVersion, Rubric, RubricCriterion, Section, Topic
from courses.programmes import workflow
from courses.programmes.jobs import delete_old_drafts
from courses.programmes.plan_store import load_plan
from courses.thematic_plan.plan_json import to_json
from lms.core.auth.policy import ANYONE
from lms.core.clock import utc_now
from lms.registry.models import Site
from tests.factories import make
from tests.support import programme_documents as documents
from tests.support.browsing import log_in
from tests.support.counting import count_queries
from tests.support.uploads import outcome

NOW = utc_now()


@pytest.fixture
def site(session: Session) -> Site:
    return make.site(session)


@pytest.fixture
def leader(client: FlaskClient, session: Session, site: Site) -> FlaskClient:
    return log_in(client, session, make.member(session, "leader", site=site))


@pytest.fixture
def draft(session: Session, site: Site) -> ProgrammeVersion:
    return make.programme(session, site, state="draft")


def upload(  # type: ignore[no-untyped-def]
    browser: FlaskClient, at: Site, stream: BytesIO, name: str, path: str = "/programmes/import", **more: Any
):
    """Uploads a file, lets a worker read it, and returns the answer that follows."""
    answer = browser.post(path, data={"file": (stream, name), **more}, content_type="multipart/form-data")
    session = object_session(at)
    assert session
    return outcome(browser, session, answer)


def imported(browser: FlaskClient, site: Site, stream: BytesIO | None = None) -> str:
    answer = upload(browser, site, stream or documents.word(), "программа.docx", site=site.id)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def base_of(page: str) -> str:
    found = re.search(r'id="plan-base" value="([^"]*)"', page)
    assert found
    return found[1].replace("&#34;", '"').replace("&amp;", "&").replace("&#39;", "'")


def newest(session: Session) -> ProgrammeVersion:
    return session.scalars(select(ProgrammeVersion).order_by(ProgrammeVersion.id.desc())).first()  # type: ignore[return-value]


# Import


def test_word_file_reaches_council_in_four_requests(leader: FlaskClient, session: Session, site: Site):
    address = imported(leader, site)
    preview = leader.get(address).text
    assert "Урок, который начинается с вопроса" in preview
    assert "Литература" in preview, "what was not found is named"
    answer = leader.post(address, data={"base": base_of(preview), "do": "create"})
    version = newest(session)
    assert answer.headers["Location"] == f"/programmes/{version.id}/plan"
    assert (version.title, version.workload, version.state) == ("Урок, который начинается с вопроса", 18, "draft")
    assert (version.goal, version.pass_mark) == ("научить строить урок от вопроса.", 6)
    criteria = select(func.count(RubricCriterion.id)).join(Rubric).where(Rubric.version_id == version.id)
    assert session.scalar(criteria) == 2
    leader.post(f"/programmes/{version.id}/submit")
    session.refresh(version)
    assert version.state == "submitted"


def test_preview_is_corrected_before_saving(leader: FlaskClient, session: Session, site: Site):
    address = imported(leader, site, documents.word(first_section="7"))
    page = leader.get(address).text
    assert "Не\xa0сходится в\xa0документе" in page
    assert session.scalar(select(func.count()).select_from(Programme)) == 0
    plan = json.loads(base_of(page))
    section = plan["sections"][0]
    typed = {
        "base": base_of(page),
        "part:title": "Урок от вопроса",
        f"topic:{section['topics'][0]['lineage']}:title": "Откуда вопросы",
        f"section:{section['lineage']}:title": section["title"],
        "do": f"agree:{section['lineage']}",
    }
    page = leader.get(leader.post(address, data=typed).headers["Location"]).text
    assert "План сходится" in page
    leader.post(address, data={"base": base_of(page), "do": "create"})
    version = newest(session)
    assert version.title == "Урок от вопроса"
    assert next(topic.title for topic in load_plan(session, version).topics()) == "Откуда вопросы"


def test_preview_of_an_older_draft_shows_its_notes(leader: FlaskClient, session: Session, site: Site):
    address = imported(leader, site, documents.word(first_section="7"))
    draft = session.scalars(select(ImportDraft)).one()
    content = copy.deepcopy(draft.content)
    content["imported"]["problems"] = [
        {"where": "Строка-1", "message": "Прежняя-запись", "kind": None, "expected": None, "found": None}
    ]
    draft.content = content
    session.flush()
    page = leader.get(address).text
    assert "Строка-1" in page
    assert "Прежняя-запись" in page


def test_preview_shows_a_wrong_number_once_with_its_places(leader: FlaskClient, session: Session, site: Site):
    page = leader.get(imported(leader, site, documents.word(first_section="7"))).text
    rows = page.partition('class="table to-cards problems"')[2].partition("</table>")[0]
    assert rows.count("<tr>") == 2  # the heading and the cause


def test_saving_twice_creates_one_programme(leader: FlaskClient, session: Session, site: Site):
    address = imported(leader, site)
    page = leader.get(address).text
    for _again in range(2):
        assert leader.post(address, data={"base": base_of(page), "do": "create"}).status_code == 303
    assert session.scalar(select(func.count()).select_from(Programme)) == 1


def test_discarded_document_leaves_no_rows(leader: FlaskClient, session: Session, site: Site):
    address = imported(leader, site)
    assert leader.post(f"{address}/discard").status_code == 303
    assert session.scalar(select(func.count()).select_from(ImportDraft)) == 0
    assert leader.get(address).status_code == 404


def test_old_unsaved_documents_are_deleted(leader: FlaskClient, session: Session, site: Site):
    imported(leader, site)
    delete_old_drafts(session, NOW + timedelta(days=29))
    assert session.scalar(select(func.count()).select_from(ImportDraft)) == 1
    delete_old_drafts(session, NOW + timedelta(days=31))
    assert session.scalar(select(func.count()).select_from(ImportDraft)) == 0


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "программа.docx", ""),
        (b"just text", "программа.docx", ""),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "программа.doc", ".docx"),
        (b"PK\x03\x04 broken", "план.xlsx", ""),
        (b"text", "программа.pdf", ".docx"),
    ],
)
def test_unreadable_file_is_refused_at_its_field(
    leader: FlaskClient, session: Session, site: Site, content: bytes, name: str, says: str
):
    answer = upload(leader, site, BytesIO(content), name, site=site.id)
    assert 'id="file-err"' in answer.text
    assert says in answer.text
    assert session.scalar(select(func.count()).select_from(ImportDraft)) == 0


def test_missing_file_is_refused_at_its_field(leader: FlaskClient, site: Site):
    answer = leader.post("/programmes/import", data={"site": site.id})
    assert answer.status_code == 422
    assert "Выберите файл" in answer.text


def test_import_for_another_site_is_refused(leader: FlaskClient, session: Session):
    other = make.site(session)
    session.commit()
    upload(leader, other, documents.word(), "п.docx", site=other.id)
    assert session.scalar(select(func.count()).where(ImportDraft.site_id == other.id)) == 0


def test_sheet_replaces_plan_and_keeps_lineages(
    leader: FlaskClient, session: Session, site: Site, draft: ProgrammeVersion
):
    answer = upload(leader, site, documents.excel(), "план.xlsx", f"/programmes/{draft.id}/plan/import")
    address = answer.headers["Location"]
    page = leader.get(address).text
    assert load_plan(session, draft).sections[0].title == "Наблюдение как метод", "not yet"
    assert leader.post(address, data={"base": base_of(page), "do": "create"}).headers["Location"].endswith("/plan")
    assert [section.title for section in load_plan(session, draft).sections] == ["Вопрос ребёнка", "Свой урок"]


# The plan, as a form


def form_of(page: str) -> dict[str, str]:
    return {"base": base_of(page)}


def test_plan_table_is_saved_as_form(leader: FlaskClient, session: Session, draft: ProgrammeVersion):
    address = f"/programmes/{draft.id}/plan"
    page = leader.get(address).text
    base = json.loads(base_of(page))
    topic, kind = base["sections"][0]["topics"][0], base["kinds"][0]["lineage"]
    typed = {f"topic:{topic['lineage']}:hours:{kind}": "3,5", f"topic:{topic['lineage']}:title": topic["title"]}
    assert leader.post(address, data=form_of(page) | typed | {"do": "save"}).status_code == 303
    after = leader.get(address).text
    assert 'value="3,5"' in after
    assert "лишние 1,5" in after
    assert "Мешает отправить: 1" in after


def test_form_buttons_change_structure_once(leader: FlaskClient, session: Session, draft: ProgrammeVersion):
    address = f"/programmes/{draft.id}/plan"
    page = leader.get(address).text
    add = re.search(r'value="(add_topic:[^"]+)"', page)[1]  # type: ignore[index]
    for _again in range(2):
        leader.post(address, data=form_of(page) | {"do": add})
    first, second = load_plan(session, draft).sections
    assert len(first.topics) == 3
    leader.post(address, data=form_of(page) | {"do": f"down:{first.topics[2].lineage}"})
    assert load_plan(session, draft).sections[1].topics[0].lineage == first.topics[2].lineage
    leader.post(address, data=form_of(page) | {"do": f"delete:{first.topics[2].lineage}"})
    leader.post(address, data=form_of(page) | {"do": f"up:{second.lineage}"})
    assert load_plan(session, draft).sections[0].lineage == second.lineage
    chosen = leader.get(f"{address}?row={second.lineage}").text
    assert f'value="delete:{second.lineage}"' in chosen


def test_two_forms_conflict_only_at_same_cell(leader: FlaskClient, session: Session, draft: ProgrammeVersion):
    address = f"/programmes/{draft.id}/plan"
    page = leader.get(address).text
    one, two = json.loads(base_of(page))["sections"][0]["topics"]
    cell, other = f"topic:{one['lineage']}:title", f"topic:{two['lineage']}:title"
    leader.post(address, data=form_of(page) | {cell: "Из первой вкладки"})
    answer = leader.post(address, data=form_of(page) | {cell: "Из второй вкладки", other: "Тоже из второй"})
    assert "поставили «Из первой вкладки»" in answer.text
    assert ">Из второй вкладки</textarea>" in answer.text, "what was typed stays in its field"
    titles = [topic.title for topic in load_plan(session, draft).topics()]
    assert titles[:2] == ["Из первой вкладки", "Тоже из второй"]
    leader.post(address, data=form_of(answer.text) | {cell: "Из второй вкладки"})
    assert next(load_plan(session, draft).topics()).title == "Из второй вкладки"


def test_invalid_hours_stay_in_their_field(leader: FlaskClient, draft: ProgrammeVersion):
    address = f"/programmes/{draft.id}/plan"
    page = leader.get(address).text
    topic = json.loads(base_of(page))["sections"][0]["topics"][0]
    cell = f"topic:{topic['lineage']}:hours:{next(iter(topic['hours']))}"
    answer = leader.post(address, data=form_of(page) | {cell: "полтора"})
    assert 'value="полтора"' in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_script_gets_results_and_plan(leader: FlaskClient, session: Session, draft: ProgrammeVersion):
    plan = load_plan(session, draft)
    cell = f"topic:{next(plan.topics()).lineage}:title"
    change = {"id": "а1", "do": "set", "cell": cell, "base": "не то", "value": "Иначе"}
    answer = leader.post(f"/programmes/{draft.id}/plan/changes", json={"changes": [change]})
    assert answer.json["answers"][0] | {"message": ""} == {
        "id": "а1",
        "outcome": "conflict",
        "cell": cell,
        "current": "Что видит наблюдатель",
        "message": "",
    }
    assert answer.json["plan"] == to_json(load_plan(session, draft, "title"))


@pytest.mark.parametrize("sent", [None, [], {"changes": 1}, {"changes": ["x"]}, {"changes": [{}] * 2001}])
def test_malformed_request_of_script_is_refused(leader: FlaskClient, draft: ProgrammeVersion, sent: Any):
    answer = leader.post(f"/programmes/{draft.id}/plan/changes", json=sent)
    assert answer.status_code == 422
    assert answer.json["message"]


def test_ended_session_returns_status_to_script(client: FlaskClient, draft: ProgrammeVersion):
    answer = client.post(
        f"/programmes/{draft.id}/plan/changes", json={"changes": []}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 401


def test_tampered_form_is_refused(leader: FlaskClient, draft: ProgrammeVersion):
    assert leader.post(f"/programmes/{draft.id}/plan", data={"base": "{}"}).status_code == 422


def test_columns_are_renamed_moved_added_and_deleted(leader: FlaskClient, session: Session, draft: ProgrammeVersion):
    address = f"/programmes/{draft.id}/plan/columns"
    first, second, third = load_plan(session, draft).kinds
    shown = {f"base:kind:{kind.lineage}:name": kind.name for kind in (first, second, third)}
    order = {"order": [first.lineage, second.lineage, third.lineage], "fresh": first.lineage[::-1]}
    leader.post(address, data=shown | order | {f"kind:{first.lineage}:name": "Семинары", "do": f"down:{first.lineage}"})
    assert [kind.name for kind in load_plan(session, draft).kinds][:2] == ["Практика", "Семинары"]
    answer = leader.post(address, data=shown | {f"kind:{second.lineage}:name": "Семинары", "do": "save"})
    assert answer.status_code == 422
    assert "уже есть" in answer.text
    leader.post(address, data={"do": f"delete:{third.lineage}", "added": "Дистанционно", "fresh": fresh()})
    assert [kind.name for kind in load_plan(session, draft).kinds] == ["Практика", "Семинары", "Дистанционно"]


def fresh() -> str:
    return "7d0f9a52-1f0b-4b52-9a43-0e5b1d1c0a11"


# The other parts


@pytest.mark.parametrize("page", ["passport", "note", "outcomes", "conditions", "attestation", "completion"])
def test_pages_of_parts_have_at_most_twelve_fields(leader: FlaskClient, draft: ProgrammeVersion, page: str):
    text = leader.get(f"/programmes/{draft.id}/edit/{page}").text
    outside_tables = re.sub(r"<table.*?</table>", "", text, flags=re.DOTALL)
    fields = re.findall(r"<(?:input(?![^>]*type=\"hidden\")|textarea|select)", outside_tables)
    assert len(fields) <= 12


def test_parts_are_saved_and_errors_shown_at_their_fields(
    leader: FlaskClient, session: Session, draft: ProgrammeVersion
):
    address = f"/programmes/{draft.id}/edit/passport"
    base = json.dumps({"title": draft.title, "workload": "18", "document_kind": "certificate"})
    typed = {"title": "Новое имя", "workload": "18", "document_kind": "certificate", "base": base, "year": "26"}
    answer = leader.post(address, data=typed)
    assert answer.status_code == 422
    assert 'id="year-err"' in answer.text
    assert 'value="Новое имя"' in answer.text
    assert leader.post(address, data=typed | {"year": "2027"}).status_code == 303
    session.refresh(draft)
    assert (draft.title, draft.year) == ("Новое имя", 2027)


def test_concurrent_change_of_text_asks_second_author(leader: FlaskClient, session: Session, draft: ProgrammeVersion):
    address = f"/programmes/{draft.id}/edit/note"
    base = json.dumps({"goal": "", "key_ideas": "", "tasks": ""})
    leader.post(address, data={"goal": "Первая", "base": base})
    answer = leader.post(address, data={"goal": "Вторая", "base": base})
    assert answer.status_code == 422
    assert "Сейчас здесь: «Первая»" in answer.text
    again = re.search(r'name="base"[^>]*value="([^"]*)"', answer.text)[1].replace("&#34;", '"')  # type: ignore[index]
    leader.post(address, data={"goal": "Вторая", "base": again})
    session.refresh(draft)
    assert draft.goal == "Вторая"


def test_competencies_and_criteria_are_saved(leader: FlaskClient, session: Session, draft: ProgrammeVersion):
    leader.post(
        f"/programmes/{draft.id}/competencies/new",
        data={"title": "ПК-3", "knows": "одно\nдругое", "lineage": fresh(), "base": "{}"},
    )
    assert "ПК-3" in leader.get(f"/programmes/{draft.id}/edit/outcomes").text
    address = f"/programmes/{draft.id}/edit/attestation"
    page = leader.get(address).text
    base = re.search(r'name="criteria_base" value="([^"]*)"', page)[1].replace("&#34;", '"')  # type: ignore[index]
    rows = {
        "criterion_name": ["Речь", "", "Вывод"],
        "criterion_indicator": ["ясная", "", ""],
        "criterion_max": ["2,5", "", "нет"],
        "criterion_min": ["1", "", ""],
        "criterion_lineage": ["", "", ""],
        "criteria_base": base,
        "pass_mark": "3",
        "base": json.dumps({"pass_mark": "6"}),
    }
    answer = leader.post(address, data=rows)
    assert answer.status_code == 422
    assert 'id="criteria-2-max_points-err"' in answer.text
    assert leader.post(address, data=rows | {"criterion_max": ["2,5", "", "5"]}).status_code == 303
    criteria = select(RubricCriterion.name, RubricCriterion.max_points).join(Rubric)
    found = session.execute(criteria.where(Rubric.version_id == draft.id))
    assert sorted((name, float(points)) for name, points in found) == [("Вывод", 5.0), ("Речь", 2.5)]


# Workflow


def test_plan_with_problems_is_not_submitted_and_shows_reason(
    leader: FlaskClient, session: Session, draft: ProgrammeVersion
):
    draft.workload = 36
    session.flush()
    answer = leader.post(f"/programmes/{draft.id}/submit", follow_redirects=True)
    assert "Пока не\xa0отправлено" in answer.text
    assert "36" in answer.text
    session.refresh(draft)
    assert draft.state == "draft"


def secretary(client: FlaskClient, session: Session, site: Site) -> FlaskClient:
    return log_in(client, session, make.member(session, "council_secretary", authority=site.authority))


def submitted(session: Session, draft: ProgrammeVersion) -> None:
    workflow.submit(session, actor=ANYONE, version=draft, now=NOW)
    session.commit()


def paper(prefix: str, **more: str) -> dict[str, str]:
    return {f"{prefix}-number": "7", f"{prefix}-on": NOW.date().isoformat(), **more}


def test_council_considers_and_approves(client: FlaskClient, session: Session, site: Site, draft: ProgrammeVersion):
    submitted(session, draft)
    council = secretary(client, session, site)
    assert draft.title in council.get("/council").text
    answer = council.post(f"/council/{draft.id}/consider", data={"consider-number": "", "consider-on": ""})
    assert answer.status_code == 422
    assert council.post(f"/council/{draft.id}/consider", data=paper("consider")).status_code == 303
    session.refresh(draft)
    assert draft.state == "considered"
    assert council.post(f"/council/{draft.id}/approve", data=paper("approve")).status_code == 303
    session.refresh(draft)
    assert (draft.state, draft.approval_document) == ("approved", "7")


def test_one_protocol_considers_and_approves(
    client: FlaskClient, session: Session, site: Site, draft: ProgrammeVersion
):
    submitted(session, draft)
    council = secretary(client, session, site)
    council.post(f"/council/{draft.id}/consider", data=paper("consider", **{"consider-approves": "y"}))
    session.refresh(draft)
    assert draft.state == "approved"
    assert [fact.decision for fact in draft.considerations] == ["considered", "approved"]


def test_council_only_considers_if_organisation_approves(
    client: FlaskClient, session: Session, site: Site, draft: ProgrammeVersion
):
    site.authority.settings = {"approved_by": "organization"}
    submitted(session, draft)
    council = secretary(client, session, site)
    council.post(f"/council/{draft.id}/consider", data=paper("consider", **{"consider-approves": "y"}))
    session.refresh(draft)
    assert draft.state == "considered"
    assert council.post(f"/council/{draft.id}/approve", data=paper("approve")).status_code == 403
    director = log_in(client, session, make.member(session, "director", organization=site.organization))
    assert draft.title in director.get("/programmes").text
    assert f"/council/{draft.id}" in director.get(f"/programmes/{draft.id}").text
    assert director.post(f"/council/{draft.id}/approve", data=paper("approve")).status_code == 303
    session.refresh(draft)
    assert draft.state == "approved"


def test_remarks_are_shown_to_author(client: FlaskClient, session: Session, site: Site, draft: ProgrammeVersion):
    submitted(session, draft)
    council = secretary(client, session, site)
    assert council.post(f"/council/{draft.id}/return", data=paper("return")).status_code == 422
    remarks = paper("return", **{"return-remarks": "Добавьте формы занятий в разделе 2."})
    assert council.post(f"/council/{draft.id}/return", data=remarks).status_code == 303
    author = log_in(client, session, make.member(session, "leader", site=site))
    assert "Добавьте формы занятий" in author.get(f"/programmes/{draft.id}/plan").text


def test_next_version_shows_differences(client: FlaskClient, session: Session, site: Site):
    old = make.programme(session, site)
    author = log_in(client, session, make.member(session, "leader", site=site))
    for _again in range(2):
        address = author.post(f"/programmes/{old.id}/versions").headers["Location"]
    made = newest(session)
    assert (made.number, address) == (2, f"/programmes/{made.id}/plan")
    page = author.get(address).text
    topic = json.loads(base_of(page))["sections"][0]["topics"][0]
    author.post(address, data=form_of(page) | {f"topic:{topic['lineage']}:title": "Что слышит наблюдатель"})
    shown = author.get(f"/programmes/{made.id}/differences").text
    assert "Чем отличается от\xa0версии 1</h1>" in shown
    assert "Что видит наблюдатель" in shown
    assert "Что слышит наблюдатель" in shown
    assert author.get(f"/programmes/{old.id}/plan").headers["Location"] == f"/programmes/{old.id}"


def test_misprint_is_corrected_on_its_page(client: FlaskClient, session: Session, site: Site):
    version = make.programme(session, site)
    author = log_in(client, session, make.member(session, "leader", site=site))
    section = session.scalars(select(Section).where(Section.version_id == version.id)).first()
    place = f"section:{section.lineage}"  # type: ignore[union-attr]
    address = f"/programmes/{version.id}/correction"
    assert "Наблюдение как метод" in author.get(f"{address}?place={place}").text
    typed = {"place": place, "seen": "Наблюдение как метод", "text": "Наблюдения как метод"}
    assert author.post(address, data=typed).status_code == 303
    history = author.get(f"/programmes/{version.id}/history").text
    assert "Наблюдения как метод" in history
    assert "Учебно-тематический план: Раздел 1" in history
    assert author.post(address, data=typed | {"text": "Совсем о другом"}).status_code == 422


def test_query_count_of_lists_is_fixed(leader: FlaskClient, session: Session, site: Site, engine: Engine):
    make.programme(session, site)
    session.commit()
    leader.get("/programmes")
    with count_queries(engine) as few:
        leader.get("/programmes")
    for _more in range(5):
        make.programme(session, site)
    session.commit()
    with count_queries(engine) as many:
        leader.get("/programmes")
    assert len(many) == len(few) <= 12, "\n".join(many)


def test_new_programme_is_created_without_document(leader: FlaskClient, session: Session, site: Site):
    answer = leader.post("/programmes/new", data={"site": site.id, "title": "", "workload": "1,3"})
    assert answer.status_code == 422
    leader.post("/programmes/new", data={"site": site.id, "title": "Урок", "workload": "36"})
    version = newest(session)
    assert (version.title, version.programme.site_id) == ("Урок", site.id)
    assert leader.get(f"/programmes/{version.id}/plan").status_code == 200
    assert session.scalar(select(func.count()).where(Topic.version_id == version.id)) == 0
