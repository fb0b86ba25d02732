"""Who a visitor is: a random name in a signed cookie, and the lecturer by a token.

On a server that is not hosted everybody is the person at the computer and may do everything.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

import streamlit as st
from itsdangerous import BadSignature, Signer, TimestampSigner
from streamlit.runtime.scriptrunner import get_script_run_ctx

from initopt_core.paths import home_folder
from initopt_core.settings import ServerSettings, server_settings
from initopt_core.visitors import LOCAL, Visitor

VISITOR, LECTURER = "initopt_visitor", "initopt_lecturer"
"""The cookies' names."""
LECTURE_SECONDS = 12 * 3600


class Identities:
    """Makes and reads the cookies of one server."""

    def __init__(self, settings: ServerSettings, secret: str) -> None:
        self.settings = settings
        self._visitors = Signer(secret, salt="visitor", digest_method=hashlib.sha256)
        # The token is part of the key: with another token old cookies mean nothing.
        self._lecturers = TimestampSigner(
            secret + settings.lecturer_token, salt="lecturer", digest_method=hashlib.sha256
        )

    def new_visitor(self) -> str:
        """Value of a fresh visitor's cookie."""
        return self._visitors.sign(secrets.token_hex(12)).decode()

    def lecturer(self, token: str) -> str | None:
        """Value of the lecturer's cookie; None for a wrong token or where there is none."""
        right = self.settings.lecturer_token
        if not right or not hmac.compare_digest(token.encode(), right.encode()):
            return None
        return self._lecturers.sign(b"lecturer").decode()

    def name(self, cookies: Mapping[str, str]) -> str | None:
        """The visitor's name, if the cookie is one of ours."""
        try:
            return self._visitors.unsign(cookies.get(VISITOR, "")).decode()
        except (BadSignature, UnicodeError):
            return None

    def is_lecturer(self, cookies: Mapping[str, str]) -> bool:
        if not self.settings.lecturer_token:
            return False
        try:
            self._lecturers.unsign(cookies.get(LECTURER, ""), max_age=LECTURE_SECONDS)
        except (BadSignature, UnicodeError):
            return False
        return True

    def visitor(self, cookies: Mapping[str, str], session: str) -> Visitor:
        """Who these cookies belong to; without one of ours, a visitor of this session alone."""
        if not self.settings.hosted:
            return LOCAL
        name = self.name(cookies) or f"session-{session}"
        return Visitor(name, self.is_lecturer(cookies))


@functools.cache
def identities() -> Identities:
    """Those of this server."""
    settings = server_settings()
    return Identities(settings, settings.secret or kept_secret(home_folder() / "secret"))


def kept_secret(path: Path) -> str:
    """The secret of a folder, made at the first start; replicas that share the folder share it.

    Where nothing can be written it lasts as long as the process.
    """
    fresh = secrets.token_urlsafe(32)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(fresh)
        try:
            os.link(part, path)  # whole, and never over another replica's
        except FileExistsError:
            pass
        finally:
            part.unlink()
        kept = path.read_text().strip()
    except OSError:
        return fresh
    return kept if len(kept) >= 32 else fresh


def me() -> Visitor:
    """The visitor for whom this script runs."""
    if not server_settings().hosted:
        return LOCAL
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:  # a file is made outside of scripts
        return Visitor("session-")
    session = context.session_id
    return identities().visitor(st.context.cookies, session)
