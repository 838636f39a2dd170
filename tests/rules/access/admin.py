"""Administration: open to administrators only."""

from lms.core.jobs.models import Job
from lms.core.mail.models import Message
from tests.rules.access import Access
from tests.rules.access.world import World

ONLY = frozenset({"administrator"})


def _job(world: World) -> dict[str, int]:
    def made(world: World) -> Job:
        job = Job(kind="tests.access", subject_id=1, unique_key="tests.access", state="dead", last_error="ошибка")
        world.session.add(job)
        world.session.flush()
        return job

    return {"job_id": world.at("dead letter", made).id}


def _message(world: World) -> dict[str, int]:
    def made(world: World) -> Message:
        message = Message(recipient="nina@school.ru", subject="Тайное приглашение", body="Текст")
        world.session.add(message)
        world.session.flush()
        return message

    return {"message_id": world.at("letter", made).id}


def _person(world: World) -> dict[str, int]:
    return {"person_id": world.people["trainee"].person_id}


def _account(world: World) -> dict[str, int]:
    return {"account_id": world.people["trainee"].id}


MATRIX = {
    "admin.index": Access(allowed=ONLY),
    "admin.people": Access(allowed=ONLY, shows=lambda world: world.people["trainee"].username),
    "admin.new_person": Access(allowed=ONLY),
    "admin.person": Access(allowed=ONLY, values=_person, shows=lambda world: world.people["trainee"].username),
    "admin.save_person": Access(allowed=ONLY, values=_person),
    "admin.create_account": Access(allowed=ONLY, values=_person),
    "admin.note_consent": Access(allowed=ONLY, values=_person),
    "admin.invite": Access(allowed=ONLY, values=_account),
    "admin.end_sessions": Access(allowed=ONLY, values=_account),
    "admin.turn_off_second_factor": Access(allowed=ONLY, values=_account),
    "admin.set_active": Access(allowed=ONLY, values=lambda world: _account(world) | {"deed": "open"}),
    "admin.set_administrator": Access(allowed=ONLY, values=lambda world: _account(world) | {"deed": "take"}),
    "admin.cards": Access(allowed=ONLY, data=lambda world: {"person": world.people["trainee"].person_id}),
    "admin.messages": Access(allowed=ONLY),
    "admin.message": Access(allowed=ONLY, values=_message, shows=lambda _world: "Тайное приглашение"),
    "admin.dead_letters": Access(allowed=ONLY),
    "admin.retry_job": Access(allowed=ONLY, values=_job),
    "admin.retry_all": Access(allowed=ONLY),
    "admin.audit_log": Access(allowed=ONLY),
    "admin.consent_text": Access(allowed=ONLY),
    "admin.new_authority": Access(allowed=ONLY),
    "admin.edit_authority": Access(
        allowed=ONLY,
        values=lambda world: {"authority_id": world.site.authority_id},
        shows=lambda world: world.site.authority.name,
    ),
}
