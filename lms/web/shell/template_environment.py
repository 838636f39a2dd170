"""The environment of the templates, without four costs that Jinja has on every page.

What a template means is unchanged: whatever is not met in this form is left to Jinja.
"""

from collections import ChainMap
from collections.abc import Callable, MutableMapping
from types import FunctionType, MethodType
from typing import Any

from flask.templating import Environment
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from jinja2.utils import _PassArg, missing
from markupsafe import Markup, escape
from markupsafe import _escape_inner as escape_text  # type: ignore[attr-defined]


class TemplateContext(Context):
    """Calls macros, functions and methods directly: Jinja asks each of them seven questions before it is called."""

    def call(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Calls the macro, function or other callable as a template does."""
        kind = type(obj)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        if kind is Macro:
            return self._call_macro(obj, args, kwargs)
        plain = obj if kind is FunctionType else obj.__func__ if kind is MethodType else None
        wanted = getattr(plain, "__dict__", _UNKNOWN).get("jinja_pass_arg")
        if wanted is None:
            return obj(*args, **kwargs)
        if wanted is _PassArg.eval_context:
            return obj(self.eval_ctx, *args, **kwargs)
        return super().call(obj, *args, **kwargs)

    def _call_macro(self, macro: Macro, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        """Calls a macro; one that takes further arguments, or whose block is missing, is called by Jinja."""
        if macro.catch_kwargs or macro.catch_varargs or (macro.caller and "caller" not in kwargs):
            return macro(self.eval_ctx, *args, **kwargs)
        names = macro.arguments[len(args) :]
        if names:
            args = (*args, *[kwargs.pop(name, missing) for name in names])
        if macro.caller and not macro.explicit_caller and len(args) == len(macro.arguments):
            block = kwargs.pop("caller")
            if not kwargs:
                return self._called(macro, (*args, block))
            kwargs["caller"] = block
        if kwargs or len(args) > len(macro.arguments):
            return macro(self.eval_ctx, *args, **kwargs)  # raises an error that names the argument
        return self._called(macro, args)

    def _called(self, macro: Macro, args: tuple[Any, ...]) -> str:
        made = macro._func(*args)
        return Markup(made) if self.eval_ctx.autoescape else made  # noqa: S704 (what a macro writes is markup)


_UNKNOWN = {"jinja_pass_arg": "unknown"}
"""Stands for the attributes of an object that Jinja has to look at."""


def written(value: Any) -> str:
    """Returns the value as text of a page, escaped unless it is markup.

    Jinja makes a ``Markup`` of each value first, which takes four more calls and is then joined as text.
    """
    kind = type(value)
    if kind is str:
        return escape_text(value)
    return value if kind is Markup else escape(value)


class TemplateCode(CodeGenerator):
    """Writes values by ``written``."""

    def _output_child_pre(self, node: Any, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("environment.written(")
        else:
            super()._output_child_pre(node, frame, finalize)


class TemplateEnvironment(Environment):
    """Gives templates without globals of their own the environment's globals as they are.

    Jinja wraps them in a ``ChainMap``, whose keys it compares one by one whenever a page imports macros.
    """

    context_class = TemplateContext
    code_generator_class = TemplateCode
    written: Callable[[Any], str] = staticmethod(written)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Returns the globals of a template."""
        return ChainMap(d, self.globals) if d else self.globals
