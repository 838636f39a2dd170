"""Cost of a launch: the login and the launch itself, beside the verification of a token and a plain page.

The platform is in this process: it signs what a Moodle would send, and its keys are known already. Time spent by the
platform is not counted. The user has launched before.
"""

import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy.orm import Session

from courses.models.groups import Cohort
from lms.app import create_app
from lms.bench import plain_page
from lms.bench.figures import Figure, cheaper, counted
from lms.bench.queries import statements
from lms.bench.world import World
from lms.composition import parts
from lms.core.clock import utc_now
from lms.core.settings import Settings
from lms.lti.models.launches import ContentItem, Context
from lms.lti.models.platforms import Deployment, Platform

ISSUER = "https://platform.bench.example"
LTI = "https://purl.imsglobal.org/spec/lti/claim/"
LAUNCHES = 60
LEARNERS = 4
KID = "bench"


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of one piece of work: of the processor in this process, and by the clock."""

    cpu: float
    wall: float


def spent(work: Callable[[], Any]) -> tuple[Spent, Any]:
    """Returns what the work takes, and what it returns."""
    cpu, wall = time.process_time(), time.perf_counter()
    found = work()
    return Spent(time.process_time() - cpu, time.perf_counter() - wall), found


class Bench:
    """The platform, its learners and both applications."""

    def __init__(self, settings: Settings, world: World) -> None:
        self.settings = settings
        self.key = RSAKey.generate_key(2048)
        with parts().sessions.begin() as session:
            self.client_id, self.placement = self._connect(session, world.stage.cohort)
        self.app, self.plain = create_app(settings), self._plain(settings)
        self.clients = [self.app.test_client() for _one in range(LEARNERS)]
        for number, client in enumerate(self.clients):
            self._launch(client, number)  # the first launch creates the account

    def _connect(self, session: Session, cohort_id: int) -> tuple[str, str]:
        cohort, now = session.get_one(Cohort, cohort_id), utc_now()
        public = {**self.key.as_dict(private=False), "kid": KID, "alg": "RS256", "use": "sig"}
        platform = Platform(
            name="Платформа измерений",
            issuer=ISSUER,
            client_id=secrets.token_hex(6),
            authorization_endpoint=f"{ISSUER}/auth",
            token_endpoint=f"{ISSUER}/token",
            jwks_url=f"{ISSUER}/keys",
            jwks={"keys": [public]},
            jwks_fetched_at=now,
            site_id=cohort.site_id,
        )
        deployment = Deployment(platform=platform, deployment_id="1", accepted_at=now)
        context = Context(deployment=deployment, context_id="course", title="Курс")
        session.add_all([platform, deployment, context])
        session.flush()
        shown = ContentItem(context_id=context.id, cohort_id=cohort.id, kind="programme", title=cohort.version.title)
        session.add(shown)
        session.flush()
        return platform.client_id, str(shown.key)

    @staticmethod
    def _plain(settings: Settings) -> FlaskClient:
        app: Flask = plain_page.create_app(settings)
        return app.test_client()

    # A launch

    def _launch(self, client: FlaskClient, number: int) -> Spent:
        """Runs the login and the launch; the platform's work between them is not counted."""
        target = f"{self.settings.address}/lti/launch"
        told = {"iss": ISSUER, "login_hint": str(number), "target_link_uri": target, "client_id": self.client_id}
        first, answer = spent(lambda: client.post("/lti/login", data=told, base_url=self.settings.address))
        if answer.status_code != 302:
            raise ValueError(f"the login answered {answer.status_code}")
        asked = {name: values[0] for name, values in parse_qs(urlsplit(answer.location).query).items()}
        form = {"id_token": self._token(asked["nonce"], number, target), "state": asked["state"]}
        second, answer = spent(lambda: client.post("/lti/launch", data=form, base_url=self.settings.address))
        if answer.status_code != 303:
            raise ValueError(f"the launch answered {answer.status_code}: {answer.text[:2000]}")
        return Spent(first.cpu + second.cpu, first.wall + second.wall)

    def _token(self, nonce: str, number: int, target: str) -> str:
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": self.client_id,
            "sub": f"learner-{number}",
            "iat": now,
            "exp": now + 60,
            "nonce": nonce,
            "given_name": "Ксения",
            "family_name": f"Измерова{'абвг'[number]}",
            "email": f"learner{number}@platform.bench.example",
            f"{LTI}version": "1.3.0",
            f"{LTI}message_type": "LtiResourceLinkRequest",
            f"{LTI}deployment_id": "1",
            f"{LTI}target_link_uri": target,
            f"{LTI}roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"],
            f"{LTI}resource_link": {"id": "link", "title": "Стажировка"},
            f"{LTI}context": {"id": "course", "title": "Курс"},
            f"{LTI}custom": {"placement": self.placement},
            f"{LTI}launch_presentation": {"document_target": "iframe", "locale": "ru"},
        }
        return jwt.encode({"alg": "RS256", "kid": KID}, claims, self.key)

    def launches(self) -> Spent:
        """Returns the mean of so many launches."""
        return mean([self._launch(self.clients[one % LEARNERS], one % LEARNERS) for one in range(LAUNCHES)])

    # The bare work

    def bare(self) -> Spent:
        """Returns the mean of a token verified by the library alone, and of the plain page, of so many each."""
        target = f"{self.settings.address}/lti/launch"
        tokens = [self._token(secrets.token_urlsafe(24), one % LEARNERS, target) for one in range(LAUNCHES)]
        public = RSAKey.import_key(self.key.as_dict(private=False))
        return mean([spent(lambda token=token: self._verify_and_show(token, public))[0] for token in tokens])  # type: ignore[misc]

    def _verify_and_show(self, token: str, public: RSAKey) -> None:
        claims = jwt.decode(token, public, algorithms=["RS256"]).claims
        jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": ISSUER}, aud={"essential": True, "value": self.client_id}
        ).validate(claims)
        if self.plain.get("/").status_code != 200:
            raise ValueError("the plain page does not answer")

    def queries(self) -> int:
        """Returns the number of statements of a launch of a known user."""
        with statements(parts().engine) as sent:
            self._launch(self.clients[0], 0)
        return len(sent)


def mean(pieces: list[Spent]) -> Spent:
    """Returns the mean of one piece."""
    return Spent(sum(one.cpu for one in pieces) / len(pieces), sum(one.wall for one in pieces) / len(pieces))


def measure(settings: Settings, world: World, *, rounds: int) -> Iterator[Figure]:
    """Returns processor time, clock time and statements of a launch."""
    with Path(os.devnull).open("w") as nowhere, redirect_stderr(nowhere):  # log lines are written, not shown
        bench = Bench(settings, world)
        taken = [(bench.launches(), bench.bare()) for _round in range(rounds)]
        queries = bench.queries()
    yield cheaper("launch_cpu", [(ours.cpu, bare.cpu) for ours, bare in taken])
    yield cheaper("launch_wall", [(ours.wall, bare.wall) for ours, bare in taken])
    yield counted("queries_launch", queries)
