"""Where pipeline.yaml is looked for, what stops it from being read, and what is remembered of it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline_cli.config.pipeline_file import LoadedPlaybook, find_pipeline_file, load_playbook
from pipeline_cli.config.template_files import template_names, template_text
from pipeline_cli.domain.errors import PlaybookError, SetupError

REPOSITORY = Path(__file__).parents[2]
SHARED_DATA = REPOSITORY.parent / "shared" / "data"
KINDS = "field, touchpoint, qualified, score, next_step, value, confirm"
TWO_STAGES = "version: 1\npipelines: {p: {stages: [{id: a, probability: 5}, {id: b, probability: 20}]}}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, text: str = TWO_STAGES) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path: Path) -> str:
    with pytest.raises(SetupError) as refused:
        load_playbook(path, None)
    assert refused.value.exit_code == 3
    return str(refused.value)


def test_the_option_goes_before_the_variable_before_the_folders_before_the_users_own(folder: Path) -> None:
    option, variable = write(folder / "option.yaml"), write(folder / "variable.yaml")
    here, above = write(folder / "a/b/pipeline.yaml"), write(folder / "a/pipeline.yaml")
    users, cwd = write(folder / "home/pipeline.yaml"), folder / "a/b"
    environ = {"PIPELINE_CONFIG": "../../variable.yaml"}
    found = find_pipeline_file("../../option.yaml", environ, cwd, users.parent)
    assert found is not None
    assert found.samefile(option)
    found = find_pipeline_file(None, environ, cwd, users.parent)
    assert found is not None
    assert found.samefile(variable)
    assert find_pipeline_file(None, {"PIPELINE_CONFIG": ""}, cwd, users.parent) == here
    here.unlink()
    assert find_pipeline_file(None, {}, cwd, users.parent) == above
    above.unlink()
    assert find_pipeline_file(None, {}, cwd, users.parent) == users
    users.unlink()
    assert find_pipeline_file(None, {}, cwd, users.parent) is None


@pytest.mark.parametrize(
    ("named", "environ", "said"),
    [
        (
            "mistyped.yaml",
            {},
            "mistyped.yaml: there is no such file, but --config names it: correct the path, or leave --config out",
        ),
        (
            None,
            {"PIPELINE_CONFIG": "gone.yaml"},
            (
                "gone.yaml: there is no such file, but PIPELINE_CONFIG names it: "
                "correct the path, or leave PIPELINE_CONFIG out"
            ),
        ),
        ("", {}, "(nothing): there is no such file, but --config names it: correct the path, or leave --config out"),
    ],
)
def test_a_named_file_that_is_missing_is_an_error_though_another_is_there(
    folder: Path, named: str | None, environ: dict[str, str], said: str
) -> None:
    write(folder / "pipeline.yaml")
    with pytest.raises(SetupError) as refused:
        find_pipeline_file(named, environ, folder, folder)
    assert str(refused.value) == said


def test_a_link_that_leads_nowhere_is_found_and_then_refused(folder: Path) -> None:
    (folder / "pipeline.yaml").symlink_to(folder / "moved.yaml")
    found = find_pipeline_file(None, {}, folder, folder)
    assert found == folder / "pipeline.yaml"
    assert refusal(found) == "pipeline.yaml: there is no such file: correct the path, or run `pipeline init`"


def test_a_folder_is_no_pipeline_file(folder: Path) -> None:
    (folder / "sales").mkdir()
    assert refusal(Path("sales")) == "sales: this is a folder: name the file in it, such as sales/pipeline.yaml"


def test_a_pipe_without_an_end_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    assert refusal(Path("pipe")) == "pipe: this is not a regular file: name a file of text"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_nobody_may_read_is_refused(folder: Path) -> None:
    write(folder / "pipeline.yaml").chmod(0)
    assert refusal(Path("pipeline.yaml")) == "pipeline.yaml: no permission to read this file: change its permissions"


def test_a_name_no_file_can_have_is_refused(folder: Path) -> None:
    assert refusal(Path("x" * 300)).endswith(": this file cannot be read (File name too long): correct the path")


def test_a_file_that_is_not_utf8_is_refused_at_the_first_wrong_byte(folder: Path) -> None:
    (folder / "pipeline.yaml").write_bytes(b"version: 1\ncurrency: \xe4\n")
    assert refusal(Path("pipeline.yaml")) == "pipeline.yaml:2:11: this is not UTF-8 text: save the file as UTF-8"
    (folder / "pipeline.yaml").write_bytes("version: 1\n".encode("utf-16"))
    assert refusal(Path("pipeline.yaml")) == "pipeline.yaml:1:1: this is not UTF-8 text: save the file as UTF-8"


def test_a_byte_order_mark_and_windows_line_ends_make_no_difference(folder: Path) -> None:
    plain = load_playbook(write(folder / "plain.yaml"), None).playbook
    (folder / "windows.yaml").write_bytes(b"\xef\xbb\xbf" + TWO_STAGES.replace("\n", "\r\n").encode())
    assert load_playbook(Path("windows.yaml"), None).playbook == plain


def test_a_file_over_one_megabyte_is_refused(folder: Path) -> None:
    write(folder / "pipeline.yaml", TWO_STAGES + "#" * (1_000_001 - len(TWO_STAGES)))
    assert refusal(Path("pipeline.yaml")) == (
        "pipeline.yaml:1:1: the file is over 1 MB: a pipeline.yaml holds the stages, not the deals"
    )
    write(folder / "pipeline.yaml", TWO_STAGES + "#" * (1_000_000 - len(TWO_STAGES)))
    assert load_playbook(Path("pipeline.yaml"), None).fresh


def test_an_empty_file_is_no_default(folder: Path) -> None:
    write(folder / "pipeline.yaml", "")
    assert refusal(Path("pipeline.yaml")) == (
        "pipeline.yaml:1:1: the file is empty: restore yours, or let `pipeline init` write one elsewhere"
    )


def test_every_problem_of_the_broken_sample_is_named_in_the_order_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    with pytest.raises(PlaybookError) as refused:
        load_playbook(REPOSITORY / "sample_data" / "broken-pipeline.yaml", None)
    assert [problem.removeprefix("sample_data/broken-pipeline.yaml:") for problem in refused.value.problems] == [
        "4:1: `curency` is not a known key: did you mean `currency`?",
        "5:12: `time_zone` is `Europe/Berlinn`: write a zone such as Europe/Berlin; did you mean Europe/Berlin?",
        "7:14: `per` is `week`: write month or quarter or year",
        "14:22: `probability` is `140`: write a percentage from 0 to 100",
        "16:88: `cal` is not one of `touchpoint_kinds`: did you mean `call`?",
        f"17:13: the exit criterion `problem` has no kind: add one of {KINDS}",
        "18:48: the exit criterion `budget` has 2 kinds, field and confirm: keep one",
        "21:9: `probability` is given twice, first in line 20: keep one of them",
        "22:9: `exit_critera` is not a known key: did you mean `exit_criteria`?",
        "23:13: the stage `proposal` is there already, in line 19: give it another name",
        "25:13: `won` is an outcome, not a stage: remove it, or use another id",
        "28:45: `nead` is not one of the qualification items: did you mean `need`?",
        "30:21: `grace_days` is `soon`: write a whole number from 0 to 365",
        "30:50: `{titel}` is not a known placeholder: did you mean `{title}`?",
    ]


def test_no_more_than_fifty_problems_are_listed(folder: Path) -> None:
    write(folder / "pipeline.yaml", TWO_STAGES + "".join(f"zz{n}: 1\n" for n in range(70)))
    lines = refusal(Path("pipeline.yaml")).splitlines()
    assert len(lines) == 51
    assert lines[-1] == "pipeline.yaml: and 20 more problems: correct these first"


def test_a_checked_file_is_known_the_next_time_with_its_warnings(folder: Path) -> None:
    path, cache = write(folder / "pipeline.yaml"), folder / "cache"
    warning = "pipeline.yaml:2:17: `p` has 2 stages, which hides where deals die: five to seven suit most"
    first, second = load_playbook(path, cache), load_playbook(path, cache)
    assert (first.warnings, first.fresh) == ((warning,), True)
    assert second == LoadedPlaybook(first.playbook, (warning,), fresh=False)


def test_a_changed_file_is_checked_anew(folder: Path) -> None:
    path, cache = write(folder / "pipeline.yaml"), folder / "cache"
    load_playbook(path, cache)
    write(path, TWO_STAGES.replace("probability: 20", "probability: 21"))
    changed = load_playbook(path, cache)
    assert changed.fresh
    assert changed.playbook.default_pipeline.stages[1].probability == 0.21


def test_a_broken_file_is_never_remembered(folder: Path) -> None:
    path, cache = write(folder / "pipeline.yaml", "version: 2\n"), folder / "cache"
    for _ in range(2):
        with pytest.raises(PlaybookError):
            load_playbook(path, cache)
    assert not cache.exists()


EVERYTHING = """\
exchange_rates: {USD: 0.333333333333, GBP: 1.17}
sources: [NO, web]
quota: {per: year, amount: 0.1}
time_zone: Europe/Berlin
qualification: {ideal_customer: {countries: [NO]}}
imports: {old: {map: {title: Título}, value_map: {stage: {"Closed Won": won}}}}
"""


@pytest.mark.parametrize("text", [TWO_STAGES + EVERYTHING, *(template_text(name) for name in template_names())])
def test_what_is_remembered_is_exactly_what_was_read(folder: Path, text: str) -> None:
    path, cache = write(folder / "pipeline.yaml", text), folder / "cache"
    first, second = load_playbook(path, cache), load_playbook(path, cache)
    assert (first.fresh, second.fresh) == (True, False)
    # A list equals no tuple and a float may equal a Fraction: repr tells all of them apart.
    assert repr(second.playbook) == repr(first.playbook)
    assert second.playbook == first.playbook


@pytest.mark.parametrize("damage", ["empty", "cut", "changed", "not JSON", "folder"])
def test_a_damaged_record_is_ignored(folder: Path, damage: str) -> None:
    path, cache = write(folder / "pipeline.yaml"), folder / "cache"
    first = load_playbook(path, cache)
    (record,) = cache.iterdir()
    content = record.read_bytes()
    damaged = {"empty": b"", "cut": content[:-20], "changed": content.replace(b"0.05", b"0.95"), "not JSON": b"\xff\n{"}
    if damage == "folder":
        record.unlink()
        record.mkdir()
    else:
        record.write_bytes(damaged[damage])
    assert load_playbook(path, cache) == first


def test_records_are_for_their_owner_alone_and_leave_no_other_files(folder: Path) -> None:
    load_playbook(write(folder / "pipeline.yaml"), folder / "deep" / "cache")
    (record,) = (folder / "deep" / "cache").iterdir()
    assert stat.S_IMODE(record.stat().st_mode) == 0o600
    assert stat.S_IMODE(record.parent.stat().st_mode) == 0o700
    assert record.suffix == ".json"


def test_a_folder_that_cannot_be_written_costs_only_the_time_of_a_check(folder: Path) -> None:
    write(folder / "not-a-folder", "")
    path = write(folder / "pipeline.yaml")
    assert load_playbook(path, folder / "not-a-folder").fresh
    assert load_playbook(path, folder / "not-a-folder" / "below").fresh


def test_twenty_records_are_kept_and_nothing_of_others_is_touched(folder: Path) -> None:
    cache = folder / "cache"
    foreign = write(cache / "notes.json", "mine")
    for number in range(25):
        load_playbook(write(folder / "pipeline.yaml", f"{TWO_STAGES}# {number}\n"), cache)
    assert len(list(cache.iterdir())) == 21
    assert foreign.read_text(encoding="utf-8") == "mine"


def test_a_known_file_loads_neither_yaml_nor_pydantic(folder: Path) -> None:
    write(folder / "pipeline.yaml")
    code = (
        "import sys; from pathlib import Path; from pipeline_cli.config.pipeline_file import load_playbook;"
        "print(load_playbook(Path('pipeline.yaml'), Path('cache')).fresh,"
        " sorted({'yaml', 'pydantic', 'difflib', 'zoneinfo', 'tempfile'} & set(sys.modules)))"
    )
    environ = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    answers = [
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environ).stdout
        for _ in range(2)
    ]
    assert answers[0].startswith("True ['pydantic', ")
    assert "'yaml'" in answers[0]
    assert answers[1] == "False []\n"


@pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="the shared data is not beside the repository")
@pytest.mark.parametrize(
    ("name", "stages", "warnings"),
    [("bank", 6, 0), ("hygiene", 5, 0), ("leads1k", 7, 0), ("leads10k", 7, 0), ("maven", 2, 1)],
)
def test_the_files_of_the_real_data_are_read(name: str, stages: int, warnings: int) -> None:
    loaded = load_playbook(SHARED_DATA / name / "pipeline.yaml", None)
    assert (len(loaded.playbook.default_pipeline.stages), len(loaded.warnings)) == (stages, warnings)
