"""The same people in many layouts: each is found with all values."""

import io
import random
import sys
from dataclasses import astuple

from courses.roster.reader import read_roster
from tests.support.rosters import Style, build, people, random_style
from tests.support.thoroughness import seeds

SEEDS = seeds(120)
AIM = 1.0


def found_in(data):
    return read_roster(io.BytesIO(data), "list.xlsx")


def values_of(row):
    names = ("surname", "given_name", "patronymic", "email", "phone", "position", "workplace", "snils", "birth_date")
    return tuple(getattr(row, name) for name in names)


def test_people_in_any_layout_are_found(capsys):
    seen = right = lists_right = 0
    misses = []
    for seed in SEEDS:
        chance = random.Random(seed)
        style = random_style(chance)
        expected = people(chance, chance.randint(3, 27))
        roster = found_in(build(expected, style, chance))
        got = [values_of(row) for row in roster.rows]
        want = [astuple(person) for person in expected]
        hits = sum(1 for one in want if one in got)
        seen, right = seen + len(want), right + hits
        lists_right += got == want
        if got != want:
            misses.append((seed, style, roster.problems, [one for one in want if one not in got][:2], got[:2]))
    with capsys.disabled():
        sys.stdout.write(f"\nlists read wholly: {lists_right} of {len(SEEDS)}; people: {right} of {seen}\n")
    assert right / seen >= AIM, misses[:3]
    assert lists_right / len(SEEDS) >= AIM, misses[:3]


def test_plain_roster_has_no_problems_or_warnings():
    chance = random.Random(1)
    roster = found_in(build(people(chance, 20), Style(), chance))
    assert [note for row in roster.rows for note in (*row.problems, *row.warnings)] == []
    assert (roster.problems, roster.warnings, roster.unused) == ((), (), ())
    assert [skipped.text for skipped in roster.passed_over] == ["Всего: 20 человек"]
