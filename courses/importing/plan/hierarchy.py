"""Divides the lines of a plan into sections and topics: by numbers, words, merged cells, bold type and sums.

Each criterion gives one guess. Where numbers do not decide, every guess is checked against all sums that the plan
states, and the one that explains most is used.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import accumulate, islice

from courses.importing.numbers import RowNumber, parse_number
from courses.importing.plan.table_rows import Line
from courses.importing.plan.vocabulary import FINAL_ROW, INTERIM_ROW

Depths = list[int]
MOST_LINES = 400
"""Most lines of a plan that is divided by its sums alone."""
MOST_SPANS = 30
"""Most lengths of a group that are considered from one line on."""
GUESS_COST = 0.1
"""Added cost of each guess over the more likely one before it."""


@dataclass
class Node:
    """A line with the lines below it."""

    line: Line
    children: list["Node"] = field(default_factory=list)

    def leaves(self) -> Iterator["Node"]:
        """Yields the lines without others below them; the node itself if it has none."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()

    def sum(self) -> Decimal:
        """Returns the hours of its leaves."""
        return sum((leaf.line.sum() for leaf in self.leaves()), Decimal(0))


def correct_numbers(lines: Iterable[Line]) -> list[Line]:
    """Corrects numbers that Excel changed, by their neighbours: 1.9 is followed by 1.10, not by 1.1 or October."""
    settled: list[Line] = []
    for line in lines:
        options = [number for text in line.readings if (number := parse_number(text))]
        settled.append(_settled(line, options, settled) if len(options) > 1 else line)
    return settled


def _settled(line: Line, options: list[RowNumber], before: list[Line]) -> Line:
    last = next((one.number for one in reversed(before) if one.number.parts), None)
    taken = {one.number.parts for one in before}
    has_sections = any(len(parts) == 1 for parts in taken)
    best = min(options, key=lambda number: (not _follows(last, number, has_sections), number.parts in taken))
    return replace(line, number=replace(best, keyword=line.number.keyword))


def _follows(before: RowNumber | None, number: RowNumber, has_sections: bool) -> bool:
    """Returns whether the number may come next: 1.2 after 1.1, 1.1 after 1, 2 after 1.7; 2.1 after 1.7 if sections
    have no rows.
    """
    parts = number.parts
    if before is None:
        return all(part == 1 for part in parts) and len(parts) <= 2
    last = before.parts
    deeper = parts[:-1] == last and parts[-1] == 1
    following = (
        len(parts) <= len(last) and parts[:-1] == last[: len(parts) - 1] and parts[-1] == last[len(parts) - 1] + 1
    )
    new_branch = (
        not has_sections
        and len(parts) == len(last)
        and parts[0] == last[0] + 1
        and all(part == 1 for part in parts[1:])
    )
    return deeper or following or new_branch


def build_tree(lines: list[Line], stated_total: Decimal | None) -> list[Node]:
    """Returns the lines as a tree."""
    lines = [line for line in lines if line.role == "row"]
    if any(line.section for line in lines):
        return _by_section_column(lines)
    guesses = [_with_final_apart(lines, depths) for depths in _guesses(lines, stated_total)]
    trees = [_tree(lines, depths) for depths in guesses]
    costs = [_cost(tree, stated_total) + GUESS_COST * i for i, tree in enumerate(trees)]
    return trees[costs.index(min(costs))]


def _with_final_apart(lines: list[Line], depths: Depths) -> Depths:
    """Makes a final attestation without a number a section of its own, unless the last section's sum includes it."""
    last = len(lines) - 1
    if last < 2 or lines[last].number.parts or depths[last] != 2 or not FINAL_ROW.match(lines[last].title):
        return depths
    section = _OpenSection()
    for line, depth in zip(lines[:last], depths[:last], strict=True):
        section.add(line, depth)
    return [*depths[:last], 1 if depths[last - 1] > 1 and _depth_beside_section(lines[last], section) == 1 else 2]


def _by_section_column(lines: list[Line]) -> list[Node]:
    """Builds the tree by a separate column of section names."""
    tree: list[Node] = []
    for line in lines:
        if not line.section or (not line.title and line.has_hours):
            tree.append(Node(line if line.title else replace(line, title=line.section)))
            continue
        if not tree or tree[-1].line.title != line.section:
            tree.append(Node(Line(title=line.section)))
        tree[-1].children.append(Node(line))
    return tree


def _guesses(lines: list[Line], stated_total: Decimal | None) -> list[Depths]:
    """Returns the possible depths of all lines, most likely first."""
    if any(line.number.depth > 1 for line in lines):
        return [_by_numbers(lines, {})]
    has_numbers = [bool(line.number.parts) for line in lines]
    guesses = []
    if [line.number.parts for line in lines] == [(i,) for i in range(1, len(lines) + 1)]:
        guesses.append([1] * len(lines))
    if any(line.number.keyword for line in lines):
        guesses.append(_by_numbers(lines, {"": 2 if _keyword_depths(lines) == {1} else 1}))
    if any(line.number.is_roman for line in lines) and not all(line.number.is_roman for line in lines):
        guesses.append([1 if line.number.is_roman else 2 for line in lines])
    if any(has_numbers) and not all(has_numbers):
        guesses.append([2 if numbered else 1 for numbered in has_numbers])
        guesses.append([1 if numbered else 2 for numbered in has_numbers])
    guesses += _by_appearance(lines)
    by_sums = _by_sums(lines, stated_total)
    if by_sums:
        guesses.append(by_sums)
    if _restarts(lines):
        guesses += [_by_restarts(lines)]
    return [*guesses, [1] * len(lines)]


def _keyword_depths(lines: list[Line]) -> set[int]:
    """Returns the levels named by words such as «Модуль» and «Тема»."""
    return {1 if line.number.keyword == "section" else 2 for line in lines if line.number.keyword}


def _by_appearance(lines: list[Line]) -> list[Depths]:
    """Returns guesses that take merged, bold or capitalised lines, or lines without hours, as sections."""
    looks: list[Callable[[Line], bool]] = [
        lambda line: line.is_merged,
        lambda line: not line.has_hours,
        lambda line: line.bold,
        lambda line: line.title.isupper(),
        lambda line: not line.control and not line.form,
    ]
    guesses = []
    for look in looks:
        seen = [look(line) for line in lines]
        if any(seen) and not all(seen):
            guesses.append([1 if one else 2 for one in seen])
    return guesses


def _restarts(lines: list[Line]) -> bool:
    return [line.number.parts for line in lines].count((1,)) > 1


def _by_restarts(lines: list[Line]) -> Depths:
    """Takes the line before each restart of the numbering at 1 as a section."""
    starts = {i for i, line in enumerate(lines[1:]) if lines[i + 1].number.parts == (1,)}
    return [1 if i in starts or i == 0 else 2 for i in range(len(lines))]


def _by_numbers(lines: list[Line], single: dict[str, int]) -> Depths:
    """Returns depths by the number's levels and the words before it; for lines without a number, by position."""
    depths: Depths = []
    topics_only_words = single.get("", 1)
    multi = any(line.number.depth > 1 for line in lines)
    words = _keyword_depths(lines)
    has_ones = any(line.number.depth == 1 and not line.number.keyword for line in lines)
    roman_above = multi and any(line.number.is_roman and line.number.depth == 1 for line in lines)
    neighbours = _numbered_neighbours(lines)
    section = _OpenSection()
    for i, line in enumerate(lines):
        number = line.number
        if number.keyword == "section" and number.depth <= 1:
            depths.append(1)
        elif number.depth > 1:
            depths.append(number.depth)
        elif number.depth == 1 and number.keyword == "topic":
            depths.append(2 if 1 in words or has_ones or roman_above else 1)
        elif number.depth == 1:
            depths.append(topics_only_words if not multi else 1)
        else:
            depths.append(_depth_without_number(lines, i, *neighbours[i], section))
        section.add(line, depths[i])
    return depths


@dataclass
class _OpenSection:
    """The last section above a line, and the hours of its topics so far."""

    line: Line | None = None
    topics: int = 0
    hours: Decimal = Decimal(0)

    def add(self, line: Line, depth: int) -> None:
        """Continues with a line of this depth."""
        if depth == 1:
            self.line, self.topics, self.hours = line, 0, Decimal(0)
        else:
            self.topics += 1
            self.hours += line.sum()


def _numbered_neighbours(lines: list[Line]) -> list[tuple[Line | None, Line | None]]:
    """Returns for each line the nearest lines with numbers above and below it."""
    above: list[Line | None] = [None]
    below: list[Line | None] = [None]
    for line, mirrored in zip(lines, reversed(lines), strict=True):
        above.append(line if line.number.parts else above[-1])
        below.append(mirrored if mirrored.number.parts else below[-1])
    return list(zip(above[:-1], below[-2::-1], strict=True))


def _depth_without_number(
    lines: list[Line], i: int, before: Line | None, following: Line | None, section: _OpenSection
) -> int:
    """Returns the depth of a line without a number among numbered ones: the next section, its topic, or a final
    attestation.
    """
    line = lines[i]
    if line.number.keyword == "topic":
        return 2
    opens = following is not None and following.number.depth > 1
    if opens and following is not None and (before is None or before.number.parts[0] != following.number.parts[0]):
        numbered_since = following.number.parts[1:] and all(part == 1 for part in following.number.parts[1:])
        if numbered_since and lines[i + 1] is following:
            return 1
    if line.is_merged or not line.has_hours:
        return 1 if i + 1 < len(lines) else 2
    return _depth_beside_section(line, section)


def _depth_beside_section(line: Line, section: _OpenSection) -> int:
    """Returns 2 if a line with hours belongs to the section above, 1 if it is a section of its own: by sums, else by
    its words.
    """
    above = section.line
    if above is None:
        return 1
    if above.has_hours and section.topics:
        if above.sum() == section.hours:
            return 1
        if above.sum() == section.hours + line.sum():
            return 2
    elif above.has_hours:
        return 1 if line.number.parts or above.sum() < line.sum() else _by_words(line)
    return _by_words(line)


def _by_words(line: Line) -> int:
    if INTERIM_ROW.search(line.title):
        return 2
    return 1 if FINAL_ROW.search(line.title) else 2


def _by_sums(lines: list[Line], stated_total: Decimal | None) -> Depths | None:
    """Returns the division in which every section is the sum of its topics, searched from the end backwards.

    A line may also be a section without topics. Among several divisions, the one with the fewest such lines and with
    bold lines as sections is used; None if no section has topics.
    """
    keys = sorted({kind for line in lines for kind in line.hours})
    vectors = [(*(line.hours.get(kind, Decimal(0)) for kind in keys), line.sum()) for line in lines]
    if len(lines) > MOST_LINES or not all(line.has_hours for line in lines):
        return None
    bold = [0, *accumulate(int(line.bold) for line in lines)]
    best: dict[int, dict[Decimal, tuple[float, int]]] = {len(lines): {Decimal(0): (0.0, 0)}}
    for i in range(len(lines) - 1, -1, -1):
        best[i] = {}
        for span in islice(_spans(vectors, i), MOST_SPANS):
            price = _group_cost(lines, i, span, bold)
            for total, (cost, _next) in best[i + span].items():
                reached = total + vectors[i][-1]
                if reached not in best[i] or cost + price < best[i][reached][0]:
                    best[i][reached] = (cost + price, span)
        best[i] = dict(sorted(best[i].items(), key=lambda item: item[1][0])[:60])
    return _depths_of_division(best, vectors, stated_total)


def _spans(vectors: list[tuple[Decimal, ...]], i: int) -> Iterator[int]:
    """Yields the lengths of groups that may start here: 1 for a line alone, more for a section and its topics."""
    yield 1
    total = [Decimal(0)] * len(vectors[i])
    for j in range(i + 1, len(vectors)):
        total = [a + b for a, b in zip(total, vectors[j], strict=True)]
        if tuple(total) == vectors[i]:
            yield j - i + 1
        if total[-1] > vectors[i][-1]:
            return


def _group_cost(lines: list[Line], i: int, span: int, bold: list[int]) -> float:
    """Returns the cost of taking these lines as a group; unlikely groups cost more. ``bold``: the number of bold lines
    before each line.
    """
    if span == 1:
        return 1.0 - 0.3 * bool(FINAL_ROW.search(lines[i].title))
    looks = 0.4 * (bold[i + span] - bold[i + 1]) - 0.3 * lines[i].bold
    return 0.3 + looks + 0.3 * bool(lines[i].control) + (0.5 if span == 2 else 0)


def _depths_of_division(
    best: dict[int, dict[Decimal, tuple[float, int]]], vectors: list[tuple[Decimal, ...]], stated: Decimal | None
) -> Depths | None:
    """Returns depths along the cheapest division, preferring one that reaches the stated total."""
    if not best[0]:
        return None
    total = stated if stated in best[0] else min(best[0], key=lambda one: best[0][one][0])
    depths: Depths = []
    i = 0
    while i < len(vectors):
        if total not in best[i]:
            return None
        span = best[i][total][1]
        depths += [1] + [2] * (span - 1)
        total -= vectors[i][-1]
        i += span
    return depths if depths.count(2) else None


def _tree(lines: list[Line], depths: Depths) -> list[Node]:
    """Nests lines by depth; skipped levels are allowed."""
    top: list[Node] = []
    open_nodes: list[tuple[int, Node]] = []
    for line, depth in zip(lines, depths, strict=True):
        node = Node(line)
        while open_nodes and open_nodes[-1][0] >= depth:
            open_nodes.pop()
        (open_nodes[-1][1].children if open_nodes else top).append(node)
        open_nodes.append((depth, node))
    return [_without_contents(node) for node in top]


def _without_contents(node: Node, depth: int = 1) -> Node:
    """Removes lines without hours below a topic with hours: they only describe its contents."""
    children = [_without_contents(child, depth + 1) for child in node.children]
    told = (
        depth > 1
        and node.line.has_hours
        and not any(leaf.line.has_hours for child in children for leaf in child.leaves())
    )
    return Node(node.line, [] if told else children)


def _is_numbered_through(tree: list[Node]) -> bool:
    """Returns whether the lines are numbered 1, 2, 3 to the end."""
    return [node.line.number.parts for node in tree] == [(i,) for i in range(1, len(tree) + 1)]


def _cost(tree: list[Node], stated_total: Decimal | None) -> float:
    """Returns how much of the stated sums this arrangement leaves unexplained."""
    cost = 0.0
    parents = [node for node in tree if node.children]
    for node in parents:
        if node.line.has_hours and node.line.sum() != node.sum():
            cost += 2
    cost += sum(2 for node in tree if not node.children and not node.line.has_hours)
    total = sum((node.sum() for node in tree), Decimal(0))
    if stated_total is not None and total != stated_total:
        cost += 3
    # Sections with topics are more likely than a flat list, and several topics in a section more likely than one.
    alone = sum(1 for node in parents if len(node.children) == 1)
    is_flat = not parents and not _is_numbered_through(tree)
    return (
        cost
        + 0.6 * is_flat
        + 0.8 * (alone == len(parents) > 0)
        + 0.02 * alone
        + 0.02 * (len(tree) - len(parents))
        - 0.01 * len(parents)
    )
