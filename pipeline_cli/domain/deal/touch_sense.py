"""What a touchpoint was: a conversation, an attempt or an automatic reply; the one place where words are read for it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.text import quoted

CONVERSATION, ATTEMPT, AUTOMATIC = "conversation", "attempt", "automatic"
SENSES = (CONVERSATION, ATTEMPT, AUTOMATIC)

NO_ANSWER, VOICEMAIL, NO_SHOW, AUTO_REPLY = "no answer", "voicemail", "no show", "automatic reply"
"""The outcomes that options of `log` stand for, as they are kept."""

_LIVE = frozenset(
    """
    call|phone|phone call|telephone|cold call|conference call|conversation|meeting|meet|demo|demonstration|visit|video call|
    videocall|video|video conference|videoconference|zoom|teams|skype|facetime|google meet|webex|in person|on site|
    onsite|appointment|
    coffee|lunch|dinner|breakfast|workshop|interview|
    anruf|telefonat|telefon|gesprach|besprechung|treffen|termin|besuch|vorfuhrung|videoanruf|videogesprach|videokonferenz|
    mittagessen|
    appel|appel telephonique|telephone|rendez vous|rdv|reunion|rencontre|visite|demonstration|visioconference|visio|
    appel video|entretien|dejeuner|
    llamada|llamada telefonica|visita|demostracion|videollamada|videoconferencia|cita|encuentro|entrevista|almuerzo|
    chiamata|telefonata|riunione|incontro|dimostrazione|videochiamata|videoconferenza|appuntamento|colloquio|pranzo|
    chamada|ligacao|telefonema|reuniao|demonstracao|videochamada|encontro|almoco|
    gesprek|telefoongesprek|telefoontje|belletje|bezoekje|vergadering|afspraak|bezoek|demonstratie|videogesprek|videobellen
""".replace("\n", "")
    .replace("    ", "")
    .split("|")
)
"""Kinds at which both sides are there at once, without accents: English, German, French, Spanish, Italian, Portuguese,
Dutch."""

_WRITTEN = frozenset(
    """
    email|mail|message|letter|sms|text|text message|whatsapp|linkedin|linkedin message|inmail|dm|direct message|chat|fax|
    postcard|newsletter|form|web form|
    brief|nachricht|post|courriel|mel|lettre|messaggio|lettera|correo|correo electronico|carta|mensaje|mensagem|
    bericht|mailtje|mailing|signal|telegram|slack|xing
""".replace("\n", "")
    .replace("    ", "")
    .split("|")
)
"""Kinds that one side sends and the other reads later."""

_LIVE_ENDS = (
    "gesprach",
    "telefonat",
    "anruf",
    "besuch",
    "treffen",
    "besprechung",
    "vorfuhrung",
    "termin",
    "gesprek",
    "bezoek",
    "telefoontje",
    "videocall",
)
"""Of words that German and Dutch write as one: Erstgespräch, Kundenbesuch."""
_OF = frozenset(
    """
    de|d|di|da|do|du|del|della|van|mit|met|avec|con|com|with|about|after|before|for|on|in|at|to|via|by|
    nach|vor|wegen|apres|avant|pour|despues|antes|para|sobre|dopo|prima|per|apos|depois|na|voor|over
""".replace("\n", "")
    .replace("    ", "")
    .split("|")
)
"""Between what a kind is and what it was about: `call after offer`, `llamada de prueba`."""

_TOOK_PART = frozenset(
    """
    connected|reached|held|completed|spoke|spoken|talked|answered|took place|attended|met|
    erreicht|gesprochen|stattgefunden|gefuhrt|joint|tenu|realise|effectue|contactado|realizada|realizado|celebrada|
    raggiunto|svolta|svolto|effettuata|atendeu|realizada|bereikt|gesproken|gehouden
""".replace("\n", "")
    .replace("    ", "")
    .split("|")
)

_MISSED = frozenset(
    """
    no answer|not answered|unanswered|no response|no reply|not reached|unreached|did not answer|didnt answer|
    did not pick up|didnt pick up|nobody there|not available|unavailable|not connected|missed|missed call|no one answered|
    voicemail|voice mail|left voicemail|left a voicemail|left voice mail|answering machine|left message|left a message|
    left live message|left msg|message left|busy|line busy|wrong number|invalid number|disconnected|bad number|
    keine antwort|nicht erreicht|niemand erreicht|nicht abgenommen|mailbox|anrufbeantworter|besetzt|falsche nummer|
    pas de reponse|sans reponse|non joint|messagerie|messagerie vocale|repondeur|occupe|faux numero|mauvais numero|
    sin respuesta|no contesta|no contesto|buzon de voz|contestador|ocupado|numero equivocado|
    nessuna risposta|non risponde|non raggiunto|segreteria|segreteria telefonica|occupato|numero sbagliato|
    sem resposta|nao atendeu|nao atende|caixa postal|correio de voz|numero errado|
    geen antwoord|geen gehoor|niet bereikt|niet opgenomen|ingesprekstoon|in gesprek|bezet|verkeerd nummer
""".replace("\n", "")
    .replace("    ", "")
    .split("|")
)
"""Somebody rang and nobody was there."""

_NOT_HELD = frozenset(
    """
    no show|noshow|did not show|didnt show|did not show up|did not attend|did not come|not held|did not take place|
    cancelled|canceled|cancellation|rescheduled|postponed|declined|bounced|bounce|
    nicht erschienen|nicht gekommen|abgesagt|ausgefallen|verschoben|verlegt|unzustellbar|
    absent|ne sest pas presente|pas venu|annule|annulee|reporte|reportee|decale|
    no asistio|no se presento|cancelado|cancelada|aplazado|aplazada|reprogramado|reprogramada|rebotado|
    non presentato|non si e presentato|assente|annullato|annullata|rimandato|rimandata|rinviato|rinviata|
    nao compareceu|faltou|adiado|adiada|remarcado|remarcada|reagendado|reagendada|
    niet verschenen|niet komen opdagen|geannuleerd|afgezegd|verzet|uitgesteld
""".replace("\n", "")
    .replace("    ", "")
    .split("|")
)
"""It was to take place and did not."""

_BOOKED = frozenset(
    """
    scheduled|booked|planned|upcoming|to be held|geplant|vereinbart|gebucht|angesetzt|prevu|prevue|planifie|planifiee|
    programme|programmee|programado|programada|agendado|agendada|previsto|prevista|programmato|programmata|fissato|fissata|
    marcado|marcada|gepland|ingepland|afgesproken
""".replace("\n", "")
    .replace("    ", "")
    .split("|")
)
"""It is to take place, and nobody knows whether it did."""

_BY_MACHINE = frozenset(
    """
    automatic reply|automatic response|automatic|automated reply|automated response|auto reply|autoreply|auto response|
    autoresponse|auto responder|autoresponder|auto|out of office|out of the office|ooo|away message|vacation reply|
    delivery report|delivery receipt|delivery failure|delivery failed|delivery status notification|undeliverable|
    undelivered|non delivery report|ndr|read receipt|bounced|bounce|mail delivery failed|
    automatische antwort|abwesenheitsnotiz|abwesenheit|abwesend|abwesenheitsassistent|nicht im buro|unzustellbar|
    lesebestatigung|zustellbericht|
    reponse automatique|message dabsence|absence du bureau|absent du bureau|accuse de reception|non remis|
    respuesta automatica|fuera de la oficina|ausente|no entregado|
    risposta automatica|fuori ufficio|fuori sede|mancato recapito|
    resposta automatica|fora do escritorio|ausencia|
    automatisch antwoord|automatische reactie|afwezig|afwezigheidsbericht|niet bezorgd
""".replace("\n", "")
    .replace("    ", "")
    .split("|")
)
"""Of an inbound touchpoint: nobody wrote it."""

_HUBSPOT = {
    "9d9162e7-6cf3-4944-bf63-4dff82258764": "busy",
    "f240bbac-87c9-4f6e-bf70-924b57d47db7": "connected",
    "a4c4c377-d246-4b32-a13b-75a56a4cd0ff": "left live message",
    "b2cf5968-551e-4856-9783-52b3da59a7d0": "left voicemail",
    "73a0d17f-1163-4015-bdd5-ec830791da20": "no answer",
    "17b47fee-58de-441e-a44c-c6300d46f273": "wrong number",
}
"""The ids under which HubSpot exports the outcomes of calls."""

_CLAUSE_END = re.compile(r"\s+[-–—]\s+|[,;:.!(/|]")

TOOK_PART, MISSED, NOT_HELD, BY_MACHINE, BOOKED = "took part", "missed", "not held", "by machine", "booked"


class Sense(NamedTuple):
    """What a touchpoint was."""

    sense: str | None
    """conversation | attempt | automatic; None: none of them, as their call that you missed, a meeting that they called
    off, one that is booked, or a message of which no file says who sent it."""
    awaits_answer: bool
    """They wrote, or rang and nobody was there: the next word is yours."""


def sense_of(
    kind: str, direction: str | None, outcome: str | None, declared: Mapping[str, bool] | None = None
) -> Sense:
    """What a touchpoint was, by its outcome where that says something, else by its kind and direction.

    `declared`: id of a kind -> whether it is a conversation by itself, where pipeline.yaml says so.
    """
    meaning = meaning_of(outcome, direction)
    if direction == "in":
        if meaning == BY_MACHINE:
            return Sense(AUTOMATIC, awaits_answer=False)
        live = is_live(kind, declared)
        if live is not False and meaning in (MISSED, NOT_HELD, BOOKED):
            return Sense(None, awaits_answer=meaning == MISSED)
        waits = meaning != NOT_HELD if live is False else live is None and meaning is None
        return Sense(CONVERSATION, awaits_answer=waits)
    if direction is None and meaning == BY_MACHINE:
        return Sense(AUTOMATIC, awaits_answer=False)
    live = is_live(kind, declared)
    if meaning == BOOKED and live is not False:
        return Sense(None, awaits_answer=False)
    if meaning in (MISSED, NOT_HELD, BY_MACHINE):
        return Sense(ATTEMPT, awaits_answer=False)
    if live or (live is None and meaning == TOOK_PART):
        return Sense(CONVERSATION, awaits_answer=False)
    return Sense(ATTEMPT if direction == "out" else None, awaits_answer=False)


_MEANINGS = {"--no-answer": MISSED, "--voicemail": MISSED, "--no-show": NOT_HELD, "--auto": BY_MACHINE}
_NO_MACHINE = frozenset(
    """
    busy|line busy|wrong number|invalid number|disconnected|bad number|besetzt|falsche nummer|occupe|faux numero|
    mauvais numero|ocupado|numero equivocado|occupato|numero sbagliato|numero errado|bezet|in gesprek|ingesprekstoon|
    verkeerd nummer
""".replace("\n", "")
    .replace("    ", "")
    .split("|")
)
"""Where no voicemail answers either."""
_FLAGS = {"--no-answer": NO_ANSWER, "--voicemail": VOICEMAIL, "--no-show": NO_SHOW, "--auto": AUTO_REPLY}


def outcome_of(flags: Sequence[str], outcome: str | None, *, inbound: bool) -> str | None:
    """The outcome to keep, of the flags of `log` that were given and of what was typed beside them.

    Its first clause says what the flag said, so that whoever reads the record again reads the same.
    Raises UsageError for flags that contradict each other, the direction or the outcome.
    """
    if not flags:
        return outcome
    flag = flags[0]
    if len(flags) > 1:
        raise UsageError(f"{flag} and {flags[1]} contradict each other: give the one that is true.")
    if flag == "--auto" and not inbound:
        raise UsageError("--auto says that a machine of theirs wrote to you: give --in with it, or leave it away.")
    if flag != "--auto" and inbound:
        raise UsageError(
            f"{flag} says that you tried and nobody was there, --in that they contacted you: give one of them. "
            "Their call that you missed is --in --outcome 'missed call'."
        )
    meaning = meaning_of(outcome, "in" if inbound else "out")
    is_no_machine = flag == "--voicemail" and plain(outcome or "") in _NO_MACHINE
    if meaning not in (None, _MEANINGS[flag]) or is_no_machine:
        raise UsageError(f"{flag} and --outcome {outcome} contradict each other: give the one that is true.")
    word = _FLAGS[flag]
    return word if outcome is None or plain(outcome) == word else f"{word}: {outcome}"


def refuse_flags_of_kind(flags: Sequence[str], kind: str, declared: Mapping[str, bool] | None = None) -> None:
    """Raises UsageError for a voicemail or a meeting nobody came to where the kind is something that is written."""
    for flag, said in (("--voicemail", "a voicemail answered"), ("--no-show", "nobody came")):
        if flag in flags and is_live(kind, declared) is False:
            raise UsageError(f"{flag} says that {said}, and {quoted(kind)} is written: leave {flag} away.")


def is_live(kind: str, declared: Mapping[str, bool] | None = None) -> bool | None:
    """Whether both sides are there at once; None: neither pipeline.yaml nor the word says."""
    if declared is not None and kind in declared:
        return declared[kind]
    for word in _heads(plain(kind)):
        if word in _LIVE or word.endswith(_LIVE_ENDS):
            return True
        if word in _WRITTEN:
            return False
    return None


_REACHING = frozenset({"call", "email", "message"})


def usual_kind(kinds: Sequence[str]) -> str:
    """How somebody is reached: the first that is a call, an e-mail or a message, or else one whose word is known."""
    reaching = (kind for kind in kinds if not _REACHING.isdisjoint(_heads(plain(kind))))
    known = (kind for kind in kinds if is_live(kind) is not None)
    return next(reaching, None) or next(known, kinds[0])


def _heads(kind: str) -> list[str]:
    """`first call` is a call, `llamada de prueba` a llamada: the whole first, then the word that says what it is."""
    words = kind.split()
    if len(words) < 2:
        return [kind]
    return [kind, words[0] if words[1] in _OF else words[-1]]


def meaning_of(outcome: str | None, direction: str | None = None) -> str | None:
    """TOOK_PART, MISSED, NOT_HELD, BOOKED or BY_MACHINE by the whole outcome or its first clause; None: none of these."""
    if not outcome:
        return None
    for words in (outcome, _CLAUSE_END.split(outcome.strip(), maxsplit=1)[0]):
        said = _HUBSPOT.get(words.strip().casefold()) or plain(words)
        if direction != "out" and said in _BY_MACHINE:
            return BY_MACHINE
        for meaning, known in (
            (TOOK_PART, _TOOK_PART),
            (MISSED, _MISSED),
            (NOT_HELD, _NOT_HELD),
            (BOOKED, _BOOKED),
            (BY_MACHINE, _BY_MACHINE),
        ):
            if said in known:
                return meaning
    return None


def plain(words: str) -> str:
    """Without case, accents, apostrophes and signs between words; `E-Mail` is `email`, `NO_SHOW` is `no show`."""
    folded = unicodedata.normalize("NFKD", words.casefold()).replace("ß", "ss")
    letters = "".join(sign for sign in folded if not unicodedata.combining(sign) and sign not in "'’")
    spaced = " ".join(re.sub(r"[\W_]+", " ", letters).split())
    return "email" if spaced == "e mail" else spaced


_CALL = re.compile("call|phone|anruf|telefo|appel|llamada|chiamata|chamada|ligacao|bel(?:letje|len)|gesprek")


def is_own_work(kind: str, direction: str | None, sense: str | None) -> bool:
    """Whether it counts towards a goal of the week: a call that nobody took does, a meeting to which nobody came does not."""
    live = is_live(kind)
    if direction == "in" and not live:
        return False
    return sense == CONVERSATION or not live or (direction != "in" and _CALL.search(plain(kind)) is not None)
