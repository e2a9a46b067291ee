"""Exports in English, German, French, Spanish and Portuguese: headers, the stages programs begin with, outcomes."""

from __future__ import annotations

import pytest

from pipeline_cli.domain.words.header_words import split_currency
from pipeline_cli.domain.words.outcome_words import known_outcome, outcome_inside
from pipeline_cli.domain.words.presets import recognise
from pipeline_cli.domain.words.stage_names import find_program, percent_by_words
from tests.exchange.conftest import Plan, said, warned

HEADERS = {
    "hubspot de": "Datensatz-ID,Deal-Name,Deal-Phase,Betrag,Zuständiger Mitarbeiter,Abschlussdatum,Erstellungsdatum,"
    "Datum der letzten Aktivität,Pipeline,Zugeordnetes Unternehmen,Zugeordneter Kontakt",
    "hubspot fr": "ID de fiche d'informations,Nom de la transaction,Phase de la transaction,Montant,"
    "Propriétaire de la transaction,Date de fermeture,Date de création,Date de la dernière activité,Pipeline,"
    "Entreprise associée,Contact associé",
    "hubspot es": "ID de registro,Nombre del negocio,Etapa del negocio,Valor,Propietario del negocio,Fecha de cierre,"
    "Fecha de creación,Fecha de la última actividad,Pipeline,Empresa asociada,Contacto asociado",
    "hubspot pt": "ID do registro,Nome do negócio,Etapa do negócio,Valor,Proprietário do negócio,Data de fechamento,"
    "Data de criação,Data da última atividade,Pipeline,Empresa associada,Contato associado",
}
FIELDS = {
    "external_id",
    "title",
    "stage",
    "value",
    "owner",
    "close_date",
    "created_at",
    "last_activity",
    "pipeline",
    "organization",
    "contact",
}


@pytest.mark.parametrize("name", HEADERS)
def test_hubspot_is_read_in_every_language(name: str, plan: Plan) -> None:
    headers = HEADERS[name]
    assert recognise(headers.split(",")).name == "hubspot"
    made = plan(headers + "\n")
    assert said(made) == []
    assert {use.field for use in made.mappings()[0].columns} == FIELDS


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Associated Contact", "contact"),
        ("Next activity date", "next_step_due"),
        ("Phase", "stage"),
        ("Betrag", "value"),
        ("Opportunity-Inhaber", "owner"),
        ("Schlusstermin", "close_date"),
        ("Lead-Quelle", "source"),
        ("Trato - Título", "title"),
        ("Étape", "stage"),
        ("Motivo da perda", "lost_reason"),
        ("Fecha de cierre prevista", "expected_close"),
        ("fecha de creacion", "created_at"),
        ("EUR", "value"),
        ("Amount (USD)", "value"),
        ("Betrag in €", "value"),
    ],
)
def test_a_column_is_known_by_its_name_in_the_language_of_the_export(header: str, field: str, plan: Plan) -> None:
    made = plan(f"Deal,{header}\n")
    assert {use.column: use.field for use in made.mappings()[0].columns}[header] == field


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Loss", "lost"),
        ("dead", "lost"),
        ("Closed-Lost to Competition", "lost"),
        ("Abgeschlossen und gewonnen", "won"),
        ("Verloren", "lost"),
        ("Fermé gagné", "won"),
        ("Clôturée perdue", "lost"),
        ("Cierre ganado", "won"),
        ("Cerrada/Perdida", "lost"),
        ("Fechado e ganho", "won"),
        ("Negócio perdido", "lost"),
        ("Nicht qualifiziert", "disqualified"),
        ("En cours", "open"),
        ("Proposal", None),
    ],
)
def test_outcomes_and_their_kin_are_known(text: str, outcome: str | None) -> None:
    assert known_outcome(text) == outcome


@pytest.mark.parametrize(
    ("text", "outcome", "rest"),
    [
        ("G. Project Won", "won", ""),
        ("Proposal – lost", "lost", "proposal"),
        ("07 Auftrag gewonnen", "won", "07 auftrag"),
        ("Not won yet", None, ""),
        ("Won or lost", None, ""),
        ("Wonderful", None, ""),
    ],
)
def test_an_outcome_among_other_words_counts_where_it_is_plain(text: str, outcome: str | None, rest: str) -> None:
    inside = outcome_inside(text)
    assert (inside.outcome, inside.rest) == (outcome, rest) if inside else outcome is None


def test_an_outcome_inside_a_stage_keeps_the_stage(plan: Plan) -> None:
    made = plan("deal_id,title,stage\n1,A,Proposal sent - lost\n2,B,G. Project Won\n3,C,lead\n")
    assert said(made) == []
    deals = list(made.deals())
    assert [(deal.status, deal.stage) for deal in deals] == [
        ("lost", "proposal_sent"),
        ("won", "closing"),
        ("open", "lead"),
    ]
    assert warned(made)["outcome_in_words"] == [2, 3]


def test_words_that_say_only_that_a_deal_is_open_are_no_stage(plan: Plan) -> None:
    (problem,) = said(plan("deal_id,title,stage\n1,A,On hold\n"))
    assert problem.endswith('--value-map "stage:On hold=STAGE"')


def test_no_hint_gives_a_value_that_was_only_guessed(plan: Plan) -> None:
    first, second = said(plan("deal_id,title,stage,status\n1,A,Prospecting & more,Whatever\n"))
    assert first.endswith('--value-map "stage:Prospecting & more=STAGE"')
    assert second.endswith('--value-map "status:Whatever=STATUS"')


@pytest.mark.parametrize(
    ("names", "program"),
    [
        (["Termin geplant", "Vertrag gesendet"], "hubspot"),
        (["Qualifié", "Contact établi", "Négociations entamées"], "pipedrive"),
        (["Prospección", "Análisis de necesidades"], "salesforce"),
        (["Incoming", "Quote", "Closure"], "zendesk"),
        (["Qualification", "Needs Analysis"], "zoho"),
        (["Lead", "Proposal"], None),
        ([], None),
    ],
)
def test_the_stages_a_program_begins_with_are_known(names: list[str], program: str | None) -> None:
    assert find_program(names) == program


def test_a_stage_in_another_language_is_the_same_stage(plan: Plan) -> None:
    from tests.exchange.conftest import PLAYBOOK, SALES

    needs = SALES.stages[0]._replace(id="needs", name="Needs Analysis")
    playbook = PLAYBOOK._replace(pipelines=(SALES._replace(stages=(*SALES.stages, needs)),))
    made = plan("title,Phase\nA,Bedarfsanalyse\n", playbook=playbook)
    assert [deal.stage for deal in made.deals()] == ["needs"]


def test_words_of_a_stage_tell_how_far_it_is() -> None:
    names = ["Erstkontakt", "Qualifizierung", "Besprechung", "Angebot verschickt", "Verhandlung", "Vertrag"]
    percents = [percent_by_words(name) for name in names]
    assert percents == sorted(set(percents), key=lambda one: one or 0)
    assert percent_by_words("Zwischenspiel") is None


@pytest.mark.parametrize(
    ("header", "split"),
    [
        ("EUR", ("", "EUR")),
        ("Amount (EUR)", ("Amount", "EUR")),
        ("Montant en €", ("Montant", "EUR")),
        ("USD Amount", ("Amount", "USD")),
        ("Try again", None),
        ("Amount", None),
        ("EUR/USD", None),
    ],
)
def test_a_header_may_name_a_currency(header: str, split: tuple[str, str] | None) -> None:
    assert split_currency(header) == split


def test_values_under_a_currency_are_in_it(plan: Plan) -> None:
    made = plan("title,USD\nA,100\nB,€ 50\n")
    assert [(deal.value_cents, deal.currency) for deal in made.deals()] == [(10000, "USD"), (5000, "EUR")]


def test_what_kind_of_customer_somebody_is_names_no_organization(plan: Plan) -> None:
    made = plan("Product,Seller,Client,Status\nProd A,Sam,Current,Won\nProd B,Eve,New,Loss\nProd B,Eve,Past,Open\n")
    assert said(made) == []
    deals = list(made.deals())
    assert [(deal.title, deal.organization, deal.status) for deal in deals] == [
        ("Prod A, Sam, Current", None, "won"),
        ("Prod B, Eve, New", None, "lost"),
        ("Prod B, Eve, Past", None, "open"),
    ]
    assert deals[0].fields["Client"] == "Current"
    pinned = plan("Client,Status\nCurrent,Won\n", maps=["organization=Client"])
    assert [deal.organization for deal in pinned.deals()] == ["Current"]
