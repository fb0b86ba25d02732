"""Who a visitor is: signed names, the lecturer's token, the secret that signs."""

from __future__ import annotations

import pytest

from initopt_core.settings import ServerSettings
from initopt_core.ui.server import identity
from initopt_core.visitors import LOCAL

SECRET = "s" * 40


def test_the_secret_is_made_once_for_all_replicas_and_private(tmp_path):
    path = tmp_path / "deep" / "secret"
    first = identity.kept_secret(path)
    assert identity.kept_secret(path) == first and path.stat().st_mode & 0o077 == 0
    assert [p.name for p in path.parent.iterdir()] == ["secret"]
    (tmp_path / "file").write_text("")
    assert len(identity.kept_secret(tmp_path / "file" / "secret")) >= 32


HOSTED = ServerSettings(hosted=True, lecturer_token="a token", secret=SECRET)


def test_a_visitor_is_known_by_a_cookie_of_ours_and_by_no_other():
    known = identity.Identities(HOSTED, SECRET)
    value = known.new_visitor()
    me = known.visitor({identity.VISITOR: value}, "s1")
    assert me.name and not me.full and me == known.visitor({identity.VISITOR: value}, "s2")
    assert known.visitor({}, "s1").name == "session-s1"
    for wrong in ("", "x", value[:-1], value.upper(), "ü" + value):
        assert known.visitor({identity.VISITOR: wrong}, "s").name == "session-s"


@pytest.mark.parametrize("token", ["", "A token", "a token ", "ä"])
def test_only_the_token_makes_a_lecturer(token):
    known = identity.Identities(HOSTED, SECRET)
    assert known.lecturer(token) is None
    assert identity.Identities(ServerSettings(hosted=True), SECRET).lecturer(token) is None
    cookie = {identity.LECTURER: known.lecturer("a token")}
    assert known.visitor(cookie, "s").full
    assert not known.visitor({identity.LECTURER: known.new_visitor()}, "s").full


def test_at_home_nobody_needs_a_name():
    assert identity.me() == LOCAL
