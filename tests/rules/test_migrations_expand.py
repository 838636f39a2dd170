"""Migrations only expand the schema, so that the version before works on it while instances are replaced one by one.

What takes something away is a contraction. It comes two releases after the code stopped to use the thing, and says so:
``CONTRACTION = "0031: nothing has read account.fax since that release"``.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "lms" / "migrations" / "versions"
LAST_FREE = "0024"
"""Migrations up to this one were written for services that stand still during an upgrade."""
REMOVALS = {"drop_column", "drop_table", "rename_table"}
CHANGES = {"new_column_name", "type_"}
SQL = re.compile(
    r"\bDROP\s+(?:TABLE|COLUMN|VIEW|TYPE)\b|\bRENAME\b|\bSET\s+NOT\s+NULL\b|\bALTER\s+COLUMN\s+\S{1,80}\s+(?:SET\s+DATA\s+)?TYPE\b",
    re.IGNORECASE,
)
REASON = re.compile(r"(\d{4}): \S.{10,}")


def findings(source: str) -> Iterator[str]:
    """Yields what the ``upgrade`` of a migration takes away from the version before."""
    tree = ast.parse(source)
    texts = {node.targets[0].id: node.value for node in tree.body if isinstance(node, ast.Assign) and _is_name(node)}
    downgrade = next((one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == "downgrade"), None)
    for function in (one for one in tree.body if isinstance(one, ast.FunctionDef) and one is not downgrade):
        for node in ast.walk(function):
            if isinstance(node, ast.Call):
                yield from _of_call(node)
            named = texts.get(node.id) if isinstance(node, ast.Name) else node
            for text in ast.walk(named) if isinstance(node, ast.Name) and named is not None else [node]:
                if isinstance(text, ast.Constant) and isinstance(text.value, str) and (found := SQL.search(text.value)):
                    yield f"SQL: {found[0]}"


def _is_name(node: ast.Assign) -> bool:
    return isinstance(node.targets[0], ast.Name)


def _of_call(node: ast.Call) -> Iterator[str]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    given = {one.arg: one.value for one in node.keywords}
    if name in REMOVALS:
        yield name
    if name == "alter_column":
        yield from (f"alter_column with {one}" for one in CHANGES & given.keys())
        if _is_false(given.get("nullable")):
            yield "alter_column with nullable=False"
    if name == "add_column":
        for column in (one for one in ast.walk(node) if isinstance(one, ast.Call) and _called(one) == "Column"):
            of_column = {one.arg: one.value for one in column.keywords}
            if _is_false(of_column.get("nullable")) and "server_default" not in of_column:
                yield "add_column that is not nullable and has no server_default"


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _is_false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def contraction_of(source: str) -> str | None:
    """Returns the text of ``CONTRACTION``, ``None`` without one."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and _is_name(node) and node.targets[0].id == "CONTRACTION":
            return str(ast.literal_eval(node.value))
    return None


def test_new_migrations_expand_or_say_that_they_contract():
    wrong = []
    for path in sorted(FOLDER.glob("[0-9]*.py")):
        source = path.read_text(encoding="utf-8")
        if path.name[:4] > LAST_FREE and contraction_of(source) is None:
            wrong += [f"{path.name}: {one}" for one in findings(source)]
    assert wrong == []


def test_contractions_name_an_earlier_revision_and_a_reason():
    for path in sorted(FOLDER.glob("[0-9]*.py")):
        text = contraction_of(path.read_text(encoding="utf-8"))
        if text is not None:
            found = REASON.fullmatch(text)
            assert found is not None, f"{path.name}: {text}"
            assert found[1] < path.name[:4]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ('op.drop_column("account", "fax")', ["drop_column"]),
        ('op.drop_table("fax")', ["drop_table"]),
        ('op.rename_table("fax", "telefax")', ["rename_table"]),
        ('op.alter_column("account", "fax", new_column_name="telefax")', ["alter_column with new_column_name"]),
        ('op.alter_column("account", "fax", type_=sa.Integer())', ["alter_column with type_"]),
        ('op.alter_column("account", "fax", nullable=False)', ["alter_column with nullable=False"]),
        (
            'op.add_column("account", sa.Column("fax", sa.Text(), nullable=False))',
            ["add_column that is not nullable and has no server_default"],
        ),
        ('op.execute("ALTER TABLE account DROP COLUMN fax")', ["SQL: DROP COLUMN"]),
        ("op.execute(KEPT_TEXT)", ["SQL: RENAME"]),
        ('op.add_column("account", sa.Column("fax", sa.Text(), nullable=True))', []),
        ('op.add_column("account", sa.Column("fax", sa.Text(), nullable=False, server_default=""))', []),
        ('op.execute("DROP TRIGGER account_frozen ON account")', []),
        ('op.alter_column("account", "fax", nullable=True)', []),
    ],
)
def test_rule_finds_what_the_version_before_misses(statement: str, expected: list[str]):
    source = f'KEPT_TEXT = "ALTER TABLE a RENAME TO b"\n\n\ndef upgrade():\n    {statement}\n\n\ndef downgrade():\n'
    assert list(findings(source + '    op.drop_table("fax")\n')) == expected
