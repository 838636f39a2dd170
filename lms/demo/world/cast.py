"""The people of the sample, all invented: log-ins for every role, and the trainees of each group with their
progress.
"""

from typing import NamedTuple

from lms.demo.stage import Somebody

PREFIX = "demo-"
PASSWORD = "demo-stazhirovka"  # noqa: S105  # printed on the log-in page, in demo mode only
"""``PREFIX`` and ``PASSWORD`` are also shown on the log-in page; a test compares them."""


def login(name: str, username: str, position: str, workplace: str = "МБОУ «Гимназия № 7»") -> Somebody:
    """Returns a person with a log-in of the demo."""
    return Somebody(name, f"{PREFIX}{username}", PASSWORD, f"{username}@example.org", position, workplace)


ADMINISTRATOR = login("Никитин Денис Олегович", "administrator", "системный администратор", "Методический центр")
METHODOLOGIST = login("Соболева Ирина Матвеевна", "metodist", "методист", "Методический центр")
SECRETARY = login("Панкратова Лидия Игоревна", "sekretar", "секретарь методического совета", "Методический центр")
DIRECTOR = login("Тихомирова Галина Сергеевна", "direktor", "директор")
LEADER = login("Громова Анна Валерьевна", "rukovoditel", "заместитель директора, учитель истории")
DEPUTY = login("Широков Илья Андреевич", "zamestitel", "учитель математики")
TEACHER = login("Белозёрова Марина Викторовна", "pedagog", "учитель русского языка и литературы")
SECOND_LEADER = login("Орлов Павел Дмитриевич", "orlov", "учитель физики")
SPEECH_LEADER = login("Евдокимова Светлана Юрьевна", "sad", "старший воспитатель", "МБДОУ «Детский сад № 12»")
TRAINEE = login("Зайцева Полина Андреевна", "stazher", "учитель начальных классов", "МБОУ «СОШ № 4»")
GRADUATE = login("Кондратьева Вера Ильинична", "vypusknik", "учитель географии", "МБОУ «СОШ № 9»")

WHO = (
    ("администратор", ADMINISTRATOR),
    ("методист", METHODOLOGIST),
    ("секретарь совета", SECRETARY),
    ("директор", DIRECTOR),
    ("руководитель площадки", LEADER),
    ("исполняющий обязанности руководителя", DEPUTY),
    ("педагог площадки", TEACHER),
    ("руководитель одной площадки, стажёр другой", SECOND_LEADER),
    ("руководитель площадки детского сада", SPEECH_LEADER),
    ("стажёр", TRAINEE),
    ("стажёр с сертификатом", GRADUATE),
)


class Pupil(NamedTuple):
    """A trainee and their progress: topics studied, wrong answers, works, days since the last visit."""

    who: Somebody
    topics: int = 0
    wrong: int = 0
    """Number of self-check questions answered wrongly."""
    protocol: str = ""
    """``""``, ``accepted``, ``returned``, or the number of days that the work has waited for review."""
    final: str = ""
    away: int = 0


def pupil(name: str, position: str, workplace: str, *state: object) -> Pupil:
    """Returns a trainee without a password."""
    return Pupil(Somebody(name, position=position, workplace=workplace), *state)  # type: ignore[arg-type]


AUTUMN = (
    Pupil(TRAINEE, 2, 1, "returned", "", 1),
    Pupil(SECOND_LEADER, 4, 0, "accepted", "", 0),
    pupil("Абрамова Ксения Львовна", "учитель английского языка", "МБОУ «СОШ № 3»", 6, 0, "accepted", "4", 0),
    pupil("Баранов Степан Ильич", "учитель технологии", "МБОУ «СОШ № 11»", 1, 2, "", "", 11),
    pupil("Васнецова Юлия Петровна", "учитель биологии", "МБОУ «СОШ № 9»", 3, 0, "9", "", 2),
    pupil("Горностаев Михаил Юрьевич", "учитель истории", "МБОУ «Лицей № 5»", 3, 1, "6", "", 1),
    pupil("Данилова Евгения Максимовна", "учитель химии", "МБОУ «СОШ № 3»", 4, 0, "accepted", "", 0),
    pupil("Ермолаева Татьяна Глебовна", "учитель начальных классов", "МБОУ «СОШ № 4»", 3, 1, "5", "", 0),
    pupil("Журавлёв Константин Павлович", "учитель информатики", "МБОУ «Лицей № 5»", 6, 0, "accepted", "1", 0),
    pupil("Ильина Наталья Борисовна", "учитель географии", "МБОУ «СОШ № 11»", 2, 0, "3", "", 3),
    pupil("Калачёва Дарья Семёновна", "учитель русского языка", "МБОУ «СОШ № 9»", 4, 1, "accepted", "", 1),
    pupil("Лукин Роман Эдуардович", "учитель физической культуры", "МБОУ «СОШ № 4»", 0, 0, "", "", 14),
    pupil("Мещерякова Ольга Тимофеевна", "учитель математики", "МБОУ «СОШ № 11»", 3, 0, "2", "", 0),
    pupil("Нечаева Алина Руслановна", "педагог-психолог", "МБОУ «СОШ № 3»", 3, 2, "1", "", 0),
)
FINISHED = (
    Pupil(GRADUATE, 7, 0, "accepted", "accepted", 4),
    pupil("Антипов Григорий Савельевич", "учитель физики", "МБОУ «СОШ № 4»", 7, 1, "accepted", "accepted", 6),
    pupil("Власова Людмила Артёмовна", "учитель истории", "МБОУ «СОШ № 9»", 7, 0, "accepted", "accepted", 5),
    pupil("Голикова Жанна Витальевна", "учитель математики", "МБОУ «СОШ № 3»", 7, 0, "accepted", "accepted", 5),
    pupil("Дроздова Инна Аркадьевна", "учитель музыки", "МБОУ «Лицей № 5»", 7, 1, "accepted", "accepted", 7),
    pupil("Игнатьев Фёдор Леонидович", "учитель химии", "МБОУ «СОШ № 11»", 7, 0, "accepted", "accepted", 5),
    pupil("Козырева Маргарита Олеговна", "учитель литературы", "МБОУ «СОШ № 4»", 7, 0, "accepted", "accepted", 4),
    pupil("Логинова Зоя Мироновна", "учитель начальных классов", "МБОУ «СОШ № 9»", 7, 1, "accepted", "accepted", 6),
)
WINTER = (
    pupil("Агеева Тамара Юрьевна", "учитель математики", "МБОУ «СОШ № 14»"),
    pupil("Быков Арсений Павлович", "учитель физики", "МБОУ «СОШ № 14»"),
    pupil("Волошина Регина Игоревна", "учитель истории", "МБОУ «СОШ № 2»"),
    pupil("Гусева Олеся Романовна", "учитель биологии", "МБОУ «СОШ № 2»"),
    pupil("Демченко Вадим Олегович", "учитель географии", "МБОУ «СОШ № 16»"),
    pupil("Зуева Екатерина Денисовна", "учитель начальных классов", "МБОУ «СОШ № 16»"),
    pupil("Карпов Юрий Степанович", "учитель технологии", "МБОУ «СОШ № 2»"),
    pupil("Лисицына Анфиса Львовна", "учитель русского языка", "МБОУ «СОШ № 14»"),
    pupil("Морозова Клавдия Егоровна", "учитель химии", "МБОУ «СОШ № 16»"),
)
SPEECH = (
    pupil("Авдеева Раиса Максимовна", "воспитатель", "МБДОУ «Детский сад № 3»", 2, 0, "", "", 0),
    pupil("Бурова Надежда Львовна", "воспитатель", "МБДОУ «Детский сад № 8»", 1, 0, "", "", 2),
    pupil("Виноградова Лариса Олеговна", "логопед", "МБДОУ «Детский сад № 3»", 2, 0, "", "0", 0),
    pupil("Гаранина Элина Тимуровна", "воспитатель", "МБДОУ «Детский сад № 21»", 1, 0, "", "", 1),
    pupil("Ершова Валентина Ивановна", "музыкальный руководитель", "МБДОУ «Детский сад № 8»", 0, 0, "", "", 9),
    pupil("Кулакова Диана Сергеевна", "воспитатель", "МБДОУ «Детский сад № 21»", 2, 0, "", "", 0),
)
