"""Every template is a file that works, and says that its numbers are guesses."""

from __future__ import annotations

import pytest

from pipeline_cli.config.full_check import check_in_full
from pipeline_cli.config.template_files import template_names, template_text
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.playbook import Playbook


def playbook(name: str) -> Playbook:
    checked = check_in_full(template_text(name))
    assert checked.playbook is not None
    return checked.playbook


@pytest.mark.parametrize("name", template_names())
def test_a_template_is_valid_without_a_warning(name: str) -> None:
    checked = check_in_full(template_text(name))
    assert (checked.problems, checked.warnings) == ((), ())


@pytest.mark.parametrize("name", template_names())
def test_a_template_says_that_its_numbers_are_guesses(name: str) -> None:
    assert "Every number here is a guess" in template_text(name).partition("version: 1")[0]


@pytest.mark.parametrize("name", template_names())
def test_a_template_leaves_the_time_zone_to_the_machine_and_asks_for_something_in_each_stage(name: str) -> None:
    pipeline_forecast = playbook(name)
    assert (pipeline_forecast.time_zone, pipeline_forecast.database, pipeline_forecast.currency) == (
        None,
        "pipeline.db",
        "EUR",
    )
    assert all(stage.exit_criteria and stage.next_actions for stage in pipeline_forecast.default_pipeline.stages)


@pytest.mark.parametrize(
    ("name", "stages"),
    [
        ("services", ("prospecting", "qualification", "proposal", "negotiation", "commit")),
        ("radar", ("discover", "explore", "buy", "engage")),
        ("classic", ("prospecting", "qualifying", "connecting", "closing")),
        ("aida", ("attention", "interest", "desire", "action")),
        (
            "full",
            ("prospecting", "qualification", "meeting", "proposal", "negotiation", "contract", "purchase"),
        ),
    ],
)
def test_a_template_has_the_stages_its_name_promises(name: str, stages: tuple[str, ...]) -> None:
    assert playbook(name).default_pipeline.stage_ids == stages


def test_radar_names_what_each_stage_is_for() -> None:
    names = [stage.name for stage in playbook("radar").default_pipeline.stages]
    assert names == ["Discover (reach)", "Explore (depth)", "Buy (depth)", "Engage (relationship)"]


def test_the_default_template_shows_several_kinds_of_criteria_and_an_alternative() -> None:
    criteria = [
        criterion for stage in playbook("services").default_pipeline.stages for criterion in stage.exit_criteria
    ]
    kinds = {criterion.kind for criterion in criteria}
    assert kinds == {"field", "touchpoint", "confirm", "qualified", "value", "next_step"}
    assert [criterion.id for criterion in criteria if criterion.any_of == "sponsor"] == ["champion", "buyer"]


def test_a_template_that_does_not_exist_is_refused_with_the_list() -> None:
    with pytest.raises(UsageError) as refused:
        template_text("sas")
    assert str(refused.value) == (
        "There is no template 'sas': did you mean saas? "
        "The templates are services, saas, ecommerce, aida, radar, classic, full."
    )
    with pytest.raises(UsageError):
        template_text("../../../pyproject")
