"""One test for each known variant of a thematic plan."""

from courses.thematic_plan.model import TOTAL
from tests.unit.importing.tables import balance, kinds, outline, plan, sum_problems


def balances(found) -> bool:
    return balance(found).holds and not any(note.is_grave for note in found.notes)


def test_three_row_heading_with_subtotal_column_is_read():
    found = plan("""
    № | Наименование тем | Количество часов | < | < | < | < | Форма контроля
    ^ | ^ | Всего | Аудиторные занятия | < | < | Самост. работа | ^
    ^ | ^ | ^ | всего | лекции | практ. занятия | ^ | ^
    1 | Введение | 4 | 3 | 1 | 2 | 1 | опрос
    2 | Практикум | 6 | 4 | 0 | 4 | 2 | работа
    3 | Разбор | 5 | 4 | 2 | 2 | 1 | эссе
    | Итого | 15 | 11 | 3 | 8 | 4 |
    """)
    assert kinds(found.plan) == ("Лекции", "Практ. занятия", "Самост. работа")
    assert outline(found)[-3:] == [
        "  1 Введение: 1 2 1 (опрос)",
        "  2 Практикум: 0 4 2 (работа)",
        "  3 Разбор: 2 2 1 (эссе)",
    ]
    assert balances(found)


def test_of_which_remote_is_no_kind():
    found = plan("""
    № | Разделы и темы | Всего | Лекции | Практика | из них дистанционно | Контроль
    1 | Раздел А | 8 | 3 | 5 | 2 |
    1.1 | Тема а | 4 | 1 | 3 | 1 | тест
    1.2 | Тема б | 4 | 2 | 2 | 1 | тест
    | Всего | 8 | 3 | 5 | 2 |
    """)
    assert kinds(found.plan) == ("Лекции", "Практика")
    assert balances(found)
    assert "из них дистанционно" in found.unused


def test_section_column_is_read():
    found = plan("""
    Модуль | Тема | Лекции | Практика | Форма контроля
    Модуль 1. Основы | Первая | 2 | 2 | тест
    ^ | Вторая | 1 | 3 | эссе
    Модуль 2. Практика | Третья | 0 | 4 | работа
    Итого | | 3 | 9 |
    """)
    assert outline(found) == [
        "1 Основы", "  Первая: 2 2 (тест)", "  Вторая: 1 3 (эссе)", "2 Практика", "  Третья: 0 4 (работа)",
    ]  # fmt: skip
    assert balances(found)


def test_topic_in_two_rows_is_one_topic():
    found = plan("""
    № | Темы | Вид занятия | Часы | Контроль
    1.1 | Видео на уроке | лекция | 2 |
    ^ | ^ | практикум | 4 | ролик
    1.2 | Обратная связь | семинар | 3 | опрос
    """)
    assert outline(found)[1:] == ["  1.1 Видео на уроке: 6 (ролик)", "  1.2 Обратная связь: 3 (опрос)"]
    assert found.plan.sections[0].topics[0].class_form == "лекция; практикум"


def test_three_levels_of_numbering_are_read():
    found = plan("""
    № | Наименование разделов и тем | Всего | Лекции | Практика | Контроль
    1 | Раздел | 12 | 5 | 7 |
    1.1 | Группа | 8 | 3 | 5 |
    1.1.1 | Первая | 4 | 2 | 2 | тест
    1.1.2 | Вторая | 4 | 1 | 3 | тест
    1.2 | Третья | 4 | 2 | 2 | эссе
    | Итого | 12 | 5 | 7 |
    """)
    assert outline(found) == [
        "1 Раздел",
        "  1.1.1 Первая: 2 2 (тест)",
        "  1.1.2 Вторая: 1 3 (тест)",
        "  1.2 Третья: 2 2 (эссе)",
    ]
    groups = found.facts.groups[found.plan.sections[0].lineage]
    assert [(group.label, len(group.topics)) for group in groups] == [("1.1 Группа", 2)]
    assert balances(found)


def test_third_level_without_hours_is_left_out():
    found = plan("""
    № | Содержание | Всего | Лекции | Практика
    1 | Раздел | 8 | 3 | 5
    1.1 | Тема первая | 8 | 3 | 5
    1.1.1 | О чём она | | |
    1.1.2 | И ещё о чём | | |
    """)
    assert outline(found) == ["1 Раздел", "  1.1 Тема первая: 3 5"]
    assert balances(found)


def test_wrong_sum_of_group_is_a_problem_of_the_group():
    found = plan("""
    № | Разделы и темы | Всего | Лекции | Практика
    1 | Раздел | 8 | 3 | 5
    1.1 | Группа | 9 | 4 | 5
    1.1.1 | Первая | 4 | 2 | 2
    1.1.2 | Вторая | 4 | 1 | 3
    """)
    assert set(sum_problems(found)) == {
        ("1.1 Группа", "Лекции", 3, 4),
        ("1.1 Группа", None, 8, 9),
    }


def test_sums_alone_identify_sections():
    found = plan("""
    Разделы и темы | Всего | Лекции | Практика
    Основы | 6 | 2 | 4
    Что такое карта | 2 | 1 | 1
    Как её строить | 4 | 1 | 3
    Мастерская | 4 | 0 | 4
    Своя карта | 4 | 0 | 4
    Всего | 10 | 2 | 8
    """)
    assert [s.title for s in found.plan.sections] == ["Основы", "Мастерская"]
    assert balances(found)


def test_unnumbered_plan_with_final_attestation_is_read():
    found = plan("""
    Темы | Всего | Лекции | Практика | Контроль
    *Основы* | 6 | 2 | 4 |
    Что такое карта | 2 | 1 | 1 | тест
    Как её строить | 4 | 1 | 3 | карта
    *Итоговая аттестация* | 2 | | 2 | зачёт
    Итого: | 8 | 2 | 6 |
    """)
    assert outline(found) == [
        "Основы",
        "  Что такое карта: 1 1 (тест)",
        "  Как её строить: 1 3 (карта)",
        "Итоговая аттестация: 0 2 (зачёт)",
    ]


def test_attestation_with_total_only_gets_a_kind():
    found = plan("""
    № | Темы | Всего | Лекции | Практика | Контроль
    1 | Первая | 4 | 2 | 2 | тест
    2 | Вторая | 4 | 1 | 3 | эссе
    | Итоговая аттестация | 2 | | | зачёт
    | Итого | 10 | 3 | 5 |
    """)
    assert kinds(found.plan) == ("Лекции", "Практика", "Attestation")
    assert balances(found)
    assert "Attestation" in found.notes[0].detail.message


def test_slash_separates_two_kinds():
    found = plan("""
    № | Тема | Всего | Лекции/практика | Контроль
    1 | Первая | 6 | 2/4 | тест
    2 | Вторая | 3 | 1/2 | эссе
    3 | Третья | 2 | -/2 | эссе
    | Итого | 11 | 3/8 |
    """)
    assert kinds(found.plan) == ("Лекции", "Практика")
    assert outline(found)[1:] == ["  1 Первая: 2 4 (тест)", "  2 Вторая: 1 2 (эссе)", "  3 Третья: 0 2 (эссе)"]
    assert balances(found)


def test_single_hours_column_becomes_the_kind():
    found = plan("""
    № п/п | Тема занятия | Количество часов | Форма контроля
    1 | Первая | 2 | тест
    2 | Вторая | 3,5 | эссе
    | ИТОГО: | 5,5 |
    """)
    assert outline(found)[1:] == ["  1 Первая: 2 (тест)", "  2 Вторая: 3.5 (эссе)"]
    assert balances(found)


def test_control_column_with_hours_is_a_kind():
    found = plan("""
    № | Темы | Всего | Лекции | Контроль | Форма контроля
    1 | Первая | 3 | 2 | 1 | тест
    2 | Вторая | 3 | 2 | 1 | эссе
    """)
    assert kinds(found.plan) == ("Лекции", "Контроль")
    assert outline(found)[1:] == ["  1 Первая: 2 1 (тест)", "  2 Вторая: 2 1 (эссе)"]


def test_same_kinds_under_two_groups_are_distinguished():
    found = plan("""
    № | Темы | Очно | < | Дистанционно | < | Контроль
    ^ | ^ | лекции | практика | лекции | практика | ^
    1 | Первая | 1 | 2 | 3 | 4 | тест
    2 | Вторая | 4 | 3 | 2 | 1 | тест
    """)
    assert kinds(found.plan) == (
        "Очно: Лекции",
        "Очно: Практика",
        "Дистанционно: Лекции",
        "Дистанционно: Практика",
    )
    assert outline(found)[1] == "  1 Первая: 1 2 3 4 (тест)"


def test_vertically_merged_control_applies_to_all_topics():
    found = plan("""
    № | Темы | Лекции | Практика | Форма контроля
    1.1 | Первая | 1 | 2 | портфолио
    1.2 | Вторая | 1 | 2 | ^
    1.3 | Третья | 1 | 2 | -
    """)
    assert [topic.control_form for topic in found.plan.sections[0].topics] == ["портфолио", "портфолио", ""]


def test_control_in_several_paragraphs_is_joined():
    found = plan("""
    № | Темы | Лекции | Форма контроля
    1 | Первая | 1 | практическая¶работа
    2 | Вторая | 1 | • Тест¶• Эссе
    """)
    assert [topic.control_form for topic in found.plan.sections[0].topics] == ["практическая работа", "Тест; Эссе"]


def test_hyphenated_heading_is_joined():
    found = plan("""
    № | Наиме-¶нование разделов и тем | Практи-¶ческие занятия | Прак-¶тико-¶ориентированные | Конт-¶роль
    1 | Первая | 1 | 2 | тест
    """)
    assert kinds(found.plan) == ("Практические занятия", "Практико-ориентированные")
    assert found.facts.has_control_forms


def test_subtotals_and_rows_after_the_total_are_no_topics():
    found = plan("""
    № | Темы | Всего | Лекции | Практика
    | Раздел 1. Основы | | |
    1 | Первая | 3 | 1 | 2
    2 | Вторая | 3 | 1 | 2
    | Итого по разделу 1 | 6 | 2 | 4
    | Раздел 2. Дело | | |
    3 | Третья | 4 | 0 | 4
    | Итого | 4 | 0 | 4
    | Всего по программе | 10 | 2 | 8
    * часы по согласованию | < | < | < | <
    """)
    assert outline(found) == ["1 Основы", "  1 Первая: 1 2", "  2 Вторая: 1 2", "2 Дело", "  3 Третья: 0 4"]
    assert found.plan.sections[0].stated[TOTAL] == 6
    assert balances(found)


def test_wrong_subtotal_is_a_problem():
    found = plan("""
    № | Темы | Всего | Лекции | Практика
    | Раздел 1. Основы | | |
    1 | Первая | 3 | 1 | 2
    2 | Вторая | 3 | 1 | 2
    | Итого по разделу 1 | 7 | 3 | 4
    | Всего | 6 | 2 | 4
    """)
    assert not balances(found)


def test_total_in_text_is_read():
    found = plan("""
    № | Темы | Лекции | Практика
    1 | Первая | 1 | 2
    2 | Вторая | 1 | 2
    Итого: 7 часов | < | < | <
    """)
    assert sum_problems(found)[0] == ("Total", None, 6, 7)


def test_unlabelled_total_row_is_recognised():
    found = plan("""
    № | Темы | Лекции | Практика
    1 | Первая | 1 | 2
    2 | Вторая | 1 | 2
    | | 2 | 4
    """)
    assert [topic.title for topic in found.plan.sections[0].topics] == ["Первая", "Вторая"]
    assert balances(found)


def test_text_in_hours_cell_is_a_problem_that_quotes_it():
    found = plan("""
    № | Темы | Всего | Лекции | Практика
    1 | Первая | 2 | 2 | по графику
    2 | Вторая | 4 | 1 | 3
    3 | Третья | 4 | 1 | 3
    """)
    assert [(note.where.message, note.is_grave) for note in found.notes] == [("1 Первая", True)]
    assert "по графику" in found.notes[0].detail.message


def test_roman_sections_with_restarting_topics_are_read():
    found = plan("""
    № | Темы | Всего | Лекции | Практика
    I | Основы | 6 | 2 | 4
    1 | Первая | 3 | 1 | 2
    2 | Вторая | 3 | 1 | 2
    ІІ | Дело | 4 | 0 | 4
    1 | Третья | 4 | 0 | 4
    | Итого | 10 | 2 | 8
    """)
    assert outline(found) == ["I Основы", "  1 Первая: 1 2", "  2 Вторая: 1 2", "II Дело", "  1 Третья: 0 4"]


def test_restarting_numbers_identify_sections():
    found = plan("""
    № | Темы | Всего | Лекции | Практика
    1 | Основы | 6 | 2 | 4
    1 | Первая | 3 | 1 | 2
    2 | Вторая | 3 | 1 | 2
    2 | Дело | 4 | 0 | 4
    1 | Третья | 4 | 0 | 4
    | Итого | 10 | 2 | 8
    """)
    assert [s.title for s in found.plan.sections] == ["Основы", "Дело"]


def test_numbered_sections_with_unnumbered_topics_are_read():
    found = plan("""
    № | Разделы и темы | Всего | Лекции | Практика
    1 | Основы | 6 | 2 | 4
    | Первая | 3 | 1 | 2
    | Вторая | 3 | 1 | 2
    2 | Дело | 4 | 0 | 4
    | Третья | 4 | 0 | 4
    | Итого | 10 | 2 | 8
    """)
    assert outline(found)[:3] == ["1 Основы", "  Первая: 1 2", "  Вторая: 1 2"]
    assert len(found.plan.sections) == 2


def test_sections_without_topics_are_read():
    found = plan("""
    № | Наименование модулей | Всего | Лекции | Практика | Форма контроля
    1 | Основы | 6 | 2 | 4 | тест
    2 | Дело | 4 | 0 | 4 | работа
    | Итого | 10 | 2 | 8 |
    """)
    assert outline(found) == ["1 Основы: 2 4 (тест)", "2 Дело: 0 4 (работа)"]
    section = found.plan.sections[0]
    assert (section.title, section.stated) == ("Основы", {TOTAL: 6})
    assert [(topic.title, topic.total) for topic in section.topics] == [("Основы", 6)]


def test_topics_without_section_rows_get_sections():
    found = plan("""
    № | Тема | Лекции | Практика
    1.1 | Первая | 1 | 2
    1.2 | Вторая | 1 | 2
    2.1 | Третья | 0 | 4
    """)
    assert [s.title for s in found.plan.sections] == ["Section 1", "Section 2"]
    assert [len(s.topics) for s in found.plan.sections] == [2, 1]


def test_rows_above_the_heading_are_skipped():
    found = plan("""
    Учебно-тематический план | < | < | <
    Срок обучения: | 36 часов | |
    | | |
    № | Тема | Лекции | Практика
    1 | 2 | 3 | 4
    1 | Первая | 1 | 2
    """)
    assert outline(found) == ["Content of the programme", "  1 Первая: 1 2"]


def test_repeated_heading_is_skipped():
    found = plan("""
    № | Тема | Лекции | Практика
    1 | Первая | 1 | 2
    № | Тема | Лекции | Практика
    2 | Вторая | 1 | 2
    """)
    assert outline(found)[1:] == ["  1 Первая: 1 2", "  2 Вторая: 1 2"]


def test_of_which_row_is_no_topic():
    found = plan("""
    № | Темы | Всего | Лекции | Практика
    1 | Основы | 6 | 2 | 4
    | в том числе: | | |
    1.1 | Первая | 3 | 1 | 2
    1.2 | Вторая | 3 | 1 | 2
    """)
    assert outline(found) == ["1 Основы", "  1.1 Первая: 1 2", "  1.2 Вторая: 1 2"]


def test_columns_of_dates_and_teachers_are_skipped():
    found = plan("""
    № | Дата | Тема | Лекции | Практика | Преподаватель | Неделя
    1 | 12.03 | Первая | 1 | 2 | Белова | 1
    2 | 13.03 | Вторая | 1 | 2 | Белова | 2
    """)
    assert kinds(found.plan) == ("Лекции", "Практика")
    assert outline(found)[1:] == ["  1 Первая: 1 2", "  2 Вторая: 1 2"]


def test_kinds_with_any_name_are_read():
    found = plan("""
    № | Наименование тем | Вебинары | Погружение | Полевая часть | Итого | Форма контроля
    1 | Первая | 1 | 2 | 0,75 | 3,75 | тест
    2 | Вторая | 1 | 2 | 4 | 7 | тест
    3 | Третья | 1 | 2 | 4 | 7 | тест
    """)
    assert kinds(found.plan) == ("Вебинары", "Погружение", "Полевая часть")
    assert balances(found)


def test_unnamed_total_column_is_identified_by_its_sums():
    found = plan("""
    № | Наименование тем | Ак. часы | Вебинары | Погружение | Форма контроля
    1 | Первая | 3 | 1 | 2 | тест
    2 | Вторая | 5 | 1 | 4 | тест
    3 | Третья | 7 | 1 | 6 | тест
    """)
    assert kinds(found.plan) == ("Вебинары", "Погружение")


def test_units_in_headings_are_removed():
    found = plan("""
    № | Темы | Всего, час. | Лекции, час. | Практические занятия (ч.) | Самостоятельная работа, ак. ч*
    1 | Первая | 6 ч. | 1 ч. | 2 ч. | 3 ч.
    2 | Вторая | 6 ч. | 1 ч. | 2 ч. | 3 ч.
    """)
    assert kinds(found.plan) == ("Лекции", "Практические занятия", "Самостоятельная работа")
    assert balances(found)


def test_interim_attestation_belongs_to_its_section():
    found = plan("""
    № | Темы | Всего | Лекции | Практика | Контроль
    1 | Основы | 7 | 2 | 5 |
    1.1 | Первая | 3 | 1 | 2 | тест
    1.2 | Вторая | 3 | 1 | 2 | тест
    | Промежуточная аттестация | 1 | | 1 | зачёт
    2 | Дело | 4 | 0 | 4 |
    2.1 | Третья | 4 | 0 | 4 | работа
    | Итоговая аттестация | 2 | 0 | 2 | защита
    | Итого | 13 | 2 | 11 |
    """)
    assert outline(found) == [
        "1 Основы", "  1.1 Первая: 1 2 (тест)", "  1.2 Вторая: 1 2 (тест)", "  Промежуточная аттестация: 0 1 (зачёт)",
        "2 Дело", "  2.1 Третья: 0 4 (работа)", "Итоговая аттестация: 0 2 (защита)",
    ]  # fmt: skip
    assert balances(found)


def test_wrong_sum_does_not_move_topics():
    found = plan("""
    № | Темы | Всего | Лекции | Практика
    1 | Основы | 9 | 2 | 7
    1.1 | Первая | 3 | 1 | 2
    1.2 | Вторая | 3 | 1 | 2
    | Итого | 6 | 2 | 4
    """)
    assert sum_problems(found) == [
        ("1 Основы", "Практика", 4, 7),
        ("1 Основы", None, 6, 9),
    ]


def test_list_numbers_of_word_are_read():
    found = plan("""
    Наименование разделов и тем | Всего | Лекции | Практика
    #1.#Основы | 6 | 2 | 4
    #1.1.#Первая | 3 | 1 | 2
    #1.2.#Вторая | 3 | 1 | 2
    Итого | 6 | 2 | 4
    """)
    assert outline(found) == ["1 Основы", "  1.1 Первая: 1 2", "  1.2 Вторая: 1 2"]


def test_english_plan_is_read():
    found = plan("""
    No. | Sections and topics | Total, hours | Lectures | Practice | Form of control
    1 | Basics | 6 | 2 | 4 |
    1.1 | First | 3 | 1 | 2 | test
    1.2 | Second | 3 | 1 | 2 | essay
    | Total | 6 | 2 | 4 |
    """)
    assert kinds(found.plan) == ("Lectures", "Practice")
    assert outline(found) == ["1 Basics", "  1.1 First: 1 2 (test)", "  1.2 Second: 1 2 (essay)"]
    assert balances(found)


def test_repeated_columns_of_hours_are_left_out():
    found = plan("""
    № | Темы | Всего | Лекции | Практика | Очно | Дистанционно
    1 | Первая | 6 | 2 | 4 | 5 | 1
    2 | Вторая | 3 | 1 | 2 | 2 | 1
    3 | Третья | 8 | 3 | 5 | 8 |
    """)
    assert kinds(found.plan) == ("Лекции", "Практика")
    assert balances(found)


def test_section_hours_in_title_are_read():
    found = plan("""
    № | Темы | Всего | Лекции | Практика
    Раздел 1. Основы (7 ч.) | < | < | < | <
    1.1 | Первая | 3 | 1 | 2
    1.2 | Вторая | 3 | 1 | 2
    """)
    assert found.plan.sections[0].title == "Основы"
    assert sum_problems(found) == [("1 Основы", None, 6, 7)]


def test_contents_below_a_title_are_left_out():
    found = plan("""
    № | Темы | Всего | Лекции | Практика
    1.1 | Карта урока¶Содержание: части карты, их связь. | 3 | 1 | 2
    1.2 | Видео¶на уроке | 3 | 1 | 2
    """)
    assert [topic.title for topic in found.plan.sections[0].topics] == ["Карта урока", "Видео на уроке"]


def test_grouped_heading_of_forms_and_control_is_read():
    found = plan("""
    № | Темы | Часы | Форма | <
    ^ | ^ | ^ | занятия | контроля
    1 | Первая | 3 | лекция | тест
    2 | Вторая | 4 | семинар | эссе
    """)
    assert [(t.class_form, t.control_form) for t in found.plan.sections[0].topics] == [
        ("лекция", "тест"),
        ("семинар", "эссе"),
    ]


def test_section_with_own_control_is_read():
    found = plan("""
    № | Темы | Всего | Лекции | Контроль
    1 | Основы | 6 | 6 | зачёт
    1.1 | Первая | 3 | 3 |
    1.2 | Вторая | 3 | 3 |
    """)
    assert found.facts.controls[found.plan.sections[0].lineage] == "зачёт"


def test_unnumbered_topic_among_numbered_ones_is_read():
    found = plan("""
    № | Темы | Всего | Лекции | Практика
    1 | Основы | 9 | 3 | 6
    1.1 | Первая | 3 | 1 | 2
    | Без номера | 3 | 1 | 2
    1.2 | Вторая | 3 | 1 | 2
    | Итого | 9 | 3 | 6
    """)
    assert [topic.title for topic in found.plan.sections[0].topics] == ["Первая", "Без номера", "Вторая"]


def test_part_headings_over_sections_are_left_out():
    found = plan("""
    № | Темы | Всего | Лекции | Практика
    Инвариантная часть | < | < | < | <
    1 | Основы | 3 | 1 | 2
    1.1 | Первая | 3 | 1 | 2
    Часть 2. Вариативная | < | < | < | <
    2 | Дело | 3 | 1 | 2
    2.1 | Вторая | 3 | 1 | 2
    | Итого | 6 | 2 | 4
    """)
    assert outline(found) == ["1 Основы", "  1.1 Первая: 1 2", "2 Дело", "  2.1 Вторая: 1 2"]
    assert found.unused == ("Инвариантная часть", "2 Вариативная")


def test_continuation_row_is_skipped():
    found = plan("""
    № | Темы | Всего | Лекции | Практика
    1 | Основы | 6 | 2 | 4
    1.1 | Первая | 3 | 1 | 2
    Продолжение таблицы 1 | < | < | < | <
    1.2 | Вторая | 3 | 1 | 2
    """)
    assert outline(found) == ["1 Основы", "  1.1 Первая: 1 2", "  1.2 Вторая: 1 2"]


def test_long_plan_is_read_whole():
    rows = "\n".join(f"{s}.{i} | Занятие номер {s}-{i} | 1 | 1" for s in range(1, 31) for i in range(1, 21))
    found = plan(f"№ | Темы | Лекции | Практика\n{rows}")
    assert sum(len(section.topics) for section in found.plan.sections) == 600
