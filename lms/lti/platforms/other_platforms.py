"""Set-up guides of the other families, with the English labels of their screens. Pure."""

from lms.core.i18n import gettext as _
from lms.lti.platforms.endpoints import BLACKBOARD, CANVAS_CLOUD, NAMES
from lms.lti.platforms.setup_page import FieldToFill, SetupGuide, ValueToCopy
from lms.lti.tool import ToolUrls


def canvas(ours: ToolUrls) -> SetupGuide:
    return SetupGuide(
        family="canvas",
        name=NAMES["canvas"],
        where=_("Admin → Developer Keys → + Developer Key → LTI Key; Method: Enter URL"),
        pastes=(
            FieldToFill("Key Name", _("Stazhirovka")),
            FieldToFill("Redirect URIs", ours.launch),
            FieldToFill("Method", "Enter URL", choose=True),
            FieldToFill("JSON URL", ours.canvas),
        ),
        gives=(
            ValueToCopy("client_id", "Client ID", _("Admin → Developer Keys: the long number in the column «Details»")),
            ValueToCopy(
                "deployment_id",
                "Deployment Id",
                _("Settings → Apps → View App Configurations → the gear of the app → Deployment Id"),
            ),
        ),
        warnings=(
            _(
                "Switch the key on (State: ON) before you add the app: Settings → Apps → + App, "
                "Configuration Type: By Client ID."
            ),
            _(
                "Of a Canvas on a server of your own, the issuer is https://canvas.instructure.com too "
                "unless its administrator changed it; put the addresses of your server into the fields "
                "below."
            ),
        ),
        afterwards=_("Open a module of a course: + → External Tool → «Stazhirovka»."),
        issuer=CANVAS_CLOUD,
        issuer_hint=_("The same for every Canvas in the cloud."),
    )


def sakai(ours: ToolUrls) -> SetupGuide:
    return SetupGuide(
        family="sakai",
        name=NAMES["sakai"],
        where=_("Administration Workspace → External Tools → Install LTI 1.3 Tool"),
        pastes=(
            FieldToFill("Tool Title", _("Stazhirovka")),
            FieldToFill("Launch URL", ours.launch),
            FieldToFill("Send Names to the External Tool", _("tick it"), choose=True),
            FieldToFill("Send Email Addresses to the External Tool", _("tick it"), choose=True),
            FieldToFill("Allow External Tool to retrieve roster data", _("tick it"), choose=True),
            FieldToFill("Allow External Tool to create grade columns", _("tick it"), choose=True),
            FieldToFill("Supports LTI 1.3", _("tick it"), choose=True),
            FieldToFill("LTI 1.3 Tool Keyset URL", ours.keys),
            FieldToFill("LTI 1.3 Tool OpenID Connect/Initialization Endpoint", ours.login),
            FieldToFill("LTI 1.3 Tool Redirect Endpoint", ours.launch),
            FieldToFill(
                "Allow the tool to be used from the rich content editor / Lessons (Deep Linking)",
                _("tick it"),
                choose=True,
            ),
        ),
        gives=(
            ValueToCopy("issuer", "LTI 1.3 Issuer URL", _("after saving, on the same page of the tool")),
            ValueToCopy("client_id", "LTI 1.3 Client ID"),
            ValueToCopy("deployment_id", "LTI 1.3 Deployment ID"),
            ValueToCopy("jwks_url", "LTI 1.3 Platform OAuth2 Well-Known/KeySet URL"),
            ValueToCopy("token_endpoint", "LTI 1.3 Platform OAuth2 Bearer Token Retrieval URL"),
            ValueToCopy("authorization_endpoint", "LTI 1.3 Platform OIDC Authentication URL"),
        ),
        warnings=(_("The address for access tokens ends with the tool's number: copy it from Sakai."),),
        afterwards=_("In a site: Lessons → Add Content → Add External Tool → «Stazhirovka»."),
        issuer_hint=_("The address of Sakai, as https://sakai.example.org."),
    )


def blackboard(ours: ToolUrls) -> SetupGuide:
    return SetupGuide(
        family="blackboard",
        name=NAMES["blackboard"],
        where=_(
            "developer.blackboard.com → My Apps → + ; then in Learn: Administrator Panel → LTI Tool "
            "Providers → Register LTI 1.3/Advantage Tool"
        ),
        pastes=(
            FieldToFill("Application Name", _("Stazhirovka")),
            FieldToFill("Domain(s)", ours.domain),
            FieldToFill("My Integration supports LTI 1.3", _("tick it"), choose=True),
            FieldToFill("Login Initiation URL", ours.login),
            FieldToFill("Tool Redirect URL(s)", ours.launch),
            FieldToFill("Tool JWKS URL", ours.keys),
            FieldToFill("Signing Algorithm", "RS256", choose=True),
            FieldToFill("Allow grade service access / Allow Membership Service Access (Learn)", "Yes", choose=True),
            FieldToFill("User Fields to be Sent (Learn)", "Role in Course, Name, Email Address", choose=True),
            FieldToFill("Placement → Deep Linking content tool; Target Link URI (Learn)", ours.launch),
        ),
        gives=(
            ValueToCopy(
                "client_id",
                "Application ID",
                _("developer.blackboard.com, after registering; Learn calls it Client ID"),
            ),
            ValueToCopy("deployment_id", "Deployment ID", _("Learn → LTI Tool Providers → the tool's line")),
            ValueToCopy("jwks_url", "Public keyset URL", _("developer.blackboard.com → My Apps → the application")),
        ),
        warnings=(
            _("The Application Key and the Secret are not needed: do not send them to anybody."),
            _("The address of the keys holds the number of your application: copy it from the portal."),
        ),
        afterwards=_("In a course: Content Market → «Stazhirovka»."),
        issuer=BLACKBOARD,
        issuer_hint=_("The same for every Blackboard Learn."),
    )


def d2l(ours: ToolUrls) -> SetupGuide:
    return SetupGuide(
        family="d2l",
        name=NAMES["d2l"],
        where=_("Admin Tools → Manage Extensibility → LTI Advantage → Register Tool → Standard"),
        pastes=(
            FieldToFill("Name", _("Stazhirovka")),
            FieldToFill("Domain", ours.base),
            FieldToFill("Redirect URLs", ours.launch),
            FieldToFill("OpenID Connect Login URL", ours.login),
            FieldToFill("Target Link URI", ours.launch),
            FieldToFill("Keyset URL", ours.keys),
            FieldToFill(
                "Extensions",
                "Assignment and Grade Services, Deep Linking, Names and Role Provisioning Services",
                choose=True,
            ),
            FieldToFill("Security Settings (deployment)", "Name, Email, User ID", choose=True),
        ),
        gives=(
            ValueToCopy("client_id", "Client Id", _("shown once the tool is registered")),
            ValueToCopy("issuer", "Issuer"),
            ValueToCopy("jwks_url", "Brightspace Keyset URL"),
            ValueToCopy("token_endpoint", "Brightspace OAuth2 Access Token URL"),
            ValueToCopy("authorization_endpoint", "OpenID Connect Authentication Endpoint"),
            ValueToCopy("token_audience", "Brightspace OAuth2 Audience"),
            ValueToCopy(
                "deployment_id",
                "Deployment Id",
                _("View Deployments → New Deployment; choose the org units, then open it"),
            ),
        ),
        warnings=(
            _("The audience of access tokens differs from their address: fill in both."),
            _(
                "The link for a deep linking quicklink is made on the deployment: View Links → New Link, "
                "Type: Deep Linking Quicklink, URL as in Target Link URI."
            ),
        ),
        afterwards=_("In a course: Content → Existing Activities → «Stazhirovka»."),
        issuer_hint=_("The address of Brightspace, as https://school.brightspace.com."),
    )


def other(ours: ToolUrls) -> SetupGuide:
    return SetupGuide(
        family="other",
        name=_("another platform"),
        where=_("where the platform registers LTI 1.3 tools"),
        pastes=(
            FieldToFill(_("Name of the tool"), _("Stazhirovka")),
            FieldToFill(_("Login initiation URL (OIDC)"), ours.login),
            FieldToFill(_("Redirect URI"), ours.launch),
            FieldToFill(_("Target link URI, launch URL"), ours.launch),
            FieldToFill(_("Public keys (JWKS URL)"), ours.keys),
            FieldToFill(_("Deep linking URL"), ours.launch),
            FieldToFill(_("Services"), _("grades (AGS), roster (NRPS)"), choose=True),
            FieldToFill(_("Personal data"), _("name and e-mail"), choose=True),
        ),
        gives=(
            ValueToCopy("issuer", "Issuer (iss)"),
            ValueToCopy("client_id", "Client ID"),
            ValueToCopy("deployment_id", "Deployment ID"),
            ValueToCopy("authorization_endpoint", "OIDC authorization endpoint"),
            ValueToCopy("token_endpoint", "OAuth 2.0 token endpoint"),
            ValueToCopy("jwks_url", "Platform JWKS URL"),
        ),
        warnings=(),
        afterwards=_("Add the tool to a course and open it as its teacher: you are asked what to show."),
        issuer_hint=_("Exactly as the platform writes it: a slash at the end makes a difference."),
    )
