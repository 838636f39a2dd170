"""A platform that somebody else wrote: lti1p3platform from PyPI builds and signs launches, and reads what we sign.

- The fixture ``independent`` is one, started; ``registered(session, independent)`` (of ``strict``) lets us know it.
- ``independent.launch(client, user, link)`` does all four steps as the strict platform does, ``deep_link`` likewise.
- ``independent.content_items(jwt)`` verifies our answer to deep linking and returns what was chosen.
- ``POST /token`` answers our signed assertions by the package's own check; keys are read at ``/keys``.
"""

import itertools
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography.hazmat.primitives import serialization
from flask import Flask, request
from flask.testing import FlaskClient
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.oidc_login import OIDCLoginAbstract
from lti1p3platform.registration import Registration
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from tests.support.platform.certificates import Certificates
from tests.support.platform.course import PlatformLink, Somebody, a_course
from tests.support.platform.strict import Quiet, Tool
from tests.support.platform.tokens import key_number
from tests.support.platform.wire import answer_json
from tests.support.serving import served

KEY = 100
"""Number of the key pair."""
LIFE = 60
PATHS = {"auth": "/auth", "token": "/token", "keys": "/keys"}
_numbers = itertools.count(1)


class Configuration(LTI1P3PlatformConfAbstract):
    """The package's configuration for one tool."""

    def init_platform_config(self, **kwargs: Any) -> None:
        self._registration = kwargs["registration"]

    def get_registration_by_params(self, **_kwargs: Any) -> Registration:
        return self._registration

    def urlsafe_b64decode(self, val: str) -> str:
        # The package decodes with the ordinary alphabet, which drops "-" and "_": half of all tokens with words that
        # are not English cannot be read. (Its signature check, by PyJWT, decodes rightly.)
        return super().urlsafe_b64decode(val.replace("-", "+").replace("_", "/"))


class Login(OIDCLoginAbstract):
    """Step 1: the URL to which the browser is sent."""

    def set_lti_message_hint(self, **kwargs: Any) -> None:
        self._lti_message_hint = kwargs["hint"]

    def get_redirect(self, url: str) -> str:
        return url


class Launch(LTIAdvantageMessageLaunchAbstract):
    """Step 3: the posted form."""

    def render_launch_form(self, launch_data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        return launch_data


class IndependentPlatform:
    """Platform described in the module's docstring."""

    def __init__(self, certificates: Certificates, *, tool: str = "http://localhost") -> None:
        number = next(_numbers)
        self.tool, self.course, self.family = Tool.at(tool), a_course(), "other"
        self.client_id, self.deployment = f"independent-{number}", f"deployment-{number}"
        self.tool_keys: dict[str, Any] = {"keys": []}
        self._server = make_server(
            "127.0.0.1", 0, self._app(), threaded=True, request_handler=Quiet, ssl_context=certificates.server_context()
        )
        # In the request's own thread: a browser that connects ahead and says nothing would hold up everybody else.
        self._server.socket.do_handshake_on_connect = False
        self.issuer = self.address = f"https://localhost:{self._server.server_port}"
        self.registration = self._registration()
        self.configuration = Configuration(registration=self.registration)
        self._serving = served(self._server)

    def __enter__(self) -> "IndependentPlatform":
        self._serving.__enter__()
        return self

    def __exit__(self, *_error: object) -> None:
        self._serving.__exit__(None, None, None)

    def url(self, endpoint: str) -> str:
        return self.address + PATHS[endpoint]

    def _registration(self) -> Registration:
        private = key_number(KEY)
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        public = private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        made = Registration()
        made.set_iss(self.issuer).set_client_id(self.client_id).set_deployment_id(self.deployment)
        made.set_launch_url(self.tool.target).set_deeplink_launch_url(self.tool.target)
        made.set_oidc_login_url(self.tool.login)
        made.set_platform_public_key(public.decode()).set_platform_private_key(pem.decode())
        return made

    # Launches

    def launch(self, client: FlaskClient, user: Somebody, link: PlatformLink | None = None) -> TestResponse:
        """Does all four steps; returns the last answer."""
        return self.post_launch(client, self.launch_form(client, user, link))

    def launch_form(self, client: FlaskClient, user: Somebody, link: PlatformLink | None = None) -> dict[str, str]:
        """Does steps 1 to 3."""
        link = link or self.course.links[0]
        asked = self._authentication_request(client, user, link.target or self.tool.target)
        message = self._message(asked, user, link.target or self.tool.target)
        message.set_resource_link_claim(link.id, title=link.title)
        message.set_custom_parameters_claim(dict(link.custom))
        return self._answer(message)

    def deep_link(self, client: FlaskClient, user: Somebody) -> TestResponse:
        """Does a deep linking launch."""
        asked = self._authentication_request(client, user, self.tool.target)
        message = self._message(asked, user, self.tool.target)
        message.set_dl(f"{self.address}/chosen", title="Что показать", accept_types={"ltiResourceLink"})
        return self.post_launch(client, self._answer(message))

    def post_launch(self, client: FlaskClient, form: dict[str, str]) -> TestResponse:
        """Does step 4."""
        return client.post(urlsplit(self.tool.redirects[0]).path, data=form, base_url=self.tool.address)

    def _authentication_request(self, client: FlaskClient, user: Somebody, target: str) -> dict[str, str]:
        """Does steps 1 and 2."""
        login = Login(None, self.configuration)
        login.set_launch_url(target)
        login.set_lti_message_hint(hint="message")
        address = urlsplit(login.initiate_login(user.login_hint))
        answer = client.get(f"{address.path}?{address.query}", base_url=self.tool.address)
        assert answer.status_code in (302, 303), f"{answer.status}: {answer.text}"
        assert answer.location.startswith(self.url("auth") + "?"), answer.location
        return dict(parse_qsl(urlsplit(answer.location).query))

    def _message(self, asked: dict[str, str], user: Somebody, target: str) -> Launch:
        message = Launch(SimpleNamespace(get_data=asked, form_data={}), self.configuration)
        message.set_launch_url(target)
        message.set_id_token_expiration(LIFE)
        name = " ".join(part for part in (user.given, user.family) if part)
        message.set_user_data(user.subject or "", list(user.roles), full_name=name, email_address=user.email)
        # The package knows no names in parts and would call somebody anonymous "": put right among its extra claims.
        parts = {"given_name": user.given, "family_name": user.family}
        message.set_extra_claims({key: value for key, value in parts.items() if value})
        if user.subject is None:
            assert message.lti_claim_user_data is not None
            message.lti_claim_user_data.pop("sub")
        message.set_launch_context_claim(self.course.id, context_title=self.course.title)
        message.set_launch_presentation_claim("iframe", f"{self.address}/return")
        return message

    @staticmethod
    def _answer(message: Launch) -> dict[str, str]:
        told = message.lti_launch()
        return {"id_token": told["id_token"], "state": told["state"]}

    # What we sign

    def content_items(self, token: str) -> list[dict[str, Any]]:
        """Returns the items of a deep linking response. Raises the package's errors."""
        self._know()
        return self.configuration.validate_deeplinking_resp({"JWT": token})

    def _know(self) -> None:
        self.registration.set_tool_key_set(self.tool_keys)  # type: ignore[arg-type]

    def _app(self) -> Flask:
        app = Flask("independent platform")
        app.add_url_rule(PATHS["keys"], "keys", lambda: answer_json(self.configuration.get_jwks()))
        app.add_url_rule(PATHS["token"], "token", self._token, methods=["POST"])
        return app

    def _token(self) -> Any:
        self._know()
        return answer_json(self.configuration.get_access_token(request.form.to_dict()))
