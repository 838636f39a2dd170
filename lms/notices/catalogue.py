"""Every kind of notice: its sentence, the page that it leads to, its name in the table of choices.

The values of a sentence are kept in the notice (names and titles of that moment), so that a page of notices reads
nothing else.
"""

from datetime import date
from textwrap import shorten

from assessment.certificates.kinds import DocumentKind, kind_name
from lms.core import disk
from lms.core.i18n import _, format_date, format_number, ngettext
from lms.core.notifications.kinds import (
    ADMINISTRATOR,
    AT_ONCE,
    AUTHORITY,
    DIGEST,
    GRADER,
    HOST,
    LEADER,
    NEVER,
    TRAINEE,
    Detail,
    NoticeKind,
)

WORK_HANDED_IN = "work_handed_in"
ESSAY_HANDED_IN = "essay_handed_in"
WORK_RETURNED = "work_returned"
WORK_ACCEPTED = "work_accepted"
WORK_TAKEN_BACK = "work_taken_back"
ESSAY_READ = "essay_read"
ATTEMPTS_USED = "attempts_used"
PROGRAMME_SUBMITTED = "programme_submitted"
PROGRAMME_CONSIDERED = "programme_considered"
PROGRAMME_RETURNED = "programme_returned"
PROGRAMME_APPROVED = "programme_approved"
CERTIFICATE = "certificate"
DEADLINE = "deadline"
STATUS_ENDS = "status_ends"
LETTER_FAILED = "letter_failed"
DISK_FULL = disk.NOTICE
LETTERS_FAILED = "letters_failed"
JOBS_FAILED = "jobs_failed"
PLATFORM_SILENT = "platform_silent"

LONGEST_REASON = 200


def _work_handed_in(detail: Detail) -> str:
    if detail["count"] == 1:
        return _("%(name)s: the work «%(task)s» waits for grading", name=detail["name"], task=detail["task"])
    return ngettext(
        "%(num)s work waits for grading in the group «%(group)s»",
        "%(num)s works wait for grading in the group «%(group)s»",
        detail["count"],
        group=detail["group"],
    )


def _essay_handed_in(detail: Detail) -> str:
    if detail["count"] == 1:
        return _("%(name)s: free answers of «%(task)s» wait for reading", name=detail["name"], task=detail["task"])
    return ngettext(
        "%(num)s self-check with free answers waits in the group «%(group)s»",
        "%(num)s self-checks with free answers wait in the group «%(group)s»",
        detail["count"],
        group=detail["group"],
    )


def _work_accepted(detail: Detail) -> str:
    if not detail.get("most"):
        return _("The work «%(task)s» is accepted", task=detail["task"])
    return _(
        "The work «%(task)s» is accepted, points: %(points)s of %(most)s",
        task=detail["task"],
        points=detail["points"],
        most=detail["most"],
    )


def _deadline(detail: Detail) -> str:
    day = format_date(date.fromisoformat(detail["day"]), "day")
    if not detail["more"]:
        return _("Due on %(day)s: «%(what)s»", day=day, what=detail["what"])
    return ngettext(
        "Due on %(day)s: «%(what)s» and %(num)s more",
        "Due on %(day)s: «%(what)s» and %(num)s more",
        detail["more"],
        day=day,
        what=detail["what"],
    )


def _certificate(detail: Detail) -> str:
    kind = kind_name(DocumentKind(detail["kind"]))
    return _("%(kind)s No. %(number)s can be downloaded", kind=kind, number=detail["number"])


def _status_ends(detail: Detail) -> str:
    until = format_date(date.fromisoformat(detail["until"]))
    return _("The status of the site «%(site)s» ends on %(day)s", site=detail["site"], day=until)


def _letters_failed(detail: Detail) -> str:
    return ngettext(
        "%(num)s letter of the service was not delivered, the last one to %(recipient)s",
        "%(num)s letters of the service were not delivered, the last one to %(recipient)s",
        detail["count"],
        recipient=detail["recipient"],
    )


def _jobs_failed(detail: Detail) -> str:
    return ngettext(
        "%(num)s job in the background has failed at every attempt",
        "%(num)s jobs in the background have failed at every attempt",
        detail["count"],
    )


def _submission_path(detail: Detail) -> str:
    return f"/course/{detail['enrolment_id']}/tasks/{detail['task_id']}"


def _programme_path(detail: Detail) -> str:
    return f"/programmes/{detail['version_id']}"


KINDS: tuple[NoticeKind, ...] = (
    NoticeKind(
        WORK_RETURNED,
        (TRAINEE,),
        AT_ONCE,
        icon="arrow-back-up",
        label=lambda: _("My work is returned for revision"),
        sentence=lambda detail: _("The work «%(task)s» is returned for revision", task=detail["task"]),
        path=_submission_path,
    ),
    NoticeKind(
        WORK_ACCEPTED,
        (TRAINEE,),
        AT_ONCE,
        icon="circle-check",
        label=lambda: _("My work is accepted"),
        sentence=_work_accepted,
        path=_submission_path,
    ),
    NoticeKind(
        WORK_TAKEN_BACK,
        (TRAINEE,),
        AT_ONCE,
        icon="rotate",
        label=lambda: _("A decision on my work is taken back"),
        sentence=lambda detail: _(
            "The decision on the work «%(task)s» is taken back, it waits for a review again: %(reason)s",
            task=detail["task"],
            reason=shorten(detail["reason"] or "", LONGEST_REASON, placeholder="…"),
        ),
        path=_submission_path,
    ),
    NoticeKind(
        ESSAY_READ,
        (TRAINEE,),
        AT_ONCE,
        icon="writing",
        label=lambda: _("The free answers of my self-check are read"),
        sentence=lambda detail: _(
            "The free answers of «%(check)s» are read, the result: %(percent)s%%",
            check=detail["check"],
            percent=detail["percent"],
        ),
        path=lambda detail: f"/attempts/{detail['attempt_id']}/result",
    ),
    NoticeKind(
        DEADLINE,
        (TRAINEE,),
        AT_ONCE,
        icon="calendar-due",
        label=lambda: _("Something is due tomorrow"),
        sentence=_deadline,
        path=lambda detail: f"/course/{detail['enrolment_id']}",
    ),
    NoticeKind(
        CERTIFICATE,
        (TRAINEE,),
        AT_ONCE,
        icon="certificate",
        label=lambda: _("My certificate is issued"),
        sentence=_certificate,
        path=lambda _detail: "/certificates",
    ),
    NoticeKind(
        WORK_HANDED_IN,
        (GRADER,),
        DIGEST,
        icon="checklist",
        label=lambda: _("Works are handed in"),
        sentence=_work_handed_in,
        path=lambda detail: f"/grading/{detail['id']}" if detail["count"] == 1 else "/grading",
    ),
    NoticeKind(
        ESSAY_HANDED_IN,
        (GRADER,),
        DIGEST,
        icon="writing",
        label=lambda: _("Free answers of self-checks are handed in"),
        sentence=_essay_handed_in,
        path=lambda detail: f"/essays/{detail['id']}" if detail["count"] == 1 else "/grading",
    ),
    NoticeKind(
        ATTEMPTS_USED,
        (LEADER,),
        DIGEST,
        icon="alert-triangle",
        label=lambda: _("A self-check is not passed and no attempts are left"),
        sentence=lambda detail: _(
            "%(name)s has used every attempt at «%(check)s»: %(percent)s%% of the needed %(threshold)s%%",
            name=detail["name"],
            check=detail["check"],
            percent=detail["percent"],
            threshold=detail["threshold"],
        ),
        path=lambda detail: f"/groups/trainees/{detail['enrolment_id']}",
    ),
    NoticeKind(
        PROGRAMME_SUBMITTED,
        (AUTHORITY,),
        AT_ONCE,
        icon="gavel",
        label=lambda: _("A programme is submitted to the council"),
        sentence=lambda detail: _(
            "The programme «%(programme)s» is submitted to the council (%(organization)s)",
            programme=detail["programme"],
            organization=detail["organization"],
        ),
        path=lambda detail: f"/council/{detail['version_id']}",
    ),
    NoticeKind(
        PROGRAMME_CONSIDERED,
        (HOST,),
        AT_ONCE,
        icon="gavel",
        label=lambda: _("A programme waits for our approval"),
        sentence=lambda detail: _(
            "The council has considered the programme «%(programme)s»: it waits for your approval",
            programme=detail["programme"],
        ),
        path=lambda detail: f"/council/{detail['version_id']}",
    ),
    NoticeKind(
        PROGRAMME_RETURNED,
        (LEADER,),
        AT_ONCE,
        icon="arrow-back-up",
        label=lambda: _("Our programme is returned with remarks"),
        sentence=lambda detail: _(
            "The programme «%(programme)s» is returned with remarks", programme=detail["programme"]
        ),
        path=_programme_path,
    ),
    NoticeKind(
        PROGRAMME_APPROVED,
        (LEADER,),
        AT_ONCE,
        icon="circle-check",
        label=lambda: _("Our programme is approved"),
        sentence=lambda detail: _(
            "The programme «%(programme)s» is approved: groups can be made", programme=detail["programme"]
        ),
        path=_programme_path,
    ),
    NoticeKind(
        STATUS_ENDS,
        (LEADER, AUTHORITY, HOST),
        AT_ONCE,
        icon="calendar-due",
        label=lambda: _("The status of a site ends soon"),
        sentence=_status_ends,
        path=lambda detail: str(detail["path"]),
    ),
    NoticeKind(
        LETTER_FAILED,
        (LEADER, AUTHORITY, ADMINISTRATOR),
        DIGEST,
        icon="mail-exclamation",
        label=lambda: _("A letter that I asked for was not delivered"),
        sentence=lambda detail: _(
            "The letter to %(name)s was not delivered: %(recipient)s",
            name=detail["name"],
            recipient=detail["recipient"],
        ),
        path=lambda detail: str(detail["path"]),
    ),
    NoticeKind(
        DISK_FULL,
        (ADMINISTRATOR,),
        NEVER,  # the letter is written beside the notice, even when the worker's queue is late
        icon="alert-triangle",
        label=lambda: _("The disk is nearly full"),
        sentence=lambda detail: _(
            "The disk is nearly full: %(free)s GB are free", free=format_number(detail["free_bytes"] / 1024**3)
        ),
        path=lambda _detail: "/admin",
    ),
    NoticeKind(
        JOBS_FAILED,
        (ADMINISTRATOR,),
        AT_ONCE,
        icon="alert-triangle",
        label=lambda: _("Jobs in the background have failed"),
        sentence=_jobs_failed,
        path=lambda _detail: "/admin/jobs",
    ),
    NoticeKind(
        PLATFORM_SILENT,
        (ADMINISTRATOR,),
        AT_ONCE,
        icon="plug-connected",
        label=lambda: _("A platform does not answer"),
        sentence=lambda detail: _(
            "The platform «%(platform)s» has not answered for an hour: results and lists wait",
            platform=detail["platform"],
        ),
        path=lambda detail: f"/admin/platforms/{detail['platform_id']}",
    ),
    NoticeKind(
        LETTERS_FAILED,
        (ADMINISTRATOR,),
        DIGEST,
        icon="mail-exclamation",
        label=lambda: _("Letters of the service are not delivered"),
        sentence=_letters_failed,
        path=lambda _detail: "/admin/outbox",
    ),
)
