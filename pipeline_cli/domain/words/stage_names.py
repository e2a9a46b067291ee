"""The stages that HubSpot, Pipedrive, Salesforce, Zoho and Zendesk Sell begin with, in five languages; what others mean."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.names import normalise
from pipeline_cli.domain.words.outcome_words import plain_key

# name | percent the program begins with | what it is called in German, French, Spanish and Portuguese
_PROGRAMS = {
    "hubspot": """
Appointment Scheduled | 20 | Termin vereinbart, Termin geplant, Rendez-vous pris, Rendez-vous planifié, \
Rendez-vous programmé, Cita programada, Cita agendada, Reunión programada, Compromisso agendado, Reunião agendada, \
Agendamento realizado
Qualified To Buy | 40 | Für Kauf qualifiziert, Zum Kauf qualifiziert, Kaufbereit, Qualifiée pour l'achat, \
Qualifié pour acheter, Qualifié à l'achat, Acheteur qualifié, Calificado para comprar, Cualificado para comprar, \
Qualificado para comprar, Qualificado para compra
Presentation Scheduled | 60 | Präsentation vereinbart, Präsentation geplant, Präsentationstermin vereinbart, \
Présentation planifiée, Présentation programmée, Presentación programada, Presentación agendada, \
Apresentação agendada
Decision Maker Bought-In | 80 | Entscheidungsträger eingebracht, Entscheidungsträger überzeugt, \
Entscheidungsträger eingekauft, Entscheider überzeugt, Entscheider hat zugestimmt, Intégration du décisionnaire, \
Décideur convaincu, Adhésion du décideur, Decisor convencido, Tomador de decisiones convencido, \
Aprobación del responsable, Tomador de decisão envolvido, Tomador de decisão convencido, Decisor envolvido
Contract Sent | 90 | Vertrag gesendet, Vertrag zugesendet, Vertrag versendet, Vertrag verschickt, Contrat envoyé, \
Contrato enviado
""",
    "pipedrive": """
Lead In | 10 | Lead eingegangen, Neuer Lead, Prospect entrant, Lead entrant, Prospecto entrante, Lead recebido
Qualified | 20 | Qualifiziert, Qualifié, Qualifiée, Calificado, Calificada, Cualificado, Qualificado
Contact Made | 30 | Kontakt hergestellt, Kontakt aufgenommen, Kontaktiert, Contact établi, Contact pris, Contacté, \
Contacto realizado, Contacto establecido, Contactado, Contato feito, Contato realizado, Contatado
Demo Scheduled | 45 | Demo geplant, Demo vereinbart, Vorführung geplant, Démo planifiée, Démo programmée, \
Démonstration planifiée, Demo programada, Demostración programada, Demo agendada, Demonstração agendada
Proposal Made | 60 | Angebot gemacht, Angebot erstellt, Angebot unterbreitet, Proposition faite, \
Proposition effectuée, Offre faite, Propuesta realizada, Propuesta hecha, Propuesta presentada, Proposta feita, \
Proposta realizada, Proposta apresentada
Negotiations Started | 80 | Verhandlungen begonnen, Verhandlung begonnen, Verhandlungen gestartet, In Verhandlung, \
Négociations commencées, Négociations entamées, Négociation engagée, Negociaciones iniciadas, Negociación iniciada, \
Negociações iniciadas, Negociação iniciada
""",
    "salesforce": """
Prospecting | 10 | Neukundenwerbung, Neukundengewinnung, Kundenakquise, Akquise, Prospection, Prospección, Prospecção
Qualification | 10 | Qualifizierung, Qualifikation, Calificación, Cualificación, Qualificação
Needs Analysis | 20 | Bedarfsanalyse, Analyse des besoins, Análisis de necesidades, Análise de necessidades
Value Proposition | 50 | Nutzenversprechen, Wertversprechen, Wertangebot, Leistungsversprechen, \
Proposition de valeur, Propuesta de valor, Proposta de valor
Id. Decision Makers | 60 | Identify Decision Makers, Id. Entscheidungsträger, Entscheidungsträger identifizieren, \
Identifizierung der Entscheidungsträger, Id. décideurs, Identification des décideurs, Identifier les décideurs, \
Id. responsables de la toma de decisiones, Identificar a los responsables de la toma de decisiones, \
Identificación de los responsables de la toma de decisiones, Identificar tomadores de decisión, \
Identificar tomadores de decisão, Id. tomadores de decisão, Id. dos tomadores de decisão
Perception Analysis | 70 | Wahrnehmungsanalyse, Analyse de la perception, Analyse de perception, \
Análisis de percepción, Análise de percepção, Análise da percepção
Proposal/Price Quote | 75 | Proposal/Quote, Angebot/Preisangebot, Angebot/Kostenvoranschlag, \
Vorschlag/Preisangebot, Proposition/Devis, Proposition/Offre de prix, Proposition/Devis de prix, \
Propuesta/Presupuesto, Propuesta/Cotización, Propuesta/Cotización de precio, Propuesta/Oferta de precio, \
Proposta/Cotação, Proposta/Cotação de preço, Proposta/Orçamento
Negotiation/Review | 90 | Verhandlung/Überprüfung, Verhandlung/Prüfung, Verhandlung/Review, Négociation/Révision, \
Négociation/Vérification, Négociation/Examen, Negociación/Revisión, Negociação/Revisão, Negociação/Análise
""",
    "zoho": """
Qualification | 10 | Qualifizierung, Qualifikation, Calificación, Cualificación, Qualificação
Needs Analysis | 20 | Bedarfsanalyse, Analyse des besoins, Análisis de necesidades, Análise de necessidades
Value Proposition | 40 | Nutzenversprechen, Wertversprechen, Wertangebot, Leistungsversprechen, \
Proposition de valeur, Propuesta de valor, Proposta de valor
Id. Decision Makers | 60 | Identify Decision Makers, Id. Entscheidungsträger, Entscheidungsträger identifizieren, \
Identification des décideurs, Identifier les décideurs, Identificar tomadores de decisiones, \
Identificar tomadores de decisão
Proposal/Price Quote | 75 | Proposal/Quote, Angebot/Preisangebot, Proposition/Devis, Propuesta/Cotización, \
Proposta/Cotação
Negotiation/Review | 90 | Verhandlung/Überprüfung, Négociation/Révision, Négociation/Examen, Negociación/Revisión, \
Negociação/Revisão
""",
    "zendesk": """
Incoming | 10 | Eingehend, Eingang, Entrant, Entrante, De entrada, Entrada
Qualified | 30 | Qualifiziert, Qualifié, Qualifiée, Calificado, Calificada, Cualificado, Qualificado
Quote | 60 | Angebot, Kostenvoranschlag, Devis, Cotización, Presupuesto, Cotação, Orçamento
Closure | 85 | Abschluss, Clôture, Cierre, Fechamento, Encerramento
""",
}
TITLES = {
    "hubspot": "HubSpot",
    "pipedrive": "Pipedrive",
    "salesforce": "Salesforce",
    "zoho": "Zoho CRM",
    "zendesk": "Zendesk Sell",
}
"""How people call the programs."""

# Percent of deals in such a stage that are won, as templates of the trade guess | what words its name begins with
_WORDS = """
2 | suspect
5 | lead, new, neu, nouveau, nouvelle, nuevo, novo, nova, incoming, inbound, intake, prospect, interess, kontakt, \
contact, erstkontakt, anfrage, inquiry, enquiry, demande, consulta, identif, eingang, outreach, appel, unqualif
15 | qualif, calific, cualific, connect, research, budget, discover, decouv, descub, entdeck
30 | gesprach, erstgesprach, \
meeting, demo, termin, besprech, rendez, rdv, reunion, reuniao, cita, visit, besuch, present, prasent, \
appoint, need, bedarf, besoin, necesid, necessid, analy, evaluat, trial, test, pilot, poc, develop, engag, scop, \
solution, consult, workshop, assess, explor, consider
50 | propos, propuest, angebot, offer, offre, ofert, quote, quot, devis, cotiz, cotac, presup, orcam, kostenvor, \
estimat, rfp, tender, pricing, bid
70 | negot, negoci, verhandl, review, revis, decision, entscheid, decid, verbal, mundlich, approv, genehm, \
shortlist, committ, commit, legal, procure, technical
85 | contract, contrat, vertrag, sign, unterschr, clos, abschluss, clotur, cierre, fecham, fechando, order, \
bestell, purchase, invoice, rechnung, payment, checkout, final
"""


class KnownStage(NamedTuple):
    """A stage that a program has when one begins with it."""

    name: str
    percent: int
    """How many of a hundred deals in it are won, as that program says."""
    keys: frozenset[str]
    """What it is called, in five languages, as `plain_key`."""


@cache
def stages_of_program(program: str) -> tuple[KnownStage, ...]:
    """In their order."""
    rows = [[part.strip() for part in line.split("|")] for line in _PROGRAMS[program].strip().splitlines()]
    return tuple(
        KnownStage(name, int(percent), frozenset(map(plain_key, [name, *others.split(",")])))
        for name, percent, others in rows
    )


def find_program(names: Collection[str]) -> str | None:
    """The one program whose first stages all these names are; of several the one with the fewest stages besides."""
    keys = set(map(plain_key, names))
    known = {program: stages_of_program(program) for program in _PROGRAMS}
    fitting = [
        (len(stages), program)
        for program, stages in known.items()
        if keys and all(any(key in stage.keys for stage in stages) for key in keys)
    ]
    return min(fitting)[1] if fitting else None


def place_in(program: str, name: str) -> int | None:
    """Which of the program's stages it is, from 0."""
    key = plain_key(name)
    found = [place for place, stage in enumerate(stages_of_program(program)) if key in stage.keys]
    return found[0] if found else None


@cache
def _meanings() -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for program in _PROGRAMS:
        for stage in stages_of_program(program):
            for key in stage.keys:
                found[key] = found.get(key, frozenset()) | {plain_key(stage.name)}
    return found


def meanings(name: str) -> frozenset[str]:
    """Which known stages a name may stand for, whatever its language: two names that share one are one stage."""
    return _meanings().get(plain_key(name), frozenset())


@cache
def _beginnings() -> tuple[tuple[str, int], ...]:
    found = []
    for line in _WORDS.strip().splitlines():
        percent, _, words = line.partition("|")
        found += [(word.strip(), int(percent)) for word in words.split(",")]
    return tuple(sorted(found, key=lambda one: -len(one[0])))


def percent_by_words(name: str) -> int | None:
    """Of the latest step that a word of the name tells of: `Angebot verschickt` is at 50. None: no word is known."""
    words = re.findall(r"[^\W\d_]+", normalise(name))
    found = [next((percent for begin, percent in _beginnings() if word.startswith(begin)), None) for word in words]
    return max((percent for percent in found if percent is not None), default=None)
