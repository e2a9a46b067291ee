"""The words for stages, outcomes and lost reasons that files use, and which of ours they mean."""

from __future__ import annotations

from pipeline_cli.domain.playbook import OUTCOMES, Pipeline, Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.outcome_words import OPEN, known_outcome, outcome_inside, plain_outcome
from pipeline_cli.domain.words.presets import header_key
from pipeline_cli.domain.words.stage_names import meanings
from pipeline_cli.domain.words.text import quoted
from pipeline_cli.exchange.mapping import value_map_hint

STATUSES = (OPEN, *OUTCOMES)


class StageWord(NamedTuple):
    """What a cell of a stage or status column says: a stage, or an outcome, perhaps with its reason or the stage."""

    stage: str | None = None
    outcome: str | None = None
    """won | lost | disqualified | open"""
    reason: str | None = None
    """The lost reason, when the word was one."""
    by_part: bool = False
    """Only a word of the text says so, as in `G. Project Won`."""


class Vocabulary:
    """The words of one playbook. Ids and names are compared without case, spaces and punctuation."""

    def __init__(self, playbook: Playbook) -> None:
        self.playbook = playbook
        self._every_reason = {header_key(reason): reason for reason in playbook.every_lost_reason}
        self._reasons = {
            pipeline.id: {header_key(reason): reason for reason in playbook.lost_reasons_in(pipeline)}
            for pipeline in playbook.pipelines
        }
        self._stages = {pipeline.id: _stage_words(pipeline) for pipeline in playbook.pipelines}
        self._pipelines = {
            header_key(name): pipeline.id
            for pipeline in reversed(playbook.pipelines)
            for name in (pipeline.name, pipeline.id)
        }

    def pipeline(self, text: str) -> str | None:
        """The id of a pipeline by its id or name."""
        return self._pipelines.get(header_key(text))

    def stage(self, text: str, pipeline: str) -> StageWord | None:
        """A stage by id, name or what other languages call it; else an outcome; else a lost reason. None: none of them."""
        if text in OUTCOMES:
            return StageWord(outcome=text)
        stage = self._stages[pipeline].get(header_key(text))
        if stage:
            return StageWord(stage=stage)
        said = self.status(text, by_part=False)
        if said and said.outcome == OPEN and plain_outcome(text) is None:
            said = None  # `On hold` says nothing of the stage, and the first one would be a guess
        return said or self._translated(text, pipeline) or self._outcome_inside(text, pipeline)

    def status(self, text: str, *, by_part: bool = True) -> StageWord | None:
        """An outcome, `open` among them, or a lost reason; `by_part`: also where one word of several is an outcome."""
        outcome = plain_outcome(text)
        reason = None if outcome else self._every_reason.get(header_key(text))
        if reason:
            return StageWord(outcome="lost", reason=reason)
        outcome = outcome or known_outcome(text)
        if outcome:
            return StageWord(outcome=outcome)
        inside = outcome_inside(text) if by_part else None
        return StageWord(outcome=inside.outcome, by_part=True) if inside else None

    def _translated(self, text: str, pipeline: str) -> StageWord | None:
        """`Bedarfsanalyse` where the pipeline has Needs Analysis: the first stages of other programs are known by name."""
        meant = meanings(text)
        found = [
            stage.id
            for one in self.playbook.pipelines
            if meant and one.id == pipeline
            for stage in one.stages
            if meant & (meanings(stage.name) | meanings(stage.id))
        ]
        return StageWord(stage=found[0]) if len(found) == 1 else None

    def _outcome_inside(self, text: str, pipeline: str) -> StageWord | None:
        inside = outcome_inside(text)
        if inside is None:
            return None
        stage = self._stages[pipeline].get(header_key(inside.rest)) if inside.rest else None
        return StageWord(stage=stage, outcome=inside.outcome, by_part=True)

    def reason(self, text: str, pipeline: str) -> str | None:
        """A lost reason of the pipeline's list; None: it is not there, which is kept and warned of."""
        return self._reasons[pipeline].get(header_key(text))

    def pipeline_with(self, text: str) -> str | None:
        """The one pipeline that has a stage of that name; None when none or several have."""
        key = header_key(text)
        found = [pipeline for pipeline, words in self._stages.items() if key in words]
        return found[0] if len(found) == 1 else None

    def unknown_stage(self, text: str, pipeline: str) -> str:
        """The message that lists the stages and gives the --value-map to type."""
        known = self.stages_and_outcomes(pipeline)
        hint = value_map_hint("stage", text, [word for word in known if word not in OUTCOMES])
        return f"{quoted(text)} is no stage of {pipeline}: {', '.join(known)}. Name the one it is: {hint}"

    def stages_and_outcomes(self, pipeline: str) -> tuple[str, ...]:
        """What a cell of the column of stages may say."""
        return (*self.playbook.pipeline_of(pipeline).stage_ids, *OUTCOMES)

    def unknown_status(self, text: str) -> str:
        """The sentence for a word that is no status."""
        hint = value_map_hint("status", text)
        return f"{quoted(text)} is no status: {', '.join(STATUSES)}. Name the one it is: {hint}"

    def unknown_pipeline(self, text: str) -> str:
        """The sentence for a word that is no pipeline."""
        known = tuple(pipeline.id for pipeline in self.playbook.pipelines)
        hint = value_map_hint("pipeline", text, known)
        return f"{quoted(text)} is no pipeline of pipeline.yaml: {', '.join(known)}. Name the one it is: {hint}"


def _stage_words(pipeline: Pipeline) -> dict[str, str]:
    words = {header_key(stage.name): stage.id for stage in reversed(pipeline.stages)}
    return {**words, **{header_key(stage.id): stage.id for stage in pipeline.stages}}
