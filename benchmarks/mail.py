"""How long 10,000 mails take to be read and decided, as a ratio to what the standard library needs to read their headers.

    python benchmarks/mail.py --mails 10000 --rounds 5

The mails are generated: short and long, with the headers that servers add, in languages, one in a hundred with many
recipients, one with 5,000, and one of 100 MB. The readers take turns, so that a machine that slows down slows all of
them; processor time counts, and of each the best round. The memory is that of a process of its own, all letters held
at once.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.parser import BytesHeaderParser
from email.utils import format_datetime
from pathlib import Path

from pipeline_cli.domain.capture.directory import Directory, KnownDeal, KnownPerson
from pipeline_cli.domain.capture.letters import decide_letters
from pipeline_cli.exchange.mail.reading import read_mail

REPOSITORY = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ME = "me@mine.example"
PEOPLE = [f"person{number}@firm{number}.example" for number in range(200)]
STRANGERS = [f"somebody{number}@elsewhere{number % 500}.example" for number in range(3_000)]
SUBJECTS = (
    "Offer",
    "Grüße aus Köln",
    "Re: Website relaunch",
    "Pytanie o zażółcenie gęślą jaźni",
    "견적 문의드립니다",
    "Thursday?",
)
MOST_TIME, MOST_MEGABYTES = 3.0, 150
"""Targets: times the standard library; megabytes."""
LARGE = 100 << 20
MEASURE_MEMORY = "--memory-of"


def mails(count: int) -> Iterator[bytes]:
    """The same every time."""
    chance = random.Random(16)
    for number in range(count):
        yield _mail(number, chance)


def _mail(number: int, chance: random.Random) -> bytes:
    other = chance.choice(PEOPLE if chance.random() < 0.5 else STRANGERS)
    sender, to = (ME, other) if chance.random() < 0.35 else (other, ME)
    at = NOW - timedelta(minutes=chance.randrange(60 * 24 * 180))
    fields = [f"Return-Path: <{sender}>", f"Delivered-To: {to}"]
    fields += [
        f"Received: from mx{hop}.transport.example (mx{hop}.transport.example [192.0.2.{number % 250}])\n"
        f"\tby mail.mine.example with ESMTPS id {chance.getrandbits(40)}\n\tfor <{to}>; {format_datetime(at)}"
        for hop in range(chance.randrange(1, 4))
    ]
    fields += ["DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\n\t" + f"b={chance.getrandbits(1200):x};\n\t" * 2]
    fields += [f"X-Spam-Status: No, score={chance.random():.2f}", f"From: {_named(sender)}", f"To: {_named(to)}"]
    if number % 100 == 7:
        fields.append("Cc: " + ",\n ".join(chance.choices(STRANGERS, k=20 if number != 107 else 5_000)))
    fields += [f"Subject: {Header(chance.choice(SUBJECTS), 'utf-8').encode()}", f"Date: {format_datetime(at)}"]
    fields.append(f"Message-ID: <{number}.{chance.getrandbits(60)}@{sender.partition('@')[2]}>")
    if chance.random() < 0.4:
        earlier = " ".join(f"<{one}.x@x.example>" for one in range(number, number + chance.randrange(1, 8)))
        fields.append(f"References: {earlier}\nIn-Reply-To: <{number}.x@x.example>")
    if chance.random() < 0.2:
        fields.append("List-Unsubscribe: <https://news.example/out>\nPrecedence: bulk")
    fields.append("MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8")
    body = "It is raining here; see you on Thursday.\n" * chance.choice((2, 10, 40, 300))
    return ("\n".join(fields) + "\n\n" + body).encode()


def _named(address: str) -> str:
    return f"{Header(address.partition('@')[0].title() + ' Müller', 'utf-8').encode()} <{address}>"


def generate(folder: Path, count: int) -> tuple[Path, Path]:
    """A Maildir and an mbox of the same mails, with a large one among them."""
    maildir, box = folder / "Maildir", folder / "box.mbox"
    for part in ("cur", "new", "tmp"):
        (maildir / part).mkdir(parents=True)
    with box.open("wb") as file:
        for number, mail in enumerate(mails(count)):
            (maildir / "cur" / f"{1780000000 + number}.M{number}.bench:2,S").write_bytes(mail)
            file.write(b"From - Sat May 30 14:21:12 2026\n" + mail + b"\n")
    return maildir, box


def add_large(maildir: Path, box: Path) -> None:
    """One mail of 100 MB to each."""
    head = f"From: {PEOPLE[0]}\nTo: {ME}\nSubject: plans\nDate: {format_datetime(NOW)}\n\n".encode()
    line = b"U2VociBsYW5nZXIgQW5oYW5nIHNlaHIgbGFuZ2VyIEFuaGFuZyBzZWhyIGxhbmdlciBBbmhhbmc=\n"
    with (maildir / "cur" / "1790000000.large.bench:2,S").open("wb") as one, box.open("ab") as other:
        other.write(b"From - Sat May 30 14:21:12 2026\n")
        for file in (one, other):
            file.write(head)
            for _ in range(LARGE // len(line)):
                file.write(line)


def directory() -> Directory:
    """200 people, each with a deal."""
    return Directory(
        [(address, number) for number, address in enumerate(PEOPLE)],
        [KnownPerson(number, f"Firm {number}", (number,)) for number in range(len(PEOPLE))],
        [KnownDeal(number, f"Deal {number}", NOW - timedelta(days=90), None) for number in range(len(PEOPLE))],
        [ME],
    )


def ours(source: Path) -> int:
    """Read and decided."""
    return len(decide_letters(read_mail([str(source)], now=NOW), directory(), {}, NOW).verdicts)


def theirs(maildir: Path) -> int:
    """Their headers read by the standard library."""
    parser, count = BytesHeaderParser(), 0
    for path in (maildir / "cur").iterdir():
        with path.open("rb") as file:
            parser.parse(file)
        count += 1
    return count


def measure(runs: dict[str, Callable[[], int]], rounds: int) -> dict[str, float]:
    """Seconds of the processor, of each the best round."""
    best: dict[str, float] = {}
    for _ in range(rounds):
        for name, run in runs.items():
            begun = time.process_time()
            run()
            taken = time.process_time() - begun
            best[name] = min(best.get(name, taken), taken)
    return best


def memory_of(source: Path) -> float:
    """Megabytes that a process of its own has needed at most."""
    words = [sys.executable, "-m", "benchmarks.mail", MEASURE_MEMORY, str(source)]
    done = subprocess.run(words, cwd=REPOSITORY, capture_output=True, check=True, text=True)
    return float(done.stdout)


def main() -> None:
    """Prints the ratios and the memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(MEASURE_MEMORY, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.memory_of:
        ours(options.memory_of)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024))
        return
    with tempfile.TemporaryDirectory() as name:
        maildir, box = generate(Path(name), options.mails)
        runs = {"library": lambda: theirs(maildir), "Maildir": lambda: ours(maildir), "mbox": lambda: ours(box)}
        best = measure(runs, options.rounds)
        print(f"{options.mails:,} mails; the standard library reads their headers in {best['library']:.2f} s")
        for kind in ("Maildir", "mbox"):
            print(f"{kind:8} {best[kind] / best['library']:5.2f} times that   (at most {MOST_TIME})")
        add_large(maildir, box)
        for kind, source in (("Maildir", maildir), ("mbox", box)):
            print(f"{kind:8} {memory_of(source):5.0f} MB, with one mail of 100 MB   (less than {MOST_MEGABYTES})")


if __name__ == "__main__":
    main()
