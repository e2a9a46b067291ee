"""The words for stages, outcomes and lost reasons that files use, and which of ours they mean."""

from __future__ import annotations

from functools import cache

from pipeline_cli.domain.playbook import OUTCOMES, Pipeline, Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.presets import header_key
from pipeline_cli.domain.words.text import nearest, quoted

OPEN = "open"
_WORDS = {
    "won": "won win closedwon closeswon dealwon wonclosed",
    "lost": "lost closedlost deallost lostclosed",
    "disqualified": "disqualified unqualified notqualified closeddisqualified closedunqualified",
    OPEN: "open active inprogress ongoing pending snoozed reopened",
}
_OUTCOME_OF = {word: outcome for outcome, words in _WORDS.items() for word in words.split()}


class StageWord(NamedTuple):
    """What a cell of a stage or status column says: a stage, or an outcome, perhaps with its reason."""

    stage: str | None = None
    outcome: str | None = None
    """won | lost | disqualified | open"""
    reason: str | None = None
    """The lost reason, when the word was one."""


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
        """A stage by id or name; else an outcome; else a lost reason. None: none of them."""
        if text in OUTCOMES:
            return StageWord(outcome=text)
        key = header_key(text)
        stage = self._stages[pipeline].get(key)
        return StageWord(stage=stage) if stage else self.status(text)

    def status(self, text: str) -> StageWord | None:
        """An outcome, `open` among them, or a lost reason."""
        key = header_key(text)
        if key in _OUTCOME_OF:
            return StageWord(outcome=_OUTCOME_OF[key])
        reason = self._every_reason.get(key)
        return StageWord(outcome="lost", reason=reason) if reason else None

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
        stages = [stage for p in self.playbook.pipelines if p.id == pipeline for stage in p.stage_ids]
        return (
            f"{quoted(text)} is no stage of {pipeline}: {', '.join([*stages, *OUTCOMES])}. Name the one it is: "
            f'--value-map "stage:{text}={_guess(text, (*stages, *OUTCOMES))}"'
        )

    def unknown_status(self, text: str) -> str:
        """The sentence for a word that is no status."""
        words = ", ".join((OPEN, *OUTCOMES))
        return f'{quoted(text)} is no status: {words}. Name the one it is: --value-map "status:{text}=open"'

    def unknown_pipeline(self, text: str) -> str:
        """The sentence for a word that is no pipeline."""
        known = [pipeline.id for pipeline in self.playbook.pipelines]
        return (
            f"{quoted(text)} is no pipeline of pipeline.yaml: {', '.join(known)}. Name the one it is: "
            f'--value-map "pipeline:{text}={_guess(text, tuple(known))}"'
        )


@cache
def _guess(text: str, known: tuple[str, ...]) -> str:
    """The one that was most likely meant, else the first; once for a word that stands in every row."""
    return nearest(text, known) or known[0]


def _stage_words(pipeline: Pipeline) -> dict[str, str]:
    words = {header_key(stage.name): stage.id for stage in reversed(pipeline.stages)}
    return {**words, **{header_key(stage.id): stage.id for stage in pipeline.stages}}
