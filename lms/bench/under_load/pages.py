"""Answers of the service, as far as the people of a load test read them. Needs no locust."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from lms.demo.browser import PageForm, forms_in

SAVING = re.compile(r'data-save="([^"]{1,200})"')
WAITING = re.compile(r'href="(/grading/\d{1,12})["?]')


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its status, the address that it leads to, its text."""

    status: int
    location: str
    text: str

    def form(self, ending: str, *, naming: str = "") -> PageForm | None:
        """Returns the form whose action ends so and that has this field."""
        forms = (one for one in forms_in(self.text) if urlsplit(one.action).path.endswith(ending))
        return next((one for one in forms if not naming or naming in one.fields), None)

    def saving_address(self) -> str | None:
        """Returns the address at which the page of an attempt saves answers."""
        found = SAVING.search(self.text)
        return found[1] if found else None

    def waiting_works(self) -> list[str]:
        """Returns the addresses of the works in a queue."""
        return sorted(set(WAITING.findall(self.text)))

    def awaits_result(self) -> bool:
        """Returns whether the page of a result still asks for it."""
        return 'hx-get="' in self.text.partition("<main")[2]
