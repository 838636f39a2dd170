"""The sample's programmes with their tasks, pages, files, links and self-checks."""

import io
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import docx
from sqlalchemy import select

from assessment.attestation.tasks import save_task, set_instructions, tasks_of
from assessment.models.attestation import AttestationTask
from assessment.models.self_checks import SelfCheck
from assessment.questions.gift.parser import read_gift
from assessment.questions.model import Question
from assessment.self_checks import operations as self_checks
from assessment.self_checks.operations import SelfCheckSettings
from courses.importing.model import ImportedProgramme
from courses.materials.operations import MaterialDraft, add_material
from courses.models.programmes import ProgrammeVersion, Section, Topic
from courses.programmes import workflow
from courses.programmes.workflow import Document
from lms.core.files.media_types import DOCX
from lms.core.files.operations import save_bytes
from lms.demo.content import PROGRAMME
from lms.demo.people import NewPerson, approve_by_council, draft_programme
from lms.demo.sample_data import people, programmes, texts
from lms.demo.sample_data.pages import READING, SPEECH_READING, Page
from lms.demo.sample_data.registry import SampleRegistry
from lms.demo.samples.make import GIFT
from lms.registry.models import Site

REMARKS = """1. В теме 1.2 не сказано, какие опыты без датчика поставить нельзя: приведите два-три примера.
2. Нет итоговой аттестации: добавьте тему или форму контроля в раздел 2.
3. Уточните, что делает стажёр, в школе которого датчиков нет."""


def topics_of(places: SampleRegistry, version: ProgrammeVersion) -> Sequence[Topic]:
    """Returns the topics in the plan's order."""
    rows = select(Topic).join(Topic.section).where(Topic.version_id == version.id)
    return places.session.scalars(rows.order_by(Section.position, Topic.position)).all()


def draft(places: SampleRegistry, who: NewPerson, site: Site, imported: ImportedProgramme) -> ProgrammeVersion:
    """Creates a programme from its document."""
    leader = places.actor(who)
    name = f"{imported.title[:60]}.docx"
    return draft_programme(places.session, leader=leader, site=site, imported=imported, file_name=name, now=places.now)


def others(places: SampleRegistry) -> None:
    """Creates a programme waiting for the council, one returned by it, and one whose hours do not add up."""
    session, now = places.session, places.now
    draft(places, people.LEADER, places.lessons, programmes.PROJECT_WEEK)
    research = draft(places, people.SECOND_LEADER, places.research, programmes.RESEARCH)
    author = places.actor(people.SECOND_LEADER)
    workflow.submit(session, actor=author, version=research, now=now - timedelta(days=4))
    returned = draft(places, people.SECOND_LEADER, places.research, programmes.LABORATORY)
    workflow.submit(session, actor=author, version=returned, now=now - timedelta(days=25))
    protocol = Document("4", places.today - timedelta(days=9))
    secretary = places.actor(people.SECRETARY)
    workflow.send_back(session, actor=secretary, version=returned, document=protocol, remarks=REMARKS, now=now)


def lessons(places: SampleRegistry) -> tuple[ProgrammeVersion, list[SelfCheck]]:
    """Creates the approved programme on observing lessons with its whole course."""
    version = draft(places, people.LEADER, places.lessons, PROGRAMME)
    topics = topics_of(places, version)
    _final_task(places, people.LEADER, version, topics[-1], texts.FINAL_INSTRUCTIONS)
    save_task(
        places.session,
        actor=places.actor(people.LEADER),
        version=version,
        task=None,
        title=texts.PROTOCOL_TASK,
        instructions=texts.PROTOCOL_INSTRUCTIONS,
        topic_lineage=topics[1].lineage,
        kind="current",
        pass_mark=Decimal(9),
        required=True,
        criteria=texts.PROTOCOL_CRITERIA,
    )
    _approve(places, people.LEADER, version, "2")
    _pages(places, people.LEADER, version, READING)
    _form(places, version, topics[1])
    questions = read_gift(GIFT.read_bytes()).questions
    closed = [one for one in questions if one.kind != "essay"]
    essay = [one for one in questions if one.kind == "essay"]
    checks = [
        _self_check(places, version, topics[0], "Факт или оценка?", closed[:5]),
        _self_check(places, version, topics[2], "Критерии и обратная связь", [*closed[5:], *essay]),
    ]
    return version, checks


def speech(places: SampleRegistry) -> ProgrammeVersion:
    """Creates the kindergarten's approved programme."""
    version = draft(places, people.SPEECH_LEADER, places.speech, programmes.SPEECH)
    _final_task(places, people.SPEECH_LEADER, version, topics_of(places, version)[-1], "")
    _approve(places, people.SPEECH_LEADER, version, "3")
    _pages(places, people.SPEECH_LEADER, version, SPEECH_READING)
    return version


def _final_task(
    places: SampleRegistry, who: NewPerson, version: ProgrammeVersion, topic: Topic, instructions: str
) -> None:
    """Returns the final task made by the import, or creates one; sets its instructions."""
    made = tasks_of(places.session, version.id)
    task = made[0] if made else _own_final(places, who, version, topic)
    set_instructions(task, instructions or "Запишите игру в своей группе и сдайте запись с коротким разбором.")


def _own_final(places: SampleRegistry, who: NewPerson, version: ProgrammeVersion, topic: Topic) -> AttestationTask:
    return save_task(
        places.session,
        actor=places.actor(who),
        version=version,
        task=None,
        title=topic.title,
        instructions="",
        topic_lineage=topic.lineage,
        kind="final",
        pass_mark=version.pass_mark or Decimal(0),
        required=True,
        criteria=[],
    )


def _approve(places: SampleRegistry, who: NewPerson, version: ProgrammeVersion, number: str) -> None:
    approve_by_council(
        places.session,
        leader=places.actor(who),
        secretary=places.actor(people.SECRETARY),
        version=version,
        protocol=Document(number, places.today - timedelta(days=120)),
        now=places.now - timedelta(days=118),
    )


def _pages(
    places: SampleRegistry, who: NewPerson, version: ProgrammeVersion, reading: Sequence[Sequence[Page]]
) -> None:
    for topic, pages in zip(topics_of(places, version), reading, strict=True):
        for page in pages:
            _add(
                places,
                who,
                version,
                topic,
                MaterialDraft("page", page.title, page.body, minutes=page.minutes, completion=page.completion),
            )


def _add(places: SampleRegistry, who: NewPerson, version: ProgrammeVersion, topic: Topic, what: MaterialDraft) -> None:
    add_material(
        places.session,
        actor=places.actor(who),
        programme=version.programme,
        topic_lineage=topic.lineage,
        draft=what,
        now=places.now - timedelta(days=110),
    )


def _form(places: SampleRegistry, version: ProgrammeVersion, topic: Topic) -> None:
    """Adds the protocol form as a Word file, and a link that is not required."""
    file = save_bytes(
        places.session,
        content=blank(),
        name="Бланк протокола наблюдения.docx",
        media_type=DOCX,
        actor=places.actor(people.LEADER),
        site_id=places.lessons.id,
        now=places.now,
    )
    note = "Распечатайте двусторонней печатью: на один урок хватает листа."
    _add(
        places, people.LEADER, version, topic, MaterialDraft("file", "Бланк протокола", note, file=file, required=False)
    )
    _add(
        places,
        people.LEADER,
        version,
        topic,
        MaterialDraft("link", "Федеральные государственные стандарты", url="https://fgos.ru/", required=False),
    )


def blank() -> bytes:
    """Returns the empty protocol form as a Word file."""
    document = docx.Document()
    document.add_heading("Протокол наблюдения урока", 1)
    for line in ("Класс, предмет, дата: ____", "На что смотрим (выбирает учитель): ____", "Когда разговор: ____"):
        document.add_paragraph(line)
    table = document.add_table(8, 3)
    for cell, text in zip(table.rows[0].cells, ("Время", "Учитель", "Ученики"), strict=True):
        cell.text = text
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _self_check(
    places: SampleRegistry, version: ProgrammeVersion, topic: Topic, title: str, questions: Sequence[Question]
) -> SelfCheck:
    leader = places.actor(people.LEADER)
    instructions = "Отвечайте спокойно: попыток три, засчитывается лучшая."
    conditions = SelfCheckSettings(title, instructions, topic.lineage, attempts_allowed=3, time_limit_minutes=20)
    check = self_checks.create(places.session, actor=leader, programme=version.programme, conditions=conditions)
    site_id = version.programme.site_id
    self_checks.add_questions(places.session, actor=leader, check=check, questions=questions, site_id=site_id)
    return check
