"""The people of the sample, all invented: log-ins for every role, and the trainees of each group with their
progress.
"""

from typing import NamedTuple

from lms.demo.people import NewPerson

PREFIX = "demo-"
PASSWORD = "demo-stazhirovka"  # noqa: S105  # printed on the log-in page, in demo mode only
"""``PREFIX`` and ``PASSWORD`` are also shown on the log-in page; a test compares them."""


def login(name: str, username: str, position: str, workplace: str = "МБОУ «Гимназия № 7»") -> NewPerson:
    """Returns a person with a log-in of the demo."""
    return NewPerson(name, f"{PREFIX}{username}", PASSWORD, f"{username}@example.org", position, workplace)


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

LOG_INS = (
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


class SampleTrainee(NamedTuple):
    """A trainee and their progress: topics studied, wrong answers, works, days since the last visit."""

    who: NewPerson
    topics: int = 0
    wrong: int = 0
    """Number of self-check questions answered wrongly."""
    protocol: str = ""
    """``""``, ``accepted``, ``returned``, or the number of days that the work has waited for review."""
    final: str = ""
    away: int = 0


def sample_trainee(name: str, position: str, workplace: str, *state: object) -> SampleTrainee:
    """Returns a trainee without a password."""
    return SampleTrainee(NewPerson(name, position=position, workplace=workplace), *state)  # type: ignore[arg-type]


AUTUMN = (
    SampleTrainee(TRAINEE, 2, 1, "returned", "", 1),
    SampleTrainee(SECOND_LEADER, 4, 0, "accepted", "", 0),
    sample_trainee("Абрамова Ксения Львовна", "учитель английского языка", "МБОУ «СОШ № 3»", 6, 0, "accepted", "4", 0),
    sample_trainee("Баранов Степан Ильич", "учитель технологии", "МБОУ «СОШ № 11»", 1, 2, "", "", 11),
    sample_trainee("Васнецова Юлия Петровна", "учитель биологии", "МБОУ «СОШ № 9»", 3, 0, "9", "", 2),
    sample_trainee("Горностаев Михаил Юрьевич", "учитель истории", "МБОУ «Лицей № 5»", 3, 1, "6", "", 1),
    sample_trainee("Данилова Евгения Максимовна", "учитель химии", "МБОУ «СОШ № 3»", 4, 0, "accepted", "", 0),
    sample_trainee("Ермолаева Татьяна Глебовна", "учитель начальных классов", "МБОУ «СОШ № 4»", 3, 1, "5", "", 0),
    sample_trainee("Журавлёв Константин Павлович", "учитель информатики", "МБОУ «Лицей № 5»", 6, 0, "accepted", "1", 0),
    sample_trainee("Ильина Наталья Борисовна", "учитель географии", "МБОУ «СОШ № 11»", 2, 0, "3", "", 3),
    sample_trainee("Калачёва Дарья Семёновна", "учитель русского языка", "МБОУ «СОШ № 9»", 4, 1, "accepted", "", 1),
    sample_trainee("Лукин Роман Эдуардович", "учитель физической культуры", "МБОУ «СОШ № 4»", 0, 0, "", "", 14),
    sample_trainee("Мещерякова Ольга Тимофеевна", "учитель математики", "МБОУ «СОШ № 11»", 3, 0, "2", "", 0),
    sample_trainee("Нечаева Алина Руслановна", "педагог-психолог", "МБОУ «СОШ № 3»", 3, 2, "1", "", 0),
)
FINISHED = (
    SampleTrainee(GRADUATE, 7, 0, "accepted", "accepted", 4),
    sample_trainee("Антипов Григорий Савельевич", "учитель физики", "МБОУ «СОШ № 4»", 7, 1, "accepted", "accepted", 6),
    sample_trainee("Власова Людмила Артёмовна", "учитель истории", "МБОУ «СОШ № 9»", 7, 0, "accepted", "accepted", 5),
    sample_trainee(
        "Голикова Жанна Витальевна", "учитель математики", "МБОУ «СОШ № 3»", 7, 0, "accepted", "accepted", 5
    ),
    sample_trainee("Дроздова Инна Аркадьевна", "учитель музыки", "МБОУ «Лицей № 5»", 7, 1, "accepted", "accepted", 7),
    sample_trainee("Игнатьев Фёдор Леонидович", "учитель химии", "МБОУ «СОШ № 11»", 7, 0, "accepted", "accepted", 5),
    sample_trainee(
        "Козырева Маргарита Олеговна", "учитель литературы", "МБОУ «СОШ № 4»", 7, 0, "accepted", "accepted", 4
    ),
    sample_trainee(
        "Логинова Зоя Мироновна", "учитель начальных классов", "МБОУ «СОШ № 9»", 7, 1, "accepted", "accepted", 6
    ),
)
WINTER = (
    sample_trainee("Агеева Тамара Юрьевна", "учитель математики", "МБОУ «СОШ № 14»"),
    sample_trainee("Быков Арсений Павлович", "учитель физики", "МБОУ «СОШ № 14»"),
    sample_trainee("Волошина Регина Игоревна", "учитель истории", "МБОУ «СОШ № 2»"),
    sample_trainee("Гусева Олеся Романовна", "учитель биологии", "МБОУ «СОШ № 2»"),
    sample_trainee("Демченко Вадим Олегович", "учитель географии", "МБОУ «СОШ № 16»"),
    sample_trainee("Зуева Екатерина Денисовна", "учитель начальных классов", "МБОУ «СОШ № 16»"),
    sample_trainee("Карпов Юрий Степанович", "учитель технологии", "МБОУ «СОШ № 2»"),
    sample_trainee("Лисицына Анфиса Львовна", "учитель русского языка", "МБОУ «СОШ № 14»"),
    sample_trainee("Морозова Клавдия Егоровна", "учитель химии", "МБОУ «СОШ № 16»"),
)
SPEECH = (
    sample_trainee("Авдеева Раиса Максимовна", "воспитатель", "МБДОУ «Детский сад № 3»", 2, 0, "", "", 0),
    sample_trainee("Бурова Надежда Львовна", "воспитатель", "МБДОУ «Детский сад № 8»", 1, 0, "", "", 2),
    sample_trainee("Виноградова Лариса Олеговна", "логопед", "МБДОУ «Детский сад № 3»", 2, 0, "", "0", 0),
    sample_trainee("Гаранина Элина Тимуровна", "воспитатель", "МБДОУ «Детский сад № 21»", 1, 0, "", "", 1),
    sample_trainee("Ершова Валентина Ивановна", "музыкальный руководитель", "МБДОУ «Детский сад № 8»", 0, 0, "", "", 9),
    sample_trainee("Кулакова Диана Сергеевна", "воспитатель", "МБДОУ «Детский сад № 21»", 2, 0, "", "", 0),
)
