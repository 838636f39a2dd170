"""Links in letters that end letters of one kind, or the digest: signed, valid without a log-in and without an end."""

import hashlib

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.orm import Session

from lms.core.errors import NotFound
from lms.core.notifications.kinds import DIGEST, NEVER, all_kinds
from lms.core.notifications.operations import choose_letters
from lms.core.notifications.queries import letter_choices

LONGEST = 400
WHOLE_DIGEST = ""
"""Kind in the link of a digest: every kind that comes in it."""

_signer: list[URLSafeSerializer] = []


def configure(secret: str) -> None:
    """Sets the secret for signing."""
    _signer[:] = [URLSafeSerializer(secret, salt="unsubscribe", signer_kwargs={"digest_method": hashlib.sha256})]


def path_for(person_id: int, kind: str) -> str:
    """Returns the path of the page that ends letters of this kind (``WHOLE_DIGEST``: the digest) for the person."""
    return f"/notices/unsubscribe/{_signer[0].dumps([person_id, kind])}"


def read(token: str) -> tuple[int, str]:
    """Returns person and kind of a link. Raises ``NotFound`` for a text that is not ours."""
    try:
        person_id, kind = _signer[0].loads(token[:LONGEST])
    except (BadData, ValueError, TypeError) as error:
        raise NotFound from error
    return int(person_id), str(kind)


def unsubscribe(session: Session, token: str) -> None:
    """Ends the letters of the link; doing it twice changes nothing. Raises ``NotFound``."""
    person_id, kind = read(token)
    chosen = letter_choices(session, person_id)
    ended = [kind] if kind else [one.name for one in all_kinds() if chosen.get(one.name, one.channel) == DIGEST]
    choose_letters(session, person_id=person_id, choices=dict.fromkeys(ended, NEVER))
