"""What is open inside a launch: a table of endpoints. Everything else is not found there.

A platform vouches for its people only in its own course: whoever owns a platform must never come, by a launch of its
own making, to another's account, to log-ins, or to what the whole installation is run by.
"""

FEATURES = frozenset(
    {
        "course",
        "materials",
        "self_checks",
        "ratings",
        "tasks",
        "task_dates",
        "certificates",
        "groups",
        "grading",
        "home",
        "verify",
        "placing",
        "scores",
        "rosters",
        "linking",
    }
)
"""Parts of the site: every endpoint of theirs, but those below."""

ENDPOINTS = frozenset({"static", "language", "accounts.consent_step", "lti.enter"})

CLOSED = frozenset(
    {
        # They make log-ins, or bring people in: with a card or an invitation an account could be taken over.
        "groups.add",
        "groups.cards",
        "groups.discard",
        "groups.invite",
        "groups.join",
        "groups.join_key",
        "groups.key",
        "groups.new",
        "groups.preview",
        "groups.upload",
    }
)

VISITORS = frozenset({"linking", "language", "static"})
"""For launches of people who have no account here yet: features and endpoints."""


def is_open(endpoint: str | None, *, visitor: bool = False) -> bool:
    """Whether a launch may open it (``visitor``: one without an account)."""
    if endpoint is None:
        return True  # there is no such page: the router says so
    feature = endpoint.partition(".")[0]
    if visitor:
        return endpoint in VISITORS or feature in VISITORS
    return endpoint not in CLOSED and (endpoint in ENDPOINTS or feature in FEATURES)


def needs_launch(endpoint: str | None) -> bool:
    """Whether it is shown only while the launch lives; entering comes before."""
    return endpoint not in ("static", "lti.enter")
