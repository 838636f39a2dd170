"""Reading in a child process: limits, words for what exceeds them, and nothing left behind."""

import gc
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from assessment.questions.gift.parser import Note, ParsedGift, read_gift
from assessment.questions.model import Question, RichText
from courses.importing import limited as programmes
from courses.importing.model import ImportedProgramme
from courses.roster import limited as lists
from courses.roster.model import Roster
from lms.core.documents.errors import UnreadableDocument
from lms.core.documents.limited_reading import read_each_within_limits, read_within_limits
from lms.core.documents.preview import preview_of
from lms.core.documents.reading_request import MEGABYTE, Limits
from lms.core.i18n import use_locale
from lms.error_messages.catalogue import SENTENCES
from tests.support import bombs, foreign_files, programme_documents
from tests.support.thoroughness import FULL, share

NEEDS_TOO_MUCH = "document_needs_too_much"
QUESTIONS = (ParsedGift, Note, Question, RichText)


def refused(program: bytes, limits: Limits) -> str:
    """Returns the code with which reading this program is refused; the reader executes it."""
    with pytest.raises(UnreadableDocument) as caught:
        read_within_limits(eval, program, limits=limits)
    return caught.value.code


@pytest.mark.parametrize(
    ("program", "limits"),
    [
        (b"bytearray(10 ** 10)", Limits()),
        (b"[bytes(10 ** 6) for _each in range(10 ** 6)]", Limits()),
        (b"sum(1 for _each in iter(int, 1))", Limits(cpu_seconds=1)),
        (b"__import__('time').sleep(60)", Limits(seconds=1)),
        (b"bytes(3 * 1024 ** 2)", Limits(output_bytes=MEGABYTE)),
        (b"__import__('os').kill(__import__('os').getpid(), 11)", Limits()),
        (b"__import__('os')._exit(0)", Limits()),
        (b"(lambda f: f(f))(lambda f: f(f))", Limits()),
    ],
)
def test_file_that_exceeds_limit_is_refused_with_words(program: bytes, limits: Limits) -> None:
    assert refused(program, limits) == NEEDS_TOO_MUCH
    assert SENTENCES[NEEDS_TOO_MUCH]()


def test_fault_of_reader_is_refused_and_logged(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(b"1 / 0", Limits()) == "document_not_understood"
    assert "ZeroDivisionError" in "".join(capsys.readouterr())


def test_child_cannot_make_parent_build_other_objects(tmp_path: Path) -> None:
    reached = tmp_path / "reached"
    program = f"type('Trick', (), {{'__reduce__': lambda self: (open, ({str(reached)!r}, 'w'))}})()"
    assert refused(program.encode(), Limits()) == "document_not_understood"
    assert not reached.exists()


def test_child_has_no_settings_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_SECRET_KEY", "secret")
    assert set(read_within_limits(eval, b"dict(__import__('os').environ)")) <= {"PATH", "LC_CTYPE"}


def test_printing_reader_does_not_spoil_its_answer() -> None:
    assert read_within_limits(eval, b"print('words') or 7") == 7


def test_file_after_one_that_stops_its_child_is_read() -> None:
    found = read_each_within_limits(eval, [b"1", b"__import__('os')._exit(0)", b"2", b"bytearray(10 ** 10)", b"3"])
    codes = [one.code if isinstance(one, UnreadableDocument) else one for one in found]
    assert codes == [1, NEEDS_TOO_MUCH, 2, NEEDS_TOO_MUCH, 3]


def test_no_process_and_no_file_is_left() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for program in (b"1", b"__import__('os')._exit(0)"):
        read_each_within_limits(eval, [program])
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert b"reading_child" not in b"".join(path.read_bytes() for path in _command_lines_of_own_children())


def _command_lines_of_own_children() -> list[Path]:
    found = []
    for children in Path("/proc/self/task").glob("*/children"):
        found += [Path(f"/proc/{number}/cmdline") for number in children.read_text(encoding="ascii").split()]
    return found


def test_reading_in_child_gives_what_reading_here_gives() -> None:
    with use_locale("ru"):
        content = programme_documents.word().getvalue()
        (here,) = programmes.read_content(content, filename="программа.docx")
        (there,) = read_within_limits(
            programmes.read_content, content, kinds=programmes.KINDS, filename="программа.docx"
        )
        assert there.to_json() == here.to_json()
        assert list(there.plan.titles()) == list(here.plan.titles())  # lineages are made anew at each reading
        assert (there.plan.total, len(there.plan.kinds)) == (here.plan.total, len(here.plan.kinds))
        assert here.warnings[0].where.message not in ("Title", "Organisation")
    assert read_within_limits(read_gift, foreign_files.GIFT, kinds=QUESTIONS) == read_gift(foreign_files.GIFT)


READERS: dict[str, tuple[Any, tuple[type, ...], dict[str, Any]]] = {
    "preview": (preview_of, (), {}),
    "docx": (programmes.read_content, programmes.KINDS, {"filename": "программа.docx"}),
    "xlsx": (programmes.read_content, programmes.KINDS, {"filename": "план.xlsx"}),
    "roster": (lists.read_content, lists.KINDS, {"filename": "список.xlsx", "today": None}),
    "gift": (read_gift, QUESTIONS, {}),
}
BOMBS = {
    "preview": bombs.BOMBS | foreign_files.MORE_WORD,
    "docx": bombs.BOMBS | foreign_files.MORE_WORD,
    "xlsx": foreign_files.BOOKS,
    "roster": foreign_files.BOOKS,
    "gift": foreign_files.QUESTIONS,
}


def answers(reader: str, contents: list[bytes]) -> list[Any]:
    function, kinds, options = READERS[reader]
    return read_each_within_limits(function, contents, kinds=kinds, **options)


def is_in_words(found: Any) -> bool:
    """Returns whether a file was read, or refused with a sentence and not by a fault of its reader."""
    if isinstance(found, UnreadableDocument):
        return found.code != "document_not_understood" and bool(found.message)
    parts = found if isinstance(found, list) else [found]
    return all(part is None or isinstance(part, str | ImportedProgramme | Roster | ParsedGift) for part in parts)


@cache
def made(make: Callable[[], bytes]) -> bytes:
    """Returns the bomb, made once for all readers."""
    return make()


def memory(name: str) -> int:
    """Returns VmRSS or VmHWM (the peak) of this process in bytes."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) * 1024


@pytest.mark.parametrize("reader", READERS)
def test_bombs_get_sentences_and_take_no_memory_of_the_reader(reader: str) -> None:
    answers(reader, [b""])
    contents = {name: made(make) for name, make in share(BOMBS[reader]).items()}
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # resets the peak
    before = memory("VmRSS")
    found = dict(zip(contents, answers(reader, list(contents.values())), strict=True))
    assert not [name for name, one in found.items() if not is_in_words(one)]
    assert memory("VmHWM") - before < 2 * sum(map(len, contents.values())) + 64 * MEGABYTE


@pytest.mark.parametrize("seed", range(100 if FULL else 1))
def test_changed_files_get_sentences(seed: int) -> None:
    files = list(foreign_files.mutated(100 if FULL else 24, seed))
    for reader, kind in (("preview", "docx"), ("docx", "docx"), ("xlsx", "xlsx"), ("roster", "xlsx"), ("gift", "gift")):
        contents = [content for found, content in files if found == kind]
        for content, found in zip(contents, answers(reader, contents), strict=True):
            assert is_in_words(found), (reader, content)
