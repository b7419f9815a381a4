"""Every mail says what it is about and who acted, so that its failure is told where somebody can do something."""

import ast
from pathlib import Path

import guide

ROOT = Path(guide.__file__).parent
NEEDED = ("about", "actor_id")
OWN = "of the reader's own account: the list of accounts tells it"
EXEMPT: dict[tuple[str, str], str] = {
    ("accounts/people.py:invite", "about"): OWN,
    ("accounts/people.py:_tell_added", "about"): OWN,
    ("accounts/people.py:_post_link", "about"): OWN,
    ("accounts/people.py:_post_link", "actor_id"): "a visitor asks for it",
    ("accounts/people.py:set_password", "about"): OWN,
    ("accounts/people.py:set_password", "actor_id"): "who acted is who it goes to",
    ("accounts/people.py:reset_second_factor", "about"): OWN,
    ("accounts/idle.py:tidy", "about"): OWN,
    ("accounts/idle.py:tidy", "actor_id"): "the clock acts",
    ("web/accounts/my_account.py:_tell_of_codes", "about"): OWN,
    ("web/accounts/my_account.py:_tell_of_codes", "actor_id"): "who acted is who it goes to",
    ("editing/reports.py:report", "actor_id"): "a visitor without an account acts",
    ("editing/reminders.py:_write", "about"): "of several listings at once",
    ("referrals/answering.py:_as_much_work", "actor_id"): "it is undone at once",
    ("referrals/telling.py:tell_of_several", "about"): "it counts referrals and names none",
}


def lacking() -> set[tuple[str, str]]:
    found = set()
    for file in ROOT.rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef):
                continue
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and _is_mail(call.func):
                    place = f"{file.relative_to(ROOT).as_posix()}:{function.name}"
                    named = {each.arg for each in call.keywords}
                    found |= {(place, needed) for needed in NEEDED if needed not in named}
    return found


def _is_mail(what: ast.expr) -> bool:
    return (
        isinstance(what, ast.Attribute)
        and what.attr == "NewMail"
        and isinstance(what.value, ast.Name)
        and what.value.id == "mail"
    )


def test_every_mail_names_what_it_is_about_and_who_acted_or_says_why_not() -> None:
    assert lacking() == set(EXEMPT)
