"""The words for won, lost, disqualified and open that exports use, in English, German, French, Spanish and Portuguese."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.names import normalise

OPEN = "open"

_PLAIN_WORDS = {
    "won": "won win closedwon closeswon dealwon wonclosed",
    "lost": "lost closedlost deallost lostclosed",
    "disqualified": "disqualified unqualified notqualified closeddisqualified closedunqualified",
    OPEN: "open active inprogress ongoing pending snoozed reopened",
}
"""They mean this even where pipeline.yaml has a lost reason of the same name."""

_FURTHER_WORDS = {
    "won": "wins success successful sold signedandwon closedwin dealclosedwon "
    "gewonnen gewonnene abgeschlossengewonnen abgeschlossenundgewonnen geschlossengewonnen geschlossenundgewonnen "
    "abschlussgewonnen auftragerhalten auftraggewonnen verkauft erfolgreich "
    "gagne gagnee gagnes fermegagne fermeegagnee fermeetgagne cloturegagne clotureegagnee clotgagne conclu conclue "
    "remporte remportee vendu vendue affairegagnee affaireconclue "
    "ganado ganada ganados cerradoganado cerradaganada cerradoyganado cerradacomoganada cierreganado cierreexitoso vendido "
    "vendida exitoso "
    "ganho ganha ganhos fechadoganho fechadaganha fechadoeganho fechadocomoganho negociofechado negocioganho conquistado "
    "conquistada",
    "lost": "loss lose losses closedloss dead deaddeal deadlead abandoned closedlosttocompetition closedlosttocompetitor "
    "losttocompetition losttocompetitor cancelled canceled dropped declined rejected "
    "verloren verlorene abgeschlossenverloren abgeschlossenundverloren geschlossenverloren geschlossenundverloren "
    "abschlussverloren verlorenandenwettbewerb verlorenanmitbewerber verlorenanwettbewerb entgangen abgelehnt absage "
    "abgesagt storniert aufgegeben "
    "perdu perdue perdus fermeperdu fermeeperdue fermeetperdu clotureperdu clotureeperdue clotperdu abandonne abandonnee "
    "annule annulee refuse refusee affaireperdue "
    "perdido perdida perdidos cerradoperdido cerradaperdida cerradoyperdido cerradacomoperdida cierreperdido cancelado "
    "cancelada rechazado rechazada abandonado abandonada muerto "
    "fechadoperdido fechadaperdida fechadoeperdido fechadocomoperdido negocioperdido recusado recusada morto",
    "disqualified": "junk unqualifiedlead notinterested unqualifiziert nichtqualifiziert disqualifiziert nonqualifie "
    "nonqualifiee disqualifie disqualifiee nocalificado nocalificada nocualificado nocualificada descalificado "
    "descalificada naoqualificado naoqualificada desqualificado desqualificada",
    OPEN: "working live onhold stalled current currentdeal undecided "
    "offen aktiv inbearbeitung laufend inarbeit wartend "
    "ouvert ouverte encours actif active enattente "
    "abierto abierta enproceso encurso enprogreso activo activa pendiente "
    "aberto aberta emaberto emandamento emprogresso ativo ativa pendente",
}
_PLAIN = {word: outcome for outcome, words in _PLAIN_WORDS.items() for word in words.split()}
_FURTHER = {word: outcome for outcome, words in _FURTHER_WORDS.items() for word in words.split()}

_INSIDE_WORDS = {
    "won": "won gewonnen gewonnene gagne gagnee gagnes remporte remportee ganado ganada ganho ganha conquistado",
    "lost": "lost verloren verlorene entgangen perdu perdue perdus perdido perdida perdidos dead abandoned",
}
"""What a longer text may say among other words, as in `G. Project Won`."""
_INSIDE = {outcome: frozenset(words.split()) for outcome, words in _INSIDE_WORDS.items()}
_NOT_WORDS = "not no never isnt nicht kein keine nie pas non jamais nunca nao sin sem almost fast presque casi"
_NOT = frozenset(_NOT_WORDS.split())
_BESIDE_WORDS = (
    "closed close closing deal deals lead opportunity project at in during after to as and the of stage phase "
    "geschlossen abgeschlossen abschluss und bei in nach phase projekt "
    "ferme fermee cloture cloturee et en apres etape affaire "
    "cerrado cerrada cierre y en etapa como negocio "
    "fechado fechada e em na no apos fase"
)
_BESIDE = frozenset(_BESIDE_WORDS.split())
"""Words around an outcome that name no stage."""


class InsideText(NamedTuple):
    """An outcome that a longer text names."""

    outcome: str
    rest: str
    """The other words of the text, those around an outcome left out: perhaps a stage."""


@lru_cache(maxsize=4096)
def plain_key(text: str) -> str:
    """Letters and digits alone, in lower case and without accents: `Geschlossen & gewonnen` is `geschlossengewonnen`."""
    return "".join(filter(str.isalnum, normalise(text)))


def plain_outcome(text: str) -> str | None:
    """won, lost, disqualified or open, of the words that always mean it."""
    return _PLAIN.get(plain_key(text))


def known_outcome(text: str) -> str | None:
    """The same, of all words that are known: `Verloren`, `Closed Lost to Competition`, `dead`."""
    key = plain_key(text)
    return _PLAIN.get(key) or _FURTHER.get(key)


def outcome_inside(text: str) -> InsideText | None:
    """`G. Project Won`, `Proposal – lost`; None where no word of it is an outcome, several are, or it is denied."""
    words = re.findall(r"[^\W_]+", normalise(text))
    found = {outcome for outcome, known in _INSIDE.items() if not known.isdisjoint(words)}
    if len(found) != 1 or not _NOT.isdisjoint(words):
        return None
    outcome = found.pop()
    return InsideText(outcome, _without(words, _INSIDE[outcome]))


def _without(words: Collection[str], outcome: frozenset[str]) -> str:
    return " ".join(word for word in words if word not in outcome and word not in _BESIDE and len(word) > 1)
