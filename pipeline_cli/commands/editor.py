"""A text in the user's own editor: a private copy, which is gone again afterwards."""

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline_cli.domain.errors import NeedsTerminal, NotAdvanced, NothingSaved, PipelineError, RuleError, UsageError
from pipeline_cli.on_disk import EDITED, noted, open_own_file
from pipeline_cli.workspace import Workspace


def named_editor(workspace: Workspace) -> str | None:
    """VISUAL, else EDITOR, with its arguments."""
    named = workspace.environ.get("VISUAL", "").strip() or workspace.environ.get("EDITOR", "").strip()
    return named or None


def require_editor(workspace: Workspace, instead: str) -> str:
    """Raises NeedsTerminal without a terminal or an editor, saying what to do `instead`."""
    if not (workspace.is_interactive and workspace.stdout.isatty()):
        raise NeedsTerminal(f"An editor needs a terminal, and there is none: {instead}.")
    editor = named_editor(workspace)
    if editor is None:
        raise NeedsTerminal(f"Which editor? Set EDITOR, as in `export EDITOR=nano`, or {instead}.")
    return editor


@contextmanager
def private_copy(name: str, content: bytes) -> Iterator[Path]:
    """A file only its owner can read, in a folder of its own, both removed at the end, whatever happens."""
    import shutil
    import tempfile

    folder = noted(Path(tempfile.gettempdir()) / f"{EDITED}{os.urandom(8).hex()}")
    folder.mkdir(mode=0o700)
    try:
        copy = folder / name
        with open_own_file(copy) as file:
            file.write(content)
        yield copy
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def open_editor(editor: str, copy: Path) -> bytes:
    """What the user left in the copy. Raises UsageError or RuleError when the editor could not do its work."""
    import signal
    import subprocess

    try:
        words = shlex.split(editor)
    except ValueError:
        raise UsageError(f"EDITOR={editor}: a quotation mark is open: correct it.") from None
    # Ctrl-C is the editor's meanwhile. A function, not SIG_IGN, which the editor would inherit.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        code = subprocess.Popen([*words, str(copy)]).wait()  # noqa: S603 - the program the user named
    except OSError as error:
        raise UsageError(
            f"The editor {words[0]!r} cannot be started ({(error.strerror or 'no reason given').lower()}): "
            "set EDITOR to one that can."
        ) from None
    finally:
        signal.signal(signal.SIGINT, before)
    if code:
        raise RuleError(f"The editor ended with {code}: nothing was changed.")
    try:
        return copy.read_bytes()
    except FileNotFoundError:
        raise RuleError("The editor removed the text: nothing was changed.") from None
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        raise RuleError(f"What the editor left cannot be read ({why}): nothing was changed.") from None


@contextmanager
def text_from_editor(workspace: Workspace, begun: str) -> Iterator[str]:
    """A text that begins as typed; when what is done with it fails, it is kept. Raises UsageError when it is left empty."""
    editor = require_editor(workspace, "type the text behind the command, or pipe it in with -")
    with private_copy("note.md", f"{begun}\n".encode() if begun else b"") as copy:
        content = open_editor(editor, copy)
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n").strip()
    except UnicodeDecodeError:
        raise UsageError("The text is not UTF-8: save it so.") from None
    if not text:
        raise UsageError("The text was left empty: nothing was changed.")
    try:
        yield text
    except (PipelineError, KeyboardInterrupt) as problem:
        if not isinstance(problem, NotAdvanced):
            _keep(workspace, content, workspace.folder / "note.edited.md")
        raise


def gives_up(workspace: Workspace, content: bytes, place: Path) -> bool:
    """Whether a text that cannot be saved is not to be mended: then it is kept at that place, or one named like it."""
    try:
        if workspace.ask("Edit it again? [Y/n] ").strip().casefold() not in ("n", "no"):
            return False
    except KeyboardInterrupt:
        workspace.say("")
        _keep(workspace, content, place)
        raise
    _keep(workspace, content, place)
    return True


def _keep(workspace: Workspace, content: bytes, place: Path) -> None:
    from pipeline_cli.output.files import free_name, write_new_file

    kept = free_name(place)
    try:
        write_new_file(kept, content, force=False)
    except NothingSaved as problem:  # where the record is there is no room, or nobody may write
        import tempfile

        workspace.say(str(problem))
        kept = Path(tempfile.mkdtemp(prefix="pipeline-kept-")) / f"edited{place.suffix}"
        write_new_file(kept, content, force=False)
    workspace.say(f"Nothing was changed. What you typed is kept in {workspace.short(kept)}.")
