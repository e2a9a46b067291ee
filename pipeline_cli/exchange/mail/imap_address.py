"""Where mail lies on a server, as a URL says it, and the password for it, which no URL holds."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from pipeline_cli.domain.record import NamedTuple

_PORTS = {"imaps": 993, "imap": 143}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PATIENCE = 60.0
"""Seconds that the command which tells the password may take: somebody may have to unlock something."""


class Account(NamedTuple):
    """A server, who logs in, and one of the folders or all of them."""

    scheme: str
    """imaps: TLS from the start | imap: from STARTTLS on"""
    user: str
    host: str
    port: int
    folder: str | None

    @property
    def is_here(self) -> bool:
        """The server runs on this machine, so that nobody listens in between."""
        return self.host in _LOOPBACK

    @property
    def url(self) -> str:
        """As it is shown."""
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.user}@{self.host}{port}/{self.folder or ''}"


class NoAccount(ValueError):
    """What is wrong with a URL, as the end of a sentence."""


def is_imap(source: str) -> bool:
    """It is the URL of a server rather than a path."""
    return source.casefold().startswith(("imap://", "imaps://"))


def read_account(url: str) -> Account:
    """Of `imaps://ann@acme.example@mail.acme.example/INBOX`; the @ of a user's name may stand there as it is.

    Raises NoAccount.
    """
    scheme, _, rest = url.partition("://")
    server, _, folder = rest.partition("/")
    user, _, place = server.rpartition("@")
    if not user:
        raise NoAccount("says no user: imaps://user@host/Folder")
    if ":" in user:
        raise NoAccount("holds a password; leave it out and give a password_command")
    try:
        parts = urlsplit(f"//{place}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host:
        raise NoAccount("says no server: imaps://user@host/Folder")
    scheme = scheme.casefold()
    return Account(scheme, unquote(user), host, port or _PORTS[scheme], unquote(folder).strip("/") or None)


def without_password(url: str) -> str:
    """As it may be shown."""
    scheme, _, rest = url.partition("://")
    user, at, server = rest.rpartition("@")
    return f"{scheme}://{user.partition(':')[0]}{at}{server}"


def password_of(account: Account, command: str | None) -> str:
    """The first line of what the command prints, in which {user} and {host} stand for the account's; else of the keyring.

    Raises NoAccount.
    """
    if command:
        return _printed_by(command, account)
    found = _in_keyring(account)
    if not found:
        raise NoAccount("no password: give a password_command, or keep it in the keyring of this machine")
    return found


def _in_keyring(account: Account) -> str | None:
    """What `keyring set HOST USER` put there; None without that package."""
    import importlib

    try:
        keyring = importlib.import_module("keyring")
        errors = importlib.import_module("keyring.errors")
    except ImportError:
        return None
    try:
        found = keyring.get_password(account.host, account.user)
    except errors.KeyringError:
        return None
    return str(found) if found else None


def _printed_by(command: str, account: Account) -> str:
    import shlex
    import subprocess

    try:
        words = [word.replace("{user}", account.user).replace("{host}", account.host) for word in shlex.split(command)]
        done = subprocess.run(words, stdout=subprocess.PIPE, check=False, timeout=_PATIENCE)  # noqa: S603 - the user's own
    except ValueError:
        raise NoAccount("password_command: a quotation mark is not closed") from None
    except (OSError, IndexError):
        raise NoAccount(f"password_command: {words[0] if words else 'nothing'} cannot be run") from None
    except subprocess.TimeoutExpired:
        raise NoAccount(f"password_command: took more than {_PATIENCE:.0f} seconds") from None
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    if done.returncode or not lines or not lines[0]:
        raise NoAccount("password_command: printed no password")
    return lines[0]
