"""The walk through all pages of generated data: every address is opened or known to lack data, with few statements."""

from collections.abc import Callable, Iterator

import pytest

from lms import composition
from lms.app import create_app
from lms.bench.volume.report import MOST_STATEMENTS, Report, growth_lines, lines
from lms.bench.volume.samples import find_samples
from lms.bench.volume.walk import NOT_WALKED, WITHOUT_SAMPLE, Walk, log_in
from lms.core.clock import utc_now
from lms.core.i18n import local_day
from lms.core.jobs.queueing import job_notifier
from lms.core.settings import Settings
from lms.demo.volume.generate import generate
from lms.demo.volume.volume import Volume
from lms.devserver.supervisor import Servers

SMALL = Volume(sites=2, programmes=20, enrolments=200, seed=7, today=local_day(utc_now()))


@pytest.fixture(scope="module")
def report(
    make_database: Callable[[], str], servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Report]:
    before = composition._current[:], job_notifier.send
    settings = Settings(
        data=tmp_path_factory.mktemp("walk"),
        database_url=make_database(),
        redis_url=servers.redis_url,
        demo=True,
        public_url="http://localhost",
    )
    app = create_app(settings)
    parts = composition.parts()
    with parts.sessions.begin() as session:
        generate(session, SMALL, password="grebenka-9-lugov", reached=lambda _sites: None)
    with parts.sessions() as session:
        samples = find_samples(session)
    walk = Walk(app, parts.engine, samples, log_in(parts.sessions, samples), times=1, most_found=1)
    yield Report.of(walk)
    parts.engine.dispose()
    composition._current[:], job_notifier.send = before


def test_every_address_is_opened_or_known_to_lack_data(report: Report):
    assert set(report.unseen) == WITHOUT_SAMPLE.keys()
    assert not NOT_WALKED.keys() & WITHOUT_SAMPLE.keys()


def test_every_role_opens_pages(report: Report):
    roles = {one.role for one in report.visits}
    assert roles >= {"anyone", "trainee", "leader", "teacher", "expert", "methodologist", "director", "administrator"}


def test_no_page_sends_more_statements_than_allowed(report: Report):
    assert {
        (one.endpoint, len(one.statements)) for one in report.visits if len(one.statements) > MOST_STATEMENTS
    } == set()


def test_lines_name_the_slowest_and_what_grew(report: Report):
    told = "\n".join([*lines(report, 10), *growth_lines(report, report)])
    for name in ("slow_page", "queries_max", "largest_page", "pages_above_cpu_aim", "unseen_addresses", "flat_pages"):
        assert f'"name": "{name}"' in told
    assert '"name": "growth"' not in told
