"""The ceiling of pages: Flask, three ORM queries, a small template; no more around it than Flask itself brings."""

from flask import Flask, g, render_template_string
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from courses.models.groups import Cohort
from courses.models.programmes import Topic
from lms.core.db import make_engine, make_sessions
from lms.core.people.models import Person
from lms.core.settings import Settings

PAGE = """<!doctype html><html lang="ru"><title>{{ person.surname }}</title>
<h1>{{ person.surname }} {{ person.given_name }}</h1><p>{{ group }}</p>
<ul>{% for topic in topics %}<li>{{ topic.title }}</li>{% endfor %}</ul></html>"""


def create_app(settings: Settings | None = None) -> Flask:
    """The application, on the database of the measurement."""
    settings = settings or Settings()
    assert settings.database_url
    sessions: sessionmaker[Session] = make_sessions(make_engine(settings.database_url, pool=settings.database_pool))
    app = Flask(__name__)

    @app.get("/")
    def page() -> str:
        g.db = session = sessions()
        person = session.scalars(select(Person).order_by(Person.id).limit(1)).one()
        group = session.scalars(select(Cohort.title).order_by(Cohort.id).limit(1)).one()
        topics = session.scalars(select(Topic).order_by(Topic.id).limit(20)).all()
        return render_template_string(PAGE, person=person, group=group, topics=topics)

    @app.teardown_appcontext
    def close(_error: BaseException | None) -> None:
        if session := g.pop("db", None):
            session.close()

    return app
