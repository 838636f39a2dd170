"""The table of docs/access.md, from the product's permissions; ``python -m tests.support.access_rules`` writes it."""

import re
from pathlib import Path

from lms.composition import TABLES
from lms.core.auth.policy import Predicate

PAGE = Path(__file__).parents[2] / "docs" / "access.md"
HEADING = "| permission | who has it |\n| --- | --- |\n"


def table() -> str:
    """Returns a row for every permission, with the meaning of its predicates."""
    permissions = {name: predicates for rows in TABLES for name, predicates in rows.items()}
    return HEADING + "".join(f"| `{name}` | {who(permissions[name])} |\n" for name in sorted(permissions))


def who(predicates: tuple[Predicate, ...]) -> str:
    """Returns the meanings of the predicates; any of them grants the permission."""
    texts = [" ".join((one.__doc__ or "?").split("\n\n")[0].split()).rstrip(".") for one in predicates]
    return "; or ".join(re.sub(r"^true (for|if) ", "", text[:1].lower() + text[1:]) for text in texts)


def with_table(page: str) -> str:
    """Returns the page with its table replaced by the current one."""
    before, _, rest = page.partition(HEADING)
    after = rest.partition("\n\n")[2] if "\n\n" in rest else ""
    return before + table() + (f"\n{after}" if after else "")


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
