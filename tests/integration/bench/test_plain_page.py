"""The benchmark's ceiling is measured on the same terms as the product's pages."""

from collections.abc import Callable

from lms.bench.plain_page import create_app
from lms.core.db import make_engine, make_sessions
from lms.core.settings import Settings
from tests.factories import make


def test_plain_page_compiles_its_template_once(settings: Settings, make_database: Callable[[], str]):
    url = make_database()
    engine = make_engine(url)
    with make_sessions(engine).begin() as session:
        enrolment = make.enrolment(session)
        surname, title = enrolment.person.surname, enrolment.cohort.title
    engine.dispose()
    app = create_app(settings.model_copy(update={"database_url": url}))
    client = app.test_client()
    page = client.get("/").text
    assert surname in page
    assert title in page
    compiled = app.jinja_env.get_template("plain_page.html")
    assert client.get("/").status_code == 200
    assert app.jinja_env.get_template("plain_page.html") is compiled
    app.extensions["engine"].dispose()
