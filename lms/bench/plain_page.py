"""The ceiling of the page benchmark: Flask, three ORM queries and a small template file, nothing else.

The template is compiled once a process, as the product's are.
"""

from flask import Flask, g, render_template
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from courses.models.groups import Cohort
from courses.models.programmes import Topic
from lms.core.db import make_engine, make_sessions
from lms.core.people.models import Person
from lms.core.settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """Returns the application, on the database of the measurement."""
    settings = settings or Settings()
    assert settings.database_url
    engine = make_engine(settings.database_url, pool=settings.database_pool)
    sessions: sessionmaker[Session] = make_sessions(engine)
    app = Flask(__name__)
    app.extensions["engine"] = engine

    @app.get("/")
    def page() -> str:
        g.db = session = sessions()
        person = session.scalars(select(Person).order_by(Person.id).limit(1)).one()
        group = session.scalars(select(Cohort.title).order_by(Cohort.id).limit(1)).one()
        topics = session.scalars(select(Topic).order_by(Topic.id).limit(20)).all()
        return render_template("plain_page.html", person=person, group=group, topics=topics)

    @app.teardown_appcontext
    def close(_error: BaseException | None) -> None:
        if session := g.pop("db", None):
            session.close()

    return app
