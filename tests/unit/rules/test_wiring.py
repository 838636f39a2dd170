"""The reader behind the rule tests of jobs and events sees what it must see, on small sources."""

import pytest

from tests.support.wiring import Sources, enqueued, published

QUEUEING = "from typing import Any\n\n\ndef enqueue(session: Any, kind: str, subject: int) -> None: ...\n"
EVENTS = "class Made: ...\n"


def kinds(**texts: str) -> dict[str, frozenset[str]]:
    found = enqueued(_sources(texts))
    assert not found.unreadable
    return dict(found.uses)


def _sources(texts: dict[str, str]) -> Sources:
    return Sources({"lms.core.jobs.queueing": QUEUEING, "shop.events": EVENTS, **texts})


@pytest.mark.parametrize(
    "text",
    [
        'from lms.core.jobs.queueing import enqueue\n\nenqueue(None, "shop.send", 1)\n',
        'from lms.core.jobs import queueing\n\nSEND = "shop.send"\nqueueing.enqueue(None, SEND, 1)\n',
        'import lms.core.jobs.queueing\n\nSEND: str = "shop.send"\nlms.core.jobs.queueing.enqueue(None, SEND, 1)\n',
        'from lms.core.jobs.queueing import enqueue as later\n\n\ndef buy():\n    later(None, kind="shop.send")\n',
        "from lms.core.jobs.queueing import enqueue\nfrom names import SEND as KIND\n\nenqueue(None, KIND, 1)\n",
        "import names\nfrom lms.core.jobs.queueing import enqueue\n\nenqueue(None, names.SEND, 1)\n",
        "import again\nfrom lms.core.jobs.queueing import enqueue\n\nenqueue(None, again.SEND, 1)\n",
    ],
)
def test_enqueued_kind_is_resolved(text: str):
    others = {"names": 'SEND = "shop.send"\n', "again": "from names import SEND\n"}
    assert kinds(shop=text, **others) == {"shop.send": {"shop"}}


def test_kind_passed_through_a_function_is_found_at_its_callers():
    helper = (
        "from lms.core.jobs.queueing import enqueue\n\n\ndef call(session, kind, n):\n    enqueue(session, kind, n)\n"
    )
    caller = 'import helper\n\nSEND = "shop.send"\n\n\ndef buy(session):\n    helper.call(session, SEND, 1)\n'
    assert kinds(helper=helper, shop=caller) == {"shop.send": {"shop"}}


def test_constant_alone_enqueues_nothing():
    assert kinds(shop='SEND = "shop.send"\nKINDS = (SEND,)\n') == {}


def test_other_function_of_the_same_name_enqueues_nothing():
    assert kinds(shop='def enqueue(session, kind): ...\n\n\nenqueue(None, "shop.send")\n') == {}


def test_kind_that_cannot_be_read_is_reported():
    text = "from lms.core.jobs.queueing import enqueue\n\n\ndef buy(row):\n    enqueue(None, row.kind, 1)\n"
    assert enqueued(_sources({"shop": text})).unreadable == ("shop:5",)


def test_published_event_is_resolved():
    text = "from lms.core import events\nfrom shop.events import Made as Done\n\nevents.publish(None, Done())\n"
    assert published(_sources({"shop": text})).uses == {"shop.events.Made": {"shop"}}


def test_event_that_is_only_made_is_not_published():
    text = "from lms.core.events import publish\nfrom shop.events import Made\n\nmade = Made()\n"
    assert published(_sources({"shop": text})).uses == {}


def test_event_in_a_variable_is_reported():
    text = (
        "from lms.core.events import publish\n\n\ndef tell(session):\n    made = object()\n    publish(session, made)\n"
    )
    assert published(_sources({"shop": text})).unreadable == ("shop:6",)
