"""Forms of connections."""

from typing import Any

from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import Length

from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.http.request_context import db
from lms.lti.connections.platform_settings import PlatformSettings
from lms.lti.connections.queries import site_choices
from lms.lti.models.platforms import Platform
from lms.lti.platforms.setup_page import SetupGuide
from lms.web.accounts.forms import NEEDED
from lms.web.shell.forms import Form
from lms.web.shell.stored_forms import StoredForm

ADDRESS = [Length(max=2000)]
IDENTIFIER = [Length(max=255)]


STORED = (
    "instructors_teach",
    "issuer",
    "client_id",
    "authorization_endpoint",
    "token_endpoint",
    "jwks_url",
    "token_audience",
    "name",
)
"""Columns of a connection that its form changes, besides the owning site."""


class OwnerForm(StoredForm):
    """Owning site, and permissions of the platform's instructors."""

    site_id = SelectField(_l("Whose platform it is"), coerce=int)
    instructors_teach = BooleanField(_l("Its instructors work here as teachers of this site"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.site_id.choices = [(0, _("of several sites")), *site_choices(db())]

    @property
    def owner(self) -> dict[str, Any]:
        """Values for operations: without a site, instructors do not teach."""
        site_id = self.site_id.data or None
        return {"site_id": site_id, "instructors_teach": bool(self.instructors_teach.data and site_id)}


class SettingsForm(OwnerForm):
    """The platform's settings."""

    issuer = StringField(_l("Issuer: who the platform says it is"), [*NEEDED, Length(max=500)])
    client_id = StringField(_l("Client id"), [*NEEDED, *IDENTIFIER])
    authorization_endpoint = StringField(_l("Address of authentication"), ADDRESS)
    token_endpoint = StringField(_l("Address of access tokens"), ADDRESS)
    jwks_url = StringField(_l("Address of the platform's keys"), ADDRESS)
    token_audience = StringField(_l("Audience of access tokens"), ADDRESS)
    name = StringField(_l("How it is called here"), [Length(max=500)])

    def speak_as(self, sheet: SetupGuide) -> None:
        """Labels the fields as the platform's own screens do."""
        for given in sheet.gives:
            if given.field in self:
                self[given.field].label.text = given.label

    def platform_settings(self, family: str) -> PlatformSettings:
        """Returns the submitted settings."""
        return PlatformSettings(
            family=family,
            issuer=self.issuer.data or "",
            client_id=self.client_id.data or "",
            name=self.name.data or "",
            authorization_endpoint=self.authorization_endpoint.data or "",
            token_endpoint=self.token_endpoint.data or "",
            jwks_url=self.jwks_url.data or "",
            token_audience=self.token_audience.data or "",
            **self.owner,
        )


def values_of(platform: Platform) -> dict[str, Any]:
    """Returns the stored settings as values of the form."""
    stored = {name: getattr(platform, name) for name in STORED}
    return {**stored, "site_id": platform.site_id or 0}


class ConnectForm(SettingsForm):
    """A new connection by hand, with its first deployment."""

    deployment_id = StringField(_l("Deployment id"), IDENTIFIER)


class AnewForm(StoredForm):
    """The same platform under another client id."""

    client_id = StringField(_l("Client id"), [*NEEDED, *IDENTIFIER])
    deployment_id = StringField(_l("Deployment id"), IDENTIFIER)
    token_endpoint = StringField(_l("Address of access tokens"), ADDRESS)
    jwks_url = StringField(_l("Address of the platform's keys"), ADDRESS)

    def platform_settings(self, platform: Platform) -> PlatformSettings:
        """Returns the submitted settings; the others stay unchanged."""
        return PlatformSettings(
            family=platform.family,
            issuer=platform.issuer,
            client_id=self.client_id.data or "",
            name=platform.name,
            authorization_endpoint=platform.authorization_endpoint,
            token_endpoint=self.token_endpoint.data or "",
            jwks_url=self.jwks_url.data or "",
            token_audience=platform.token_audience or "",
            site_id=platform.site_id,
            instructors_teach=platform.instructors_teach,
        )


class DeploymentForm(Form):
    """A deployment id shown by the platform."""

    deployment_id = StringField(_l("Deployment id"), [*NEEDED, *IDENTIFIER])
