"""Names and Role Provisioning Services 2.0 of a test platform.

``platform.page_size`` limits a page; ``limit``, ``role`` and ``rlid`` of the query are supported.
"""

from typing import TYPE_CHECKING, Any

from flask import Response, request

from tests.support.platform.wire import demand, demand_accept

if TYPE_CHECKING:
    from tests.support.platform.strict import StrictPlatform

SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
MEDIA_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"


def members(platform: "StrictPlatform", course_id: str) -> Response:
    """Returns the requested page of the roster."""
    course = platform.course
    demand(course_id == course.id, 404, f"no course {course_id}")
    demand(request.args.get("type_id") == "1", 404, "the query of the address was lost: type_id=1")
    platform.demand_scope(SCOPE)
    demand_accept(MEDIA_TYPE)
    role, link_id = request.args.get("role"), request.args.get("rlid")
    link = course.link(link_id) if link_id else None
    demand(link_id is None or link is not None, 404, f"no link {link_id}")
    found = [
        one.member()
        for one in course.people
        if (role is None or role in one.roles or MEMBERSHIP + role in one.roles)
        and (link is None or not link.only or one.subject in link.only)
    ]
    context = {"id": course.id, "label": course.label, "title": course.title}

    def container(part: list[dict[str, Any]]) -> dict[str, Any]:
        return {"id": request.url, "context": context, "members": part}

    return platform.paged(found, container, MEDIA_TYPE)
