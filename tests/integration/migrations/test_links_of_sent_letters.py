"""Migration 0016 removes the secrets of links from letters that were sent; waiting letters keep them."""

from collections.abc import Callable

from sqlalchemy import text

from lms.core.db import make_engine
from lms.core.migrate import upgrade

LETTERS = """
    INSERT INTO message (recipient, subject, body, sent_at, error) VALUES
    ('a@x.example', 's', 'Good day!' || chr(10) || 'https://lms.example/link/Abc-_9' || chr(10) || 'Bye', now(), NULL),
    ('b@x.example', 's', 'https://lms.example/account/email/Abc9', NULL, '550'),
    ('c@x.example', 's', 'https://lms.example/link/Abc9', NULL, NULL),
    ('d@x.example', 's', 'https://lms.example/course/7', now(), NULL)
"""


def test_sent_letters_lose_their_links(make_empty_database: Callable[[], str]):
    url = make_empty_database()
    upgrade(url, "0015")
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text(LETTERS))
    upgrade(url)
    with engine.begin() as connection:
        bodies = connection.scalars(text("SELECT body FROM message ORDER BY recipient")).all()
    engine.dispose()
    assert bodies == [
        "Good day!\nhttps://lms.example/link/…\nBye",
        "https://lms.example/account/email/…",
        "https://lms.example/link/Abc9",
        "https://lms.example/course/7",
    ]
