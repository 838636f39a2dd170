"""The environment of the templates, without two costs that Jinja has on every page."""

from collections import ChainMap
from collections.abc import MutableMapping
from types import FunctionType
from typing import Any

from flask.templating import Environment
from jinja2.runtime import Context, Macro


class TemplateContext(Context):
    """Calls macros and plain functions directly: Jinja asks each of them seven questions before it is called."""

    def call(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Calls the macro, function or other callable as a template does."""
        kind = type(obj)
        if kind is Macro:
            args = (self.eval_ctx, *args)
        elif kind is not FunctionType or "jinja_pass_arg" in obj.__dict__:
            return super().call(obj, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return obj(*args, **kwargs)


class TemplateEnvironment(Environment):
    """Gives templates without globals of their own the environment's globals as they are.

    Jinja wraps them in a ``ChainMap``, whose keys it compares one by one whenever a page imports macros.
    """

    context_class = TemplateContext

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Returns the globals of a template."""
        return ChainMap(d, self.globals) if d else self.globals
