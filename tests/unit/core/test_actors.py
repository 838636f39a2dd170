"""Actors that are nobody, the system, and somebody."""

from lms.core.auth.policy import ANYONE, SYSTEM, Actor


def test_only_an_actor_without_account_is_anyone():
    assert ANYONE.is_anyone
    assert not Actor(1, 1).is_anyone


def test_system_is_not_anyone_and_has_no_account():
    assert not SYSTEM.is_anyone
    assert SYSTEM.account_id is None


def test_launch_visitor_is_anyone():
    assert Actor(None, None, only_site_id=3).is_anyone
