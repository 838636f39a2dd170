import pytest
from argon2 import PasswordHasher

from lms.core.auth import passwords
from lms.core.errors import Invalid


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("короткий", "10"),
        ("x" * 201, "200"),
        ("gavrilova-np", "логин"),
        ("Gavrilova.NP", "логин"),
        ("Пароль12345", "первых"),
        ("aaaaaaaaaaaa", "первых"),
    ],
)
def test_rejects_weak_password_with_reason(password, words):
    problem = passwords.problem_of(password, "gavrilova.np")
    assert problem is not None
    assert words in problem.message


@pytest.mark.parametrize("password", ["три зелёных кота", "correct horse", "Солнце-7-яблок", "🌲🌳🌴🌵🍀🍁🍂🍃🌾🌿"])
def test_accepts_good_password(password):
    assert passwords.problem_of(password, "gavrilova.np") is None


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


def test_hash_with_weaker_parameters_needs_rehash():
    assert passwords.needs_rehash(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("что угодно"))
    assert not passwords.needs_rehash(passwords.hash_password("что угодно"))
