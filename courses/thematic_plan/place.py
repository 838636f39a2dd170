"""Places in a plan that problems and warnings name: codes, whose texts are in ``lms.error_messages``."""

from lms.core.sentences import ErrorDetail

TOTAL_ROW = ErrorDetail("place_total")
WHOLE_PLAN = ErrorDetail("place_plan")
WORKLOAD = ErrorDetail("place_workload")


def numbered_section(number: str) -> ErrorDetail:
    """Returns the place of a section, by its number in the plan."""
    return ErrorDetail("place_section", params={"number": number})


def numbered_topic(number: str) -> ErrorDetail:
    """Returns the place of a topic, by its number in the plan."""
    return ErrorDetail("place_topic", params={"number": number})


def named_place(name: str) -> ErrorDetail:
    """Returns a place by the name that its document gives it."""
    return ErrorDetail("place_named", params={"name": name})
