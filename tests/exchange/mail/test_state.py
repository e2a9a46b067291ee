"""Whether anything came since a source was read."""

from __future__ import annotations

import os
from pathlib import Path

from pipeline_cli.exchange.mail.state import state_of
from tests.exchange.mail.written import a_mail, a_maildir, as_mbox, write


def long_ago(folder: Path) -> None:
    """Nothing in it was changed within the last seconds."""
    for path in (folder, *folder.rglob("*")):
        os.utime(path, (1_700_000_000, 1_700_000_000), follow_symlinks=False)


def test_it_is_the_same_until_a_mail_comes_or_goes(tmp_path: Path) -> None:
    a_maildir(tmp_path / "Mail", **{"1:2,": a_mail("1")})
    a_maildir(tmp_path / "Mail" / ".Sent", **{"1:2,": a_mail("2")})
    write(tmp_path / "Mail" / ".Sent" / "index", b"1")
    write(tmp_path / "box", as_mbox(a_mail("3")))
    long_ago(tmp_path)
    before = state_of(str(tmp_path))
    assert before is not None
    assert state_of(str(tmp_path)) == before
    for change in ("Mail/cur/2:2,", "Mail/.Sent/new/3", "box"):
        write(tmp_path / change, a_mail(change))
        assert state_of(str(tmp_path)) != before
        os.utime((tmp_path / change).parent, (1_700_000_100, 1_700_000_100))
        os.utime(tmp_path / change, (1_700_000_100, 1_700_000_100))
        after = state_of(str(tmp_path))
        assert after not in {None, before}
        before = after


def test_what_was_changed_just_now_may_change_again_unseen(tmp_path: Path) -> None:
    assert state_of(str(write(tmp_path / "box", as_mbox(a_mail())))) is None


def test_of_what_is_no_path_nothing_is_told(tmp_path: Path) -> None:
    for source in ("-", "imaps://ann@host/", str(tmp_path / "nowhere")):
        assert state_of(source) is None
