"""The preview of a Word file: what it shows, and that no file stops the page that shows it."""

import io
import random
import subprocess
import sys
from pathlib import Path

import pytest
from docx import Document

from lms.core.documents.preview import MOST_BLOCKS, MOST_CELLS, preview_of
from tests.support import bombs
from tests.support.bombs import cell, paragraph, table, word

ROOT = Path(__file__).parents[3]
MEGA = 1024 * 1024
LIMITED = """
import resource, sys, time
from pathlib import Path
from lms.core.documents.preview import preview_of
preview_of(b"PK")
size = int(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmSize"))) * 1024
resource.setrlimit(resource.RLIMIT_AS, (size + 200 * 1024 ** 2,) * 2)
for path in sorted(Path(sys.argv[1]).iterdir()):
    content, began = path.read_bytes(), time.process_time()
    shown = preview_of(content)
    print(path.name, round(time.process_time() - began, 2), -1 if shown is None else len(shown), sep="|")
"""


def saved() -> bytes:
    document = Document()
    document.add_heading("Технологическая карта", 1)
    document.add_paragraph("Наблюдать < и > записывать")
    document.add_paragraph("пункт", style="List Bullet")
    rows = document.add_table(2, 2)
    rows.cell(0, 0).text = "Этап"
    rows.cell(1, 1).text = "Время"
    rows.cell(0, 0).merge(rows.cell(0, 1))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_shows_headings_lists_and_tables() -> None:
    shown = preview_of(saved())
    assert shown is not None
    assert shown.startswith("<p><b>Технологическая карта</b></p><p>Наблюдать &lt; и &gt; записывать</p><p>• пункт</p>")
    assert "<table><tr><td>Этап</td></tr><tr><td></td><td>Время</td></tr></table>" in shown


def test_shows_text_of_links_and_insertions_without_deleted_text() -> None:
    run = "<w:r><w:t>{}</w:t></w:r>"
    inserted = f"<w:ins>{run.format('новое')}</w:ins><w:del><w:r><w:delText>старое</w:delText></w:r></w:del>"
    shown = preview_of(word(f"<w:p>{run.format('а')}<w:hyperlink>{run.format('б')}</w:hyperlink>{inserted}</w:p>"))
    assert shown == "<p>абновое</p>"


def test_shows_table_cut_in_the_middle_of_a_merged_cell() -> None:
    assert preview_of(word(table(cell("", "<w:vMerge/>") + cell("б")))) == "<table><tr><td></td><td>б</td></tr></table>"


@pytest.mark.parametrize("content", [b"", b"PK", b"text", bombs.packed({"a": b""}), saved()[:2000], word("<w:p>")])
def test_file_that_cannot_be_read_is_not_shown(content: bytes) -> None:
    assert preview_of(content) is None


def test_long_documents_are_cut_with_words() -> None:
    shown = preview_of(word(paragraph("а") * (MOST_BLOCKS + 1)))
    assert shown is not None and shown.count("<p>") == MOST_BLOCKS + 1
    assert shown.endswith("<p>Остальное — в\u00a0самом файле.</p>")
    wide = preview_of(word(table(cell("а") * (MOST_CELLS + 9)) + paragraph("б")))
    assert wide is not None and wide.count("<td>") == MOST_CELLS and "Остальное" in wide


def test_no_bomb_takes_much_time_or_memory(tmp_path: Path) -> None:
    for name, content in bombs.bombs():
        (tmp_path / name.replace("/", "-")).write_bytes(content)
    command = [sys.executable, "-c", LIMITED, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    lines = [line.split("|") for line in done.stdout.splitlines()]
    assert len(lines) == len(bombs.BOMBS)
    assert not [line for line in lines if float(line[1]) > 2 or int(line[2]) > MEGA]


def test_changed_bytes_never_raise() -> None:
    source, chance = saved(), random.Random(9)
    for _number in range(300):
        content = bytearray(source)
        for _change in range(chance.randint(1, 12)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        preview_of(bytes(content))
