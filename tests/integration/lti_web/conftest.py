"""A platform that shows a group; launches by a browser without JavaScript."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from courses.models.groups import Cohort
from lms import composition
from lms.core import public_url
from lms.lti.models.launches import Launch
from lms.lti.models.platforms import Platform
from tests.factories import make
from tests.factories.launches import placed
from tests.support.platform.course import PlatformLink, Somebody
from tests.support.platform.strict import StrictPlatform, Tool, registered

SECURE = "https://tool.test"


@dataclass(slots=True)
class ShownGroup:
    """A group shown by a platform's link."""

    session: Session
    platform: StrictPlatform
    row: Platform
    link: PlatformLink
    group: Cohort

    @property
    def learner(self) -> Somebody:
        return self.platform.course.learner

    def launch(self, client: FlaskClient, somebody: Somebody | None = None, **changes: Any) -> Launch:
        """Launches and returns the row; the client has its cookie."""
        answer = self.platform.launch(client, somebody or self.learner, self.link, **changes)
        assert answer.status_code == 303, answer.text
        found = re.search(r"/in/(\d+)/", answer.location)
        assert found, answer.location
        return self.session.get_one(Launch, int(found[1]))


@pytest.fixture
def shown(session: Session, platform: StrictPlatform) -> ShownGroup:
    group = make.cohort(session)
    row = registered(session, platform, site_id=group.site_id)
    link = placed(session, row, platform, group)
    session.commit()
    return ShownGroup(session, platform, row, link, group)


@pytest.fixture
def secure(app, platform: StrictPlatform) -> Iterator[str]:
    """The tool at an HTTPS URL; requests of the client need ``base_url=secure``."""
    parts = composition.parts()
    composition._current[:] = [replace(parts, settings=parts.settings.model_copy(update={"public_url": SECURE}))]
    public_url.configure(SECURE)
    platform.tool = Tool.at(SECURE)
    yield SECURE
    public_url.configure(parts.settings.address)


@pytest.fixture
def cookies_of() -> Callable[[Any], dict[str, str]]:
    """Returns the Set-Cookie headers by cookie name."""

    def found(answer: Any) -> dict[str, str]:
        return {line.partition("=")[0]: line for line in answer.headers.getlist("Set-Cookie")}

    return found
