"""Pictures and sounds of GIFT, tags and numbers, feedback of pairs: kept, and written back."""

import base64

from assessment.questions.gift.files import names_in, take_embedded, with_addresses
from assessment.questions.gift.parser import MAX_BYTES, read_gift
from assessment.questions.gift.writer import write_gift
from assessment.questions.model import RichText
from assessment.questions.sanitise import safe_html

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))
DATA = "data:image/png;base64," + base64.b64encode(PNG).decode().replace("=", "\\=")
NAMED = '::Рисунок::[html]<p>Что здесь? <img src\\="@@PLUGINFILE@@/a%20b.png"></p>{=куб ~шар}'


def test_picture_in_the_file_is_taken_out_and_shown():
    read = read_gift(f'::Рисунок::[html]<p>Что здесь? <img src\\="{DATA}" alt\\="схема"></p>{{=куб ~шар}}')
    assert read.files == {"1.png": PNG}
    assert names_in(read.questions) == ["1.png"]
    shown = with_addresses(read.questions[0], {"1.png": "/images/7"})
    assert '<img src="/images/7" alt="схема" loading="lazy">' in safe_html(shown.text)


def test_large_pictures_do_not_count_as_text():
    picture = "data:image/png;base64," + "A" * (MAX_BYTES + 4)
    (question,) = read_gift(f'Что здесь? <img src\\="{picture}"> {{=куб ~шар}}').questions
    assert len(question.text.source) < 200


def test_options_that_are_only_pictures_are_kept():
    text = 'Где куб? {=[html]<img src\\="@@PLUGINFILE@@/a.png"> ~[html]<img src\\="@@PLUGINFILE@@/b.png">}'
    (question,) = read_gift(text).questions
    assert names_in([question]) == ["a.png", "b.png"]
    options = with_addresses(question, {"a.png": "/images/1", "b.png": "/images/2"}).payload["options"]
    shown = [safe_html(RichText.from_json(one["text"])) for one in options]
    assert ['src="/images/1"' in shown[0], 'src="/images/2"' in shown[1]] == [True, True]


def test_name_of_missing_picture_stands_in_its_place():
    (question,) = read_gift(NAMED).questions
    assert names_in([question]) == ["a b.png"]
    assert "[a b.png]" in with_addresses(question, {}).text.source
    assert "PLUGINFILE" not in with_addresses(question, {}).text.source


def test_sound_of_our_own_gets_a_player_and_foreign_sound_a_link():
    own = safe_html(RichText('Слышно? <audio src="/images/3"></audio>', "html"))
    assert '<audio src="/images/3"' in own and "controls" in own
    foreign = safe_html(RichText('<audio src="https://elsewhere.example/a.mp3"></audio>', "html"))
    assert "<audio" not in foreign and 'href="https://elsewhere.example/a.mp3"' in foreign
    assert "src" not in safe_html(RichText('<audio src="javascript:x" onplay="x"></audio>', "html"))


def test_damaged_data_stays_a_text():
    text = '<img src="data:image/png;base64,AAAAA">'
    assert take_embedded(text) == (text, {})


def test_tags_and_number_are_kept_and_written_back():
    source = "// question: 17 name: t\n// [id:q-17] [tag:ФГОС] [tag:6 \\] класс]\n::t::Выберите {=а ~б}\n\nДа? {T}"
    first, second = read_gift(source).questions
    assert (first.idnumber, first.tags) == ("q-17", ("ФГОС", "6 ] класс"))
    assert (second.idnumber, second.tags) == ("", ())
    again = read_gift(write_gift([first, second])).questions
    assert [(one.idnumber, one.tags) for one in again] == [("q-17", ("ФГОС", "6 ] класс")), ("", ())]


def test_feedback_of_pairs_is_kept_and_written_back():
    (question,) = read_gift("Соедините {=один -> 1#первое =два -> 2 =три -> 3#третье}").questions
    told = [one["feedback"] and one["feedback"]["source"] for one in question.payload["pairs"]]
    assert told == ["первое", None, "третье"]
    (again,) = read_gift(write_gift([question])).questions
    assert again.payload == question.payload
