"""Our own keys: published before they sign and after, sealed, replaced by themselves."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from lms.core.audit import AuditEntry
from lms.core.db import make_engine
from lms.plugin.models.platforms import OwnKey
from lms.plugin.trust import keys

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def kids(session: Session, now: datetime) -> set[str]:
    return {key["kid"] for key in keys.public_set(session, now=now)["keys"]}


def signed_by(session: Session, now: datetime) -> str:
    """The kid of a token that our published set verifies."""
    token = keys.sign(session, {"iss": "x"}, now=now)
    opened = jwt.decode(token, KeySet.import_key_set(keys.public_set(session, now=now)), algorithms=["RS256"])
    assert opened.claims == {"iss": "x"}
    return str(opened.header["kid"])


def test_the_first_key_makes_itself(session: Session):
    published = keys.public_set(session, now=NOW)["keys"]
    assert [set(key) for key in published] == [{"kty", "n", "e", "kid", "alg", "use"}]
    assert signed_by(session, NOW) == published[0]["kid"]
    assert len(session.scalars(select(OwnKey)).all()) == 1


def test_the_pem_is_of_the_key_that_signs(session: Session):
    pem = keys.public_pem(session, now=NOW)
    assert pem.startswith("-----BEGIN PUBLIC KEY-----\n")
    jwt.decode(keys.sign(session, {}, now=NOW), RSAKey.import_key(pem), algorithms=["RS256"])


def test_one_key_follows_another(session: Session):
    first = signed_by(session, NOW)
    following = keys.rotate(session, actor=None, now=NOW).kid
    assert kids(session, NOW) == {first, following}
    assert signed_by(session, NOW) == first
    before, after = NOW + 2 * DAY - timedelta(seconds=1), NOW + 2 * DAY
    assert signed_by(session, before) == first
    assert signed_by(session, after) == following
    assert kids(session, NOW + 31 * DAY) == {first, following}
    assert kids(session, NOW + 33 * DAY) == {following}


def test_asked_twice_it_is_the_same_key(session: Session):
    keys.sign(session, {}, now=NOW)
    made = keys.rotate(session, actor=None, now=NOW)
    assert keys.rotate(session, actor=None, now=NOW + DAY) is made
    assert keys.next_key(session, now=NOW) is made
    noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "platform.rotate_key")).all()
    assert [entry.detail["kid"] for entry in noted] == [made.kid]


def test_at_once_nothing_else_is_published(session: Session):
    keys.sign(session, {}, now=NOW)
    keys.rotate(session, actor=None, now=NOW)
    made = keys.rotate(session, actor=None, now=NOW + DAY, at_once=True)
    assert kids(session, NOW + DAY) == {made.kid}
    assert signed_by(session, NOW + DAY) == made.kid
    assert signed_by(session, NOW + 5 * DAY) == made.kid


def test_a_year_later_it_is_replaced_by_itself(session: Session):
    first = signed_by(session, NOW)
    keys.keep_fresh(session, NOW + 365 * DAY)
    assert kids(session, NOW + 365 * DAY) == {first}
    later = NOW + 366 * DAY
    for _each_day in range(3):
        keys.keep_fresh(session, later)
    assert len(kids(session, later)) == 2
    assert signed_by(session, later + 2 * DAY) != first
    keys.keep_fresh(session, later + 40 * DAY)
    assert [row.kid != first for row in session.scalars(select(OwnKey))] == [True]


def test_private_keys_are_sealed(session: Session):
    keys.sign(session, {}, now=NOW)
    row = session.scalars(select(OwnKey)).one()
    assert b"PRIVATE" not in row.private_key
    assert set(row.public_jwk) & {"d", "p", "q", "dp", "dq", "qi"} == set()
    before = keys._sealing[:]
    keys.configure("another secret")
    try:
        with pytest.raises(ValueError, match="LMS_SECRET_KEY"):
            keys.sign(session, {}, now=NOW)
        made = keys.rotate(session, actor=None, now=NOW, at_once=True)
        assert signed_by(session, NOW) == made.kid
    finally:
        keys._sealing[:] = before
        keys._opened.clear()


def test_two_processes_make_one_first_key(make_database: Callable[[], str]):
    engine = make_engine(make_database())
    open_session = sessionmaker(engine, expire_on_commit=False)
    with open_session() as first, open_session() as second:
        made = keys.signing_key(first, now=NOW)
        assert keys._signing(second, NOW) is None
        first.commit()
        assert keys.signing_key(second, now=NOW).kid == made.kid
    engine.dispose()
