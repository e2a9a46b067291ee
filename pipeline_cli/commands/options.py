"""Options, arguments and the form of usage that commands share; and texts and dates of several words without quotes."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from pipeline_cli.domain.errors import NotAdvanced, UsageError
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.shell import command_line
from pipeline_cli.domain.words.text import accept_filled, quoted

if TYPE_CHECKING:
    from pipeline_cli.domain.deal.deal import DealFacts
    from pipeline_cli.workspace import Workspace

Deal = Annotated[
    str, typer.Argument(metavar="DEAL", help="Its number, external id, or part of its title or organization.")
]
Contact = Annotated[
    str, typer.Argument(metavar="CONTACT", help="c12, an e-mail address, a number, or a part of the name.")
]
At = Annotated[str | None, typer.Option("--at", "-t", metavar="WHEN", help="When it happened, if not now.")]
CheckIn = Annotated[
    str | None, typer.Option("--check-in", metavar="DATE", help="When to ask the customer how it goes: 90d.")
]
Renewal = Annotated[str | None, typer.Option("--renewal", metavar="DATE", help="When it ends unless it is renewed.")]
Again = Annotated[
    str | None,
    typer.Option(
        "--again", metavar="DATE [TEXT]", help="When to try again and what to say then: 6m Ask again; the next step."
    ),
]
Reason = Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why.")]
NextStep = Annotated[
    tuple[str, str] | None,
    typer.Option("--next", "-n", metavar="DATE TEXT", help="A next step too: -n fri 9am Send the offer"),
]


Contacts = Annotated[
    list[str] | None, typer.Option("--contact", "-c", metavar='"NAME <MAIL>"', help="A person more; may be repeated.")
]
Tags = Annotated[list[str] | None, typer.Option("--tag", metavar="TAG", help="A word to find it by; may be repeated.")]
Links = Annotated[
    list[str] | None,
    typer.Option(
        "--link", metavar="ADDRESS|FILE", help="What `open` opens: https://…, mailto:…, a file; may be repeated."
    ),
]


SETTINGS = {"help_option_names": ["-h", "--help"]}
"""Of every command."""

KIND_AND_NOTE = "KIND [NOTE]"
FREE_TEXTS = frozenset(("[NOTE]...", "TEXT...", "[TEXT]...", "[TITLE]...", "TITLE..."))
"""Arguments whose words are one text, and so stand together on the line."""
_UNTIL_THE_NEXT_OPTION = frozenset(("--next", "--log", "--confirm", "--outcome"))
"""Options whose last value is a text that goes on until the next option, unless it was quoted."""


class Command(typer.core.TyperCommand):
    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """DEAL rather than Typer's {DEAL}."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Texts and dates that need no quotes are one word for Typer."""
        return list(super().parse_args(ctx, args if ctx.resilient_parsing else join_words(args, self.params)))

    def invoke(self, ctx: Any) -> Any:
        """What was typed as a day is said back, also where a deal was saved and not advanced."""
        try:
            done = super().invoke(ctx)
        except NotAdvanced:
            self._say_days(ctx)
            raise
        self._say_days(ctx)
        return done

    def _say_days(self, ctx: Any) -> None:
        if any(
            ctx.params.get(param.name) for param in self.params if (param.metavar or "").startswith(("DATE", "WHEN"))
        ):
            from pipeline_cli.commands.understood import say_days

            say_days(ctx, self.params)


def joined(words: Iterable[str] | None) -> str | None:
    """A text that was typed as words; None: it was not given."""
    typed = list(words or ())
    return " ".join(typed) if typed else None


class Step(NamedTuple):
    """A next step as typed."""

    text: str
    due: date
    time: str | None = None
    minutes: int | None = None


def read_step(typed: tuple[str, str], clock: Clock) -> Step:
    """What was typed for `--next`: the date may be of several words, and have a time of day. Raises UsageError."""
    from pipeline_cli.domain.words.dates import parse_day_and_time, split_day

    day, text = split_day(" ".join(typed).split(" "), timed=True) or typed
    what = accept_filled(text, "The next step")
    return Step(what, *parse_day_and_time(day, clock))


@contextmanager
def written_note(workspace: "Workspace", typed: str | None, *, in_editor: bool = False) -> Iterator[str | None]:
    """A note as typed, from a pipe when it is `-`, or as it leaves the editor; that one is kept when the command fails."""
    if in_editor:
        from pipeline_cli.commands.editor import text_from_editor

        with text_from_editor(workspace, typed or "") as text:
            yield text
    else:
        yield workspace.read_piped("The note") if typed == "-" else typed


def join_words(arguments: Sequence[str], params: Sequence[Any]) -> list[str]:
    """A command line whose texts and dates of several words are made one word each.

    Words behind `--next fri Send` belong to the step until the next option or the next word that was quoted, once the
    arguments before the free text are there; those behind a date belong to it as long as they read as one. Raises
    UsageError for a free text that an option stands in the middle of.
    """
    line = _Line(list(arguments), params)
    while line.rest:
        line.take_one()
    return line.read


def _is_option(word: str) -> bool:
    return word.startswith("-") and word != "-"


class _Line:
    """What was read of a command line so far, and what is left."""

    def __init__(self, rest: list[str], params: Sequence[Any]) -> None:
        self.rest, self.read = rest, list[str]()
        options = [param for param in params if param.param_type_name == "option"]
        self._options = {name: option for option in options for name in (*option.opts, *option.secondary_opts)}
        arguments = [param for param in params if param.param_type_name == "argument"]
        self._has_text = any(argument.metavar in FREE_TEXTS for argument in arguments)
        self._before_text = sum(argument.nargs == 1 for argument in arguments)
        self._arguments = 0
        self._texts: list[list[str]] = []
        self._text_goes_on = False

    def take_one(self) -> None:
        word = self.rest.pop(0)
        if word == "--":
            self.read += [word, *self.rest]
            for one in self.rest:
                self._take_argument(one)
            self.rest.clear()
        elif _is_option(word):
            self._text_goes_on = False
            self._take_option(word)
        else:
            self.read.append(word)
            self._take_argument(word)

    def _take_argument(self, word: str) -> None:
        self._arguments += 1
        if not self._has_text or self._arguments <= self._before_text:
            return
        if not self._text_goes_on:
            self._texts.append([])
        self._text_goes_on = True
        self._texts[-1].append(word)
        if len(self._texts) > 1:
            first, then = (quoted(" ".join(one)) for one in (self._texts[0], self._texts[-1]))
            raise UsageError(
                f"{then} stands apart from {first}: write a text in one piece, or put quotes around the one that belongs "
                "to the option before it."
            )

    def _take_option(self, word: str) -> None:
        """An option with its values; several short ones may be one word, as in `-ia`."""
        option, attached = self._option_of(word)
        if option is None or option.is_flag:
            self.read.append(word)
            return
        values = [] if attached is None else [attached]
        self.read.append(word if attached is None else word.removesuffix(attached).removesuffix("="))
        is_next_kind = option.metavar == KIND_AND_NOTE
        while len(values) < (1 if is_next_kind else option.nargs) and self.rest:
            values.append(self.rest.pop(0))
            if option.metavar == "DATE TEXT" and len(values) == 1:
                values[0] = " ".join([values[0], *self._words_of_date(values[0])])
        if is_next_kind and values:
            values.append(self._one_text())
        elif values and option.metavar == "DATE [TEXT]" and self._arguments:
            text = self._one_text()
            values[0] += f" {text}" if text else ""
        elif len(values) == option.nargs:
            values[-1] = " ".join([values[-1], *self._more_of(option, values[-1])])
        self.read += values

    def _option_of(self, word: str) -> tuple[Any, str | None]:
        """The option that a word ends with, and the value that is written to it; None: it is unknown."""
        if word.startswith("--"):
            name, sign, value = word.partition("=")
            return self._options.get(name), value if sign else None
        for position, sign in enumerate(word[1:], start=1):
            option = self._options.get(f"-{sign}")
            if option is None:
                return None, None
            if not option.is_flag:
                return option, word[position + 1 :] or None
        return option, None

    def _more_of(self, option: Any, value: str) -> list[str]:
        if option.metavar in ("DATE", "WHEN", "DATE [TEXT]"):
            return self._words_of_date(value)
        is_text = not _UNTIL_THE_NEXT_OPTION.isdisjoint(option.opts)
        if not is_text or self._arguments < max(self._before_text, 1) or " " in value:
            return []
        return [] if "--confirm" in option.opts and "=" not in value else self._words_of_text()

    def _one_text(self) -> str:
        """A text that may be left out; quoted, or words until the next option."""
        has_arguments = self._arguments >= max(self._before_text, 1)
        words = self._words_of_text() if has_arguments else []
        if not words and self.rest and not _is_option(self.rest[0]):
            words.append(self.rest.pop(0))
        return " ".join(words)

    def _words_of_text(self) -> list[str]:
        words = list[str]()
        while self.rest and not _is_option(self.rest[0]) and not any(sign.isspace() for sign in self.rest[0]):
            words.append(self.rest.pop(0))
        return words

    def _words_of_date(self, value: str) -> list[str]:
        """As many of the words that follow as read as a date, together with the value."""
        if not self.rest or _is_option(self.rest[0]):
            return []
        from pipeline_cli.domain.words.dates import MOST_WORDS, is_when

        words = self.rest[: MOST_WORDS - 1]
        while words and not (words[-1].strip() and is_when(" ".join([value, *words]))):
            words.pop()
        del self.rest[: len(words)]
        return words


def asleep_in_words(workspace: "Workspace", facts: "DealFacts") -> list[str]:
    """Of an open deal that is snoozed one sentence: until when, and what wakes it."""
    until = facts.snoozed_until
    if facts.status == "open" and until is not None and until > workspace.clock.today:
        wake = command_line(workspace.command_name, "snooze", str(facts.id), "today")
        return [f"{facts.title} sleeps until {until}; `{wake}` wakes it."]
    return []
