"""Hundreds of generated documents: the share of recognised rows and parts, and the problems found."""

import io
import random
import sys
from collections import Counter
from dataclasses import replace

from courses.importing.model import ImportedProgramme
from courses.thematic_plan.document_facts import DocumentFacts
from courses.thematic_plan.model import ThematicPlan
from tests.support.thoroughness import seeds
from tests.unit.importing import mutations
from tests.unit.importing.first_programme import read_programme
from tests.unit.importing.invented import ALL, Programme
from tests.unit.importing.tables import hours

SEEDS = seeds(300)
SPOILT = seeds(60)
AIM = 0.98


def fold(text: str) -> str:
    return " ".join(text.lower().split())


def recognised(found: ImportedProgramme, wanted: list[tuple]) -> int:
    """Returns the number of rows found once, with their hours and control."""
    topics = list(found.plan.topics())
    good = 0
    for title, given, control in wanted:
        hits = [topic for topic in topics if fold(topic.title) == fold(title)]
        same = len(hits) == 1 and hours(found.plan, hits[0]) == given
        good += same and fold(hits[0].control_form) == fold(control)
    return good


def other_parts(found: ImportedProgramme, programme: Programme, kind: str) -> set[str]:
    """Returns names of parts that differ from what was written."""
    pairs = {
        "title": (fold(found.title), fold(programme.title)),
        "workload": (found.hours, programme.workload),
        "sections": ([fold(s.title) for s in found.plan.sections], [fold(s.title) for s in programme.sections]),
        "problems": (found.problems, ()),
    }
    if kind == "docx":
        conditions = found.conditions
        told = [(c.title if not c.code else c.label, c.knows, c.can, c.practised) for c in found.competencies]
        pairs |= {
            "organization": (found.organization, programme.organization),
            "key_ideas": (found.key_ideas, programme.ideas),
            "goal": (found.goal, programme.goal),
            "tasks": (found.tasks, programme.tasks),
            "form": (found.form, programme.form),
            "audience": (found.audience, programme.audience),
            "competencies": (told, [(c.title, c.knows, c.can, c.practised) for c in programme.competencies]),
            "criteria": (
                [(c.name, c.max_points) for c in found.criteria],
                [(n, most) for n, _w, most in programme.criteria],
            ),
            "pass_mark": (found.pass_mark, programme.pass_mark),
            "conditions": (
                (conditions.staff, conditions.equipment, conditions.information),
                (programme.staff, programme.equipment, programme.information),
            ),
            "literature": (found.literature, programme.literature),
            "year": (found.year, 2026),
        }
    return {name for name, (seen, wanted) in pairs.items() if seen != wanted}


def test_share_of_recognised_rows_reaches_the_aim(capsys):
    rows = good = 0
    missed: Counter[str] = Counter()
    for seed in SEEDS:
        dice = random.Random(seed)
        programme, kind = dice.choice(ALL), dice.choice(["docx", "xlsx"])
        variant = mutations.variant(dice, kind)
        content = mutations.write(programme, variant, kind)
        found = read_programme(io.BytesIO(content), f"plan.{kind}")
        wanted = mutations.expected(programme, variant)
        rows += len(wanted)
        good += recognised(found, wanted)
        missed.update(other_parts(found, programme, kind))
        stored = replace(found, plan=ThematicPlan(), facts=DocumentFacts())
        assert ImportedProgramme.from_json(found.to_json()) == stored
    share = f"{good} of {rows} ({good / rows:.2%}) in {len(SEEDS)} documents"
    with capsys.disabled():
        sys.stdout.write(f"\nrows recognised: {share}; other parts missed: {dict(missed)}\n")
    assert good >= AIM * rows
    assert all(count <= (1 - AIM) * len(SEEDS) for count in missed.values()), missed


def test_invented_programmes_add_up():
    for programme in ALL:
        given = [sum(leaf.hours) for leaf in programme.leaves()]
        assert sum(given) == programme.workload


def test_wrong_hours_in_any_cell_are_a_problem():
    """One cell of hours differs by half an hour: a problem is reported wherever the document states a sum."""
    noticed = tried = 0
    for seed in SPOILT:
        dice = random.Random(seed)
        programme = dice.choice(ALL)
        variant = mutations.variant(dice, "docx")
        if variant.total_row == "none" and variant.total_column == "none":
            continue
        spoilt = mutations.spoilt(programme, dice)
        found = read_programme(io.BytesIO(mutations.write_spoilt(programme, spoilt, variant)), "plan.docx")
        tried += 1
        noticed += bool(found.problems)
    assert tried > len(SPOILT) / 2
    assert noticed == tried
