"""What no key of pipeline.yaml may be, in the exact words of the messages."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline_cli.config.full_check import check_in_full
from pipeline_cli.config.schema import ExitCriterion, PlaybookFile, StageEntry
from tests.config.small_file import SMALLEST, problems, with_stage


def test_what_is_missing_is_named_with_what_to_add() -> None:
    assert problems("currency: EUR\n") == [
        "1:1: `pipelines` is missing: add `pipelines:` with at least one pipeline, as `pipeline init` writes it",
        "1:1: `version` is missing: add `version: 1`",
    ]
    assert problems("version: 1\npipelines:\n  p: {}\n  q:\n    stages:\n      - name: X\nquota: {}\n") == [
        "3:6: `stages` is missing: add `stages:` with a list of stages",
        "6:9: `id` is missing: add `id:`, a short name such as `first_call`",
        (
            "6:9: `probability` is missing: "
            "add `probability:`, your guess of the percentage of deals reaching this stage that are won"
        ),
        "7:8: `amount` is missing: add `amount:`, such as 20000",
        "7:8: `per` is missing: add `per: month`, `quarter` or `year`",
    ]
    assert problems(with_stage("probability: 5, exit_criteria: [{id: x, confirm: true}]")) == [
        "4:48: `text` is missing: add `text:`, the sentence people read"
    ]


def test_an_unknown_key_is_pointed_at_with_the_nearest_known_one() -> None:
    assert problems("verison: 1\n" + SMALLEST) == ["1:1: `verison` is not a known key: did you mean `version`?"]
    assert problems(with_stage("probability: 5, max_day: 3")) == [
        "4:32: `max_day` is not a known key: did you mean `max_days`?"
    ]
    assert problems(SMALLEST + "quota: {per: month, amount: 1, xyzzy: 2}\n") == [
        "3:32: `xyzzy` is not a known key: remove it, or use one of per, amount"
    ]
    assert problems(SMALLEST + "imports: {map: {prest: hubspot}}\n") == [
        "3:17: `prest` is not a known key: did you mean `preset`?"
    ]


def test_a_comma_in_braces_that_made_a_key_of_a_text_is_explained() -> None:
    assert problems(with_stage("probability: 5, name: Scope, price and start are agreed")) == [
        "4:45: `price and start are agreed` is not a known key: put text that holds a comma or a colon in quotes"
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("currency: euro", "3:11: `currency` is `euro`: write the three letters of a currency, such as EUR"),
        (
            "time_zone: Berlin",
            "3:12: `time_zone` is `Berlin`: write a zone such as Europe/Berlin; did you mean Europe/Berlin?",
        ),
        (
            "time_zone: Europe/Berlinn",
            "3:12: `time_zone` is `Europe/Berlinn`: write a zone such as Europe/Berlin; did you mean Europe/Berlin?",
        ),
        ("time_zone: 5", "3:12: `time_zone` is `5`: write a zone such as Europe/Berlin"),
        ("time_zone: ../../etc/passwd", "3:12: `time_zone` is `../../etc/passwd`: write a zone such as Europe/Berlin"),
        ("database: ''", "3:11: `database` is empty: write the name of a file, such as pipeline.db"),
        ("database: deals/", "3:11: `database` is `deals/`: write the name of a file, such as pipeline.db"),
        (
            "exchange_rates: {USD: 0}",
            "3:23: `USD` is `0`: write what one unit of it is worth in the currency of the file, such as 0.92",
        ),
        (
            "exchange_rates: {dollar: 0.92}",
            "3:18: `dollar` cannot be a name here: write the three letters of a currency, such as EUR",
        ),
        ("quota: {per: week, amount: 1}", "3:14: `per` is `week`: write month or quarter or year"),
        (
            "quota: {per: monht, amount: 1}",
            "3:14: `per` is `monht`: write month or quarter or year; did you mean `month`?",
        ),
        (
            "quota: {per: month, amount: 20.000.00}",
            "3:29: `amount` is `20.000.00`: write an amount such as 20000 or 1500.50, without a currency or separators",
        ),
        (
            "quota: {per: month, amount: 1.005}",
            "3:29: `amount` is `1.005`: write an amount such as 20000 or 1500.50, without a currency or separators",
        ),
        (
            "quota: {per: month, amount: nan}",
            "3:29: `amount` is `nan`: write an amount such as 20000 or 1500.50, without a currency or separators",
        ),
        (
            "sources: inbound",
            "3:10: `sources` is `inbound`: write a list: `[one, two]`, or a line beginning with `- ` for each",
        ),
        ("sources: []", "3:10: `sources` is empty: name at least one"),
        ("sources: [[a]]", "3:11: `sources` contains a list: write text on one line, up to 500 characters"),
        ("sources: [a, '']", "3:14: `sources` has an empty item: write text on one line, up to 500 characters"),
        ("sources:", "3:9: `sources` has no value: write one, or remove the key"),
        ("prune:", "3:7: `prune` has no value: write one, or remove the key"),
        ("prune: soon", "3:8: `prune` is `soon`: write keys and values, indented under it"),
        ("prune: [1]", "3:8: `prune` is a list: write keys and values, indented under it"),
        ("exchange_rates: USD", "3:17: `exchange_rates` is `USD`: write keys and values, indented under it"),
        ("prune: {grace_days: 1.5}", "3:21: `grace_days` is `1.5`: write a whole number from 0 to 365"),
        ("prune: {idle_multiple: 0}", "3:24: `idle_multiple` is `0`: write a number from 0.1 to 100"),
        ("cadence: {days: [0, soon]}", "3:21: `days` contains `soon`: write a whole number from 0 to 3,650"),
        ("cadence: {days: [0, 010]}", "3:21: `days` contains `010`: write a whole number from 0 to 3,650"),
        (
            "qualification: {framework: bnat}",
            "3:28: `framework` is `bnat`: write bant or champ or meddic or custom; did you mean `bant`?",
        ),
        (
            "imports: {x: {encoding: klingon}}",
            "3:25: `encoding` is `klingon`: write the name of an encoding, such as cp1252 or utf-8",
        ),
        (
            "imports: {x y: {}}",
            "3:11: `x y` cannot be a name here: write up to 60 letters, digits, `_` and `-`, such as `first_call`",
        ),
        (
            "prune: {last_chance: {subject: {a: b}}}",
            "3:32: `subject` is a mapping: write text on one line, up to 500 characters",
        ),
    ],
)
def test_a_value_that_cannot_be_is_shown_with_what_to_write(line: str, said: str) -> None:
    assert problems(f"{SMALLEST}{line}\n") == [said]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("probability: 140", "4:29: `probability` is `140`: write a percentage from 0 to 100"),
        ("probability: -1", "4:29: `probability` is `-1`: write a percentage from 0 to 100"),
        ("probability: 5%", "4:29: `probability` is `5%`: write a percentage from 0 to 100"),
        ("probability: .nan", "4:29: `probability` is `.nan`: write a percentage from 0 to 100"),
        ("probability: 1e1", "4:29: `probability` is `1e1`: write a percentage from 0 to 100"),
        ("probability: ", "4:29: `probability` has no value: write a percentage from 0 to 100"),
        ("probability: 5, idle_after_days: 0", "4:49: `idle_after_days` is `0`: write a whole number from 1 to 3,650"),
        (
            "probability: 5, funnel: mid",
            "4:40: `funnel` is `mid`: write top or middle or bottom; did you mean `middle`?",
        ),
        (
            "probability: 5, category: comit",
            "4:42: `category` is `comit`: write omitted or pipeline or best_case or commit; did you mean `commit`?",
        ),
        (
            "probability: 5, exit_criteria: [{id: x, text: X, confirm: yes}]",
            "4:74: `confirm` is `yes`: write `true`, or remove the key",
        ),
        (
            "probability: 5, exit_criteria: [{id: x, text: X, confirm: }]",
            "4:74: `confirm` has no value: write one, or remove the key",
        ),
        (
            "probability: 5, exit_criteria: [{id: x, text: X, touchpoint: {direction: both}}]",
            "4:89: `direction` is `both`: write any or in or out",
        ),
        (
            "probability: 5, exit_criteria: [{id: x, text: X, score: 60}]",
            "4:72: `score` is `60`: write keys and values, indented under it",
        ),
        (
            'probability: 5, name: "\\e[31mred"',
            "4:38: `name` is `\\x1b[31mred`: write text on one line, up to 500 characters",
        ),
    ],
)
def test_a_value_in_a_stage_that_cannot_be_is_shown_with_what_to_write(keys: str, said: str) -> None:
    assert problems(with_stage(keys)) == [said]


def test_a_folder_of_the_time_zone_database_is_no_zone() -> None:
    (said,) = problems(SMALLEST + "time_zone: Europe\n")
    assert said.startswith("3:12: `time_zone` is `Europe`: write a zone such as Europe/Berlin")


def test_an_id_with_a_space_is_refused() -> None:
    assert problems(SMALLEST.replace("id: b", "id: first call")) == [
        "2:56: `id` is `first call`: write up to 60 letters, digits, `_` and `-`, such as `first_call`"
    ]


def test_only_version_one_is_read() -> None:
    assert problems(SMALLEST.replace("version: 1", "version: 2")) == [
        "1:10: `version` is `2`: write `version: 1`, the only one this program reads"
    ]


def test_a_pipeline_without_stages_is_refused() -> None:
    assert problems("version: 1\npipelines: {}\n") == ["2:12: `pipelines` is empty: name at least one"]
    assert problems("version: 1\npipelines: {p: {stages: []}}\n") == ["2:25: `stages` is empty: name at least one"]


def test_a_huge_value_is_not_echoed() -> None:
    assert problems(SMALLEST + "currency: " + "x" * 10_000 + "\n") == [
        "3:11: `currency` is `" + "x" * 40 + "…`: write the three letters of a currency, such as EUR"
    ]


def test_problems_of_the_yaml_the_schema_and_the_checks_come_together() -> None:
    text = (
        "version: 2\nversion: 2\n"
        "pipelines: {p: {stages: [{id: won, probability: 5}, {id: b, probability: x}]}}\n"
        "prune: {last_chance: *x}\n"
    )
    assert problems(text) == [
        "2:1: `version` is given twice, first in line 1: keep one of them",
        "2:10: `version` is `2`: write `version: 1`, the only one this program reads",
        "3:31: `won` is an outcome, not a stage: remove it, or use another id",
        "3:74: `probability` is `x`: write a percentage from 0 to 100",
        "4:22: `*x` is an alias or anchor: write the values out instead",
    ]


KEYS = st.sampled_from(
    [
        *PlaybookFile.model_fields,
        *StageEntry.model_fields,
        *ExitCriterion.model_fields,
        "kinds",
        "at_least",
        "required",
        "framework",
        "items",
        "min_yes",
        "last_chance",
        "subject",
        "days",
        "map",
        "nonsense",
    ]
)
TREES = st.recursive(
    st.sampled_from(["1", "5", "x", "won", "true", "custom", "{titel}", "0.5", "-3", "''", "null", '"\\e"']),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]")
        | st.dictionaries(KEYS, inner, max_size=4).map(
            lambda d: "{" + ", ".join(f"{k}: {v}" for k, v in d.items()) + "}"
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(key=KEYS, value=TREES, stage_key=KEYS, stage_value=TREES)
def test_no_shape_of_a_file_gets_past_the_messages(key: str, value: str, stage_key: str, stage_value: str) -> None:
    criterion = f"{{id: x, text: X, {stage_key}: {stage_value}}}"
    stages = f"[{{id: a, probability: 5, exit_criteria: [{criterion}], {stage_key}: {stage_value}}}]"
    checked = check_in_full(f"version: 1\npipelines: {{p: {{stages: {stages}}}}}\n{key}: {value}\n")
    assert (checked.playbook is None) == bool(checked.problems)
