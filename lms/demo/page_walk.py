"""One trainee and the leader work through the pages by HTTP, opening every page and sending every form."""

from collections.abc import Sequence

from sqlalchemy.orm import Session, sessionmaker

from assessment.attestation import works
from assessment.models.attestation import AttestationTask
from assessment.models.self_checks import Attempt
from courses.models.groups import Enrolment
from lms.core.i18n import _
from lms.demo.answers import raw_answer
from lms.demo.browser import Browser, Page, PageRefused, Upload
from lms.demo.group_setup import LEADER, GroupIds
from lms.demo.trainee_work import questions_of, work_file, work_text

POLITE = "Работа цельная, спасибо."


def visit(sessions: sessionmaker[Session], address: str, stage: GroupIds, password: str) -> None:
    """Lets the first trainee study and hand in, and the leader accept the work. Raises ``PageRefused``."""
    trainee = Browser(address)
    trainee.log_in(stage.username, password)
    course = f"/course/{stage.enrolments[0]}"
    trainee.open("/")
    trainee.open(course)
    _study(trainee, course, stage.materials)
    _take(trainee, sessions, f"{course}/self-checks/{stage.self_check}")
    _hand_in(trainee, f"{course}/tasks/{stage.task}")
    leader = Browser(address)
    leader.log_in(LEADER, password)
    _grade(leader, sessions, stage)


def _study(browser: Browser, course: str, materials: Sequence[int]) -> None:
    for material_id in materials:
        page = browser.open(f"{course}/materials/{material_id}")
        form = page.find_form("/confirm")
        if form is not None:
            browser.send(page, form, {})


def _take(browser: Browser, sessions: sessionmaker[Session], path: str) -> None:
    """Begins an attempt, fills the page's form with right answers, hands it in."""
    conditions = browser.open(path)
    page = browser.send(conditions, conditions.form("/begin"), {})
    number = int(page.path.rsplit("/", 1)[-1])
    typed = _answers(sessions, number)
    page = browser.send(page, page.form("/hand-in"), {**typed, "hand_in": "sure"})
    if not page.path.endswith("/result"):
        raise PageRefused(_("The answers were not handed in by the page %(path)s.", path=page.path))


def _answers(sessions: sessionmaker[Session], attempt_id: int) -> dict[str, list[str]]:
    """Returns the form's fields with the right values; the page names them ``q<question>-<field>``."""
    with sessions() as session:
        asked = questions_of(session, session.get_one(Attempt, attempt_id))
    return {
        f"q{key}-{name}": list(values)
        for key, question in asked.items()
        for name, values in raw_answer(question.kind, question.payload).items()
    }


def _hand_in(browser: Browser, path: str) -> None:
    """Hands in a text and a file."""
    page = browser.open(path)
    upload = Upload(f"{_('Final work')}.docx", work_file(""))
    browser.send(page, page.form(path), {"text": work_text(), "hand_in": "1"}, upload)


def _grade(browser: Browser, sessions: sessionmaker[Session], stage: GroupIds) -> None:
    """Opens the work from the grading queue, gives full points, and accepts it."""
    queue = browser.open("/grading")
    desk = browser.open(queue.link(r"/grading/\d+"))
    points = _points(sessions, stage)
    after: Page = browser.send(desk, desk.form(desk.path), {**points, "comment": POLITE, "decision": "accepted"})
    with sessions() as session:
        enrolment = session.get_one(Enrolment, stage.enrolments[0])
        work = works.existing(session, session.get_one(AttestationTask, stage.task), enrolment)
        if work is None or work.state != "accepted":
            raise PageRefused(_("The work was not accepted at the desk; the page %(path)s followed.", path=after.path))


def _points(sessions: sessionmaker[Session], stage: GroupIds) -> dict[str, str | list[str]]:
    """Returns the greatest points of each criterion, in quarter steps."""
    with sessions() as session:
        criteria = session.get_one(AttestationTask, stage.task).criteria
        return {f"points-{one.id}": f"{float(int(one.max_points * 4)) / 4:g}" for one in criteria}
