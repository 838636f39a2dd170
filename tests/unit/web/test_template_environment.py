"""Templates mean the same in our environment as in Jinja's own."""

from typing import Any

import pytest
from jinja2 import Environment, pass_context, pass_eval_context
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from markupsafe import Markup

from lms.web.shell.template_environment import TemplateCode, TemplateContext, written


class OurJinja(Environment):
    """Jinja with our calls and our code, but without an application."""

    context_class = TemplateContext
    code_generator_class = TemplateCode
    written = staticmethod(written)


class Greeting:
    """Has a method, and can be called itself."""

    def hello(self, name: str, end: str = "!") -> str:
        return f"<{name}>{end}"

    def __call__(self, name: str) -> Markup:
        return Markup("<i>{}</i>").format(name)


@pass_eval_context
def escapes(here: EvalContext, word: str) -> str:
    return f"{word}: {here.autoescape}"


@pass_context
def names_in(here: Context, name: str) -> bool:
    return name in here


VALUES: dict[str, Any] = {
    "text": "a <b> & 'c'",
    "markup": Markup("<b>"),
    "number": 5,
    "nothing": None,
    "lazy": Markup("<u>{}</u>").format,
    "greeting": Greeting(),
    "escapes": escapes,
    "names_in": names_in,
}
MACROS = """
{%- macro plain(a, b='two', c=none) %}<{{ a }}|{{ b }}|{{ c }}>{% endmacro -%}
{%- macro with_block(a) %}[{{ a }}{{ caller() }}]{% endmacro -%}
{%- macro with_rest(a) %}{{ a }}{{ varargs|length }}{{ kwargs|length }}{% endmacro -%}
"""


@pytest.mark.parametrize(
    "source",
    [
        "{{ text }}{{ markup }}{{ number }}{{ nothing }}{{ missing }}",
        "{{ text ~ markup }}{{ markup ~ text }}{{ [text, markup]|join }}",
        "{{ plain(text) }}{{ plain(text, markup) }}{{ plain(text, c=number) }}{{ plain(a=1, b=2, c=3) }}",
        "{{ plain() }}{{ plain(plain(text)) }}",
        "{% call with_block(text) %}{{ markup }}{{ text }}{% endcall %}",
        "{{ with_rest(1, 2, 3, d=4) }}",
        "{{ greeting.hello(text) }}{{ greeting.hello(text, end='?') }}{{ greeting(text) }}{{ lazy(text) }}",
        "{{ escapes(text) }}{{ names_in('text') }}{{ names_in('other') }}",
        "{% autoescape false %}{{ text }}{{ plain(text) }}{{ escapes(text) }}{% endautoescape %}",
        "{% for one in [1, 2] %}{{ plain(one) }}{{ loop.index }}{{ greeting.hello('x') }}{% endfor %}",
        "{% set kept %}{{ text }}{% endset %}{{ kept }}",
        "{{ 'upper'|upper }}{{ text|upper }}{{ markup|e }}{{ range(3)|list }}{{ dict(a=1) }}",
    ],
)
@pytest.mark.parametrize("autoescape", [True, False])
def test_template_writes_the_same_as_in_jinja(source: str, autoescape: bool) -> None:
    ours, theirs = (
        kind(autoescape=autoescape, extensions=["jinja2.ext.do"]).from_string(MACROS + source).render(VALUES)
        for kind in (OurJinja, Environment)
    )
    assert ours == theirs


@pytest.mark.parametrize("source", ["{{ plain(1, d=2) }}", "{{ plain(1, 2, 3, 4) }}", "{{ plain(1, a=2, d=1) }}"])
def test_wrong_arguments_of_a_macro_are_named(source: str) -> None:
    messages = []
    for kind in (OurJinja, Environment):
        with pytest.raises(TypeError) as raised:
            kind(autoescape=True).from_string(MACROS + source).render(VALUES)
        messages.append(str(raised.value))
    assert messages[0] == messages[1]
    assert "plain" in messages[0]


def test_values_are_escaped_once() -> None:
    assert written("<a>") == "&lt;a&gt;"
    assert written(Markup("<a>")) == "<a>"
    assert written(5) == "5"


def test_code_of_templates_calls_our_function() -> None:
    assert "environment.written(" in OurJinja(autoescape=True).compile("{{ text }}", raw=True)
