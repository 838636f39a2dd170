"""Users of other systems linked to accounts."""

from sqlalchemy import select

from lms.core.auth.identities import ExternalIdentity, link_identity
from lms.core.clock import utc_now
from tests.factories import make


def linked(session, provider: str, subject: str) -> int | None:
    mine = (ExternalIdentity.platform == provider, ExternalIdentity.subject == subject)
    return session.scalar(select(ExternalIdentity.account_id).where(*mine))


def link(session, account, provider: str = "sso:1", subject: str = "u-1") -> None:
    link_identity(session, account_id=account.id, provider=provider, subject=subject, now=utc_now())


def test_finds_account_by_provider_and_subject_together(session):
    account = make.account(session)
    link(session, account)
    assert linked(session, "sso:1", "u-1") == account.id
    assert linked(session, "sso:2", "u-1") is None
    assert linked(session, "sso:1", "u-2") is None


def test_linking_again_moves_identity_to_other_account(session):
    first, second = make.account(session), make.account(session)
    link(session, first)
    link(session, second)
    link(session, second)
    assert linked(session, "sso:1", "u-1") == second.id
    assert len(session.scalars(select(ExternalIdentity).where(ExternalIdentity.subject == "u-1")).all()) == 1


def test_account_may_have_identities_of_many_providers(session):
    account = make.account(session)
    link(session, account)
    link(session, account, provider="sso:2")
    assert linked(session, "sso:1", "u-1") == linked(session, "sso:2", "u-1") == account.id
