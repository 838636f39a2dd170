"""The environment of the templates, without a cost that Jinja has on every page."""

from collections import ChainMap
from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class TemplateEnvironment(Environment):
    """Gives templates without globals of their own the environment's globals as they are.

    Jinja wraps them in a ``ChainMap``, whose keys it compares one by one whenever a page imports macros.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Returns the globals of a template."""
        return ChainMap(d, self.globals) if d else self.globals
