"""The tool's keys: publication, encryption, rotation."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from lms.core.audit import AuditEntry
from lms.lti.models.platforms import OwnKey
from lms.lti.trust import tool_keys
from tests.support.tool_pairs import REAL_NEW_KEY

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def kids(session: Session, now: datetime) -> set[str]:
    return {key["kid"] for key in tool_keys.public_set(session, now=now)["keys"]}


def signed_by(session: Session, now: datetime) -> str:
    """Returns the ``kid`` of a token verified by our JWKS."""
    token = tool_keys.sign(session, {"iss": "x"}, now=now)
    opened = jwt.decode(token, KeySet.import_key_set(tool_keys.public_set(session, now=now)), algorithms=["RS256"])
    assert opened.claims == {"iss": "x"}
    return str(opened.header["kid"])


def test_first_key_is_created_on_demand(session: Session):
    published = tool_keys.public_set(session, now=NOW)["keys"]
    assert [set(key) for key in published] == [{"kty", "n", "e", "kid", "alg", "use"}]
    assert signed_by(session, NOW) == published[0]["kid"]
    assert len(session.scalars(select(OwnKey)).all()) == 1


def test_pem_is_of_signing_key(session: Session):
    pem = tool_keys.public_pem(session, now=NOW)
    assert pem.startswith("-----BEGIN PUBLIC KEY-----\n")
    jwt.decode(tool_keys.sign(session, {}, now=NOW), RSAKey.import_key(pem), algorithms=["RS256"])


def test_rotation_replaces_key(session: Session):
    first = signed_by(session, NOW)
    following = tool_keys.rotate(session, actor=None, now=NOW).kid
    assert kids(session, NOW) == {first, following}
    assert len({key["n"] for key in tool_keys.public_set(session, now=NOW)["keys"]}) == 2
    assert signed_by(session, NOW) == first
    before, after = NOW + 2 * DAY - timedelta(seconds=1), NOW + 2 * DAY
    assert signed_by(session, before) == first
    assert signed_by(session, after) == following
    assert kids(session, NOW + 31 * DAY) == {first, following}
    assert kids(session, NOW + 33 * DAY) == {following}


def test_rotating_twice_creates_one_key(session: Session):
    tool_keys.sign(session, {}, now=NOW)
    made = tool_keys.rotate(session, actor=None, now=NOW)
    assert tool_keys.rotate(session, actor=None, now=NOW + DAY) is made
    assert tool_keys.next_key(session, now=NOW) is made
    noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "platform.rotate_key")).all()
    assert [entry.detail["kid"] for entry in noted] == [made.kid]


def test_replacing_at_once_withdraws_other_keys(session: Session):
    tool_keys.sign(session, {}, now=NOW)
    tool_keys.rotate(session, actor=None, now=NOW)
    made = tool_keys.rotate(session, actor=None, now=NOW + DAY, at_once=True)
    assert kids(session, NOW + DAY) == {made.kid}
    assert signed_by(session, NOW + DAY) == made.kid
    assert signed_by(session, NOW + 5 * DAY) == made.kid


def test_key_is_replaced_after_a_year(session: Session):
    first = signed_by(session, NOW)
    tool_keys.keep_fresh(session, NOW + 365 * DAY)
    assert kids(session, NOW + 365 * DAY) == {first}
    later = NOW + 366 * DAY
    for _each_day in range(3):
        tool_keys.keep_fresh(session, later)
    assert len(kids(session, later)) == 2
    assert signed_by(session, later + 2 * DAY) != first
    tool_keys.keep_fresh(session, later + 40 * DAY)
    assert [row.kid != first for row in session.scalars(select(OwnKey))] == [True]


def test_private_keys_are_encrypted(session: Session):
    tool_keys.sign(session, {}, now=NOW)
    row = session.scalars(select(OwnKey)).one()
    assert b"PRIVATE" not in row.private_key
    assert set(row.public_jwk) & {"d", "p", "q", "dp", "dq", "qi"} == set()
    before = tool_keys._sealing[:]
    tool_keys.configure("another secret")
    try:
        with pytest.raises(ValueError, match="LMS_SECRET_KEY"):
            tool_keys.sign(session, {}, now=NOW)
        made = tool_keys.rotate(session, actor=None, now=NOW, at_once=True)
        assert signed_by(session, NOW) == made.kid
    finally:
        tool_keys._sealing[:] = before
        tool_keys._opened.clear()


def test_made_keys_differ_and_are_long_enough():
    first, second = (REAL_NEW_KEY().as_dict(private=False) for _ in range(2))
    assert first["n"] != second["n"]
    assert len(b64decode(first["n"] + "==", altchars="-_")) * 8 == 2048


def test_made_key_signs_as_the_stored_one_does(session: Session):
    kid = tool_keys.signing_key(session, now=NOW).kid
    made = signed_by(session, NOW)
    tool_keys._opened.clear()
    assert kid == made == signed_by(session, NOW)


def test_two_processes_create_one_first_key(own_engine: Engine):
    open_session = sessionmaker(own_engine, expire_on_commit=False)
    with open_session() as first, open_session() as second:
        made = tool_keys.signing_key(first, now=NOW)
        assert tool_keys._signing(second, NOW) is None
        first.commit()
        assert tool_keys.signing_key(second, now=NOW).kid == made.kid
