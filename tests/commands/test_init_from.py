"""`init --from`: from another program's export to a pipeline.yaml, a record and `health` in one command."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import SHARED_DATA, Run
from tests.large import LARGE

EXPORTS = {
    "hubspot": {
        "en": (
            "Record ID,Deal Name,Deal Stage,Amount,Deal owner,Close Date,Create Date,Associated Company,"
            "Associated Contact",
            "Appointment Scheduled|Qualified To Buy|Presentation Scheduled|Decision Maker Bought-In|Contract Sent",
            "Closed Won",
            "Closed Lost",
        ),
        "de": (
            "Datensatz-ID,Deal-Name,Deal-Phase,Betrag,Zuständiger Mitarbeiter,Abschlussdatum,Erstellungsdatum,"
            "Zugeordnetes Unternehmen,Zugeordneter Kontakt",
            "Termin geplant|Für Kauf qualifiziert|Präsentation vereinbart|Entscheidungsträger eingebracht|Vertrag gesendet",
            "Abgeschlossen und gewonnen",
            "Abgeschlossen und verloren",
        ),
        "fr": (
            "ID de fiche d'informations,Nom de la transaction,Phase de la transaction,Montant,Propriétaire de la transaction,"
            "Date de fermeture,Date de création,Entreprise associée,Contact associé",
            "Rendez-vous pris|Qualifiée pour l'achat|Présentation planifiée|Intégration du décisionnaire|Contrat envoyé",
            "Fermé gagné",
            "Fermé perdu",
        ),
        "es": (
            "ID de registro,Nombre del negocio,Etapa del negocio,Valor,Propietario del negocio,Fecha de cierre,"
            "Fecha de creación,Empresa asociada,Contacto asociado",
            "Cita programada|Calificado para comprar|Presentación programada|Decisor convencido|Contrato enviado",
            "Cierre ganado",
            "Cierre perdido",
        ),
        "pt": (
            "ID do registro,Nome do negócio,Etapa do negócio,Valor,Proprietário do negócio,Data de fechamento,"
            "Data de criação,Empresa associada,Contato associado",
            "Reunião agendada|Qualificado para comprar|Apresentação agendada|Tomador de decisão envolvido|Contrato enviado",
            "Negócio fechado",
            "Negócio perdido",
        ),
    },
    "pipedrive": {
        "en": (
            "Deal - ID,Deal - Title,Deal - Stage,Deal - Value,Deal - Owner,Deal - Expected close date,Deal - Deal created,"
            "Deal - Organization,Deal - Contact person",
            "Qualified|Contact Made|Demo Scheduled|Proposal Made|Negotiations Started",
            "Won",
            "Lost",
        ),
        "de": (
            "Deal - ID,Deal - Titel,Deal - Phase,Deal - Wert,Deal - Besitzer,Deal - Erwartetes Abschlussdatum,"
            "Deal - Deal erstellt,Deal - Organisation,Deal - Kontaktperson",
            "Qualifiziert|Kontakt hergestellt|Demo geplant|Angebot erstellt|Verhandlungen begonnen",
            "Gewonnen",
            "Verloren",
        ),
        "fr": (
            "Affaire - ID,Affaire - Titre,Affaire - Étape,Affaire - Valeur,Affaire - Propriétaire,"
            "Affaire - Date de clôture prévue,Affaire - Affaire créée,Affaire - Organisation,Affaire - Personne de contact",
            "Qualifié|Contact établi|Démo planifiée|Proposition faite|Négociations entamées",
            "Gagnée",
            "Perdue",
        ),
        "es": (
            "Trato - ID,Trato - Título,Trato - Etapa,Trato - Valor,Trato - Propietario,Trato - Fecha de cierre prevista,"
            "Trato - Trato creado,Trato - Organización,Trato - Persona de contacto",
            "Calificado|Contacto realizado|Demo programada|Propuesta realizada|Negociaciones iniciadas",
            "Ganado",
            "Perdido",
        ),
        "pt": (
            "Negócio - ID,Negócio - Título,Negócio - Etapa,Negócio - Valor,Negócio - Proprietário,"
            "Negócio - Data de fechamento esperada,Negócio - Negócio criado,Negócio - Organização,"
            "Negócio - Pessoa de contato",
            "Qualificado|Contato realizado|Demo agendada|Proposta feita|Negociações iniciadas",
            "Ganho",
            "Perdido",
        ),
    },
    "salesforce": {
        "en": (
            "Opportunity ID,Opportunity Name,Stage,Amount,Opportunity Owner,Close Date,Created Date,Account Name,Contact",
            "Prospecting|Qualification|Needs Analysis|Value Proposition|Id. Decision Makers|Perception Analysis|"
            "Proposal/Price Quote|Negotiation/Review",
            "Closed Won",
            "Closed Lost",
        ),
        "de": (
            "Opportunity-ID,Opportunity-Name,Phase,Betrag,Opportunity-Inhaber,Schlusstermin,Erstelldatum,Accountname,"
            "Kontakt",
            "Neukundenwerbung|Qualifizierung|Bedarfsanalyse|Nutzenversprechen|Id. Entscheidungsträger|Wahrnehmungsanalyse|"
            "Angebot/Preisangebot|Verhandlung/Überprüfung",
            "Geschlossen und gewonnen",
            "Geschlossen und verloren",
        ),
        "fr": (
            "ID d'opportunité,Nom de l'opportunité,Étape,Montant,Propriétaire de l'opportunité,Date de clôture,"
            "Date de création,Nom du compte,Contact",
            "Prospection|Qualification|Analyse des besoins|Proposition de valeur|Id. décideurs|Analyse de la perception|"
            "Proposition/Devis|Négociation/Révision",
            "Fermée gagnée",
            "Fermée perdue",
        ),
        "es": (
            "ID de oportunidad,Nombre de la oportunidad,Etapa,Importe,Propietario de la oportunidad,Fecha de cierre,"
            "Fecha de creación,Nombre de la cuenta,Contacto",
            "Prospección|Calificación|Análisis de necesidades|Propuesta de valor|Identificar tomadores de decisión|"
            "Análisis de percepción|Propuesta/Cotización|Negociación/Revisión",
            "Cerrada ganada",
            "Cerrada perdida",
        ),
        "pt": (
            "ID da oportunidade,Nome da oportunidade,Fase,Montante,Proprietário da oportunidade,Data de fechamento,"
            "Data de criação,Nome da conta,Contato",
            "Prospecção|Qualificação|Análise de necessidades|Proposta de valor|Identificar tomadores de decisão|"
            "Análise de percepção|Proposta/Cotação|Negociação/Revisão",
            "Fechado e ganho",
            "Fechado e perdido",
        ),
    },
    "zoho": {
        "en": (
            "Record Id,Deal Name,Stage,Amount,Deal Owner,Closing Date,Created Time,Account Name,Contact Name",
            "Qualification|Needs Analysis|Value Proposition|Id. Decision Makers|Proposal/Price Quote|Negotiation/Review",
            "Closed Won",
            "Closed-Lost to Competition",
        ),
        "de": (
            "Datensatz-ID,Deal-Name,Stufe,Betrag,Deal-Inhaber,Abschlussdatum,Erstellungszeit,Accountname,Kontaktname",
            "Qualifizierung|Bedarfsanalyse|Wertversprechen|Entscheidungsträger identifizieren|Angebot/Preisangebot|"
            "Verhandlung/Überprüfung",
            "Abgeschlossen – Gewonnen",
            "Abgeschlossen – Verloren",
        ),
    },
    "zendesk": {
        "en": (
            "id,name,stage_name,value,owner,estimated_close_date,created_at,organization_name,primary_contact_name",
            "Incoming|Qualified|Quote|Closure",
            "Won",
            "Lost",
        ),
        "de": (
            "ID,Name,Phase,Wert,Eigentümer,Geschätztes Abschlussdatum,Erstellt am,Name der Organisation,Kontakt",
            "Eingehend|Qualifiziert|Angebot|Abschluss",
            "Gewonnen",
            "Verloren",
        ),
        "es": (
            "ID,Nombre,Nombre de la etapa,Valor,Propietario,Fecha estimada de cierre,Creado el,"
            "Nombre de la organización,Contacto",
            "Entrante|Calificado|Cotización|Cierre",
            "Ganado",
            "Perdido",
        ),
        "pt": (
            "ID,Nome,Nome da etapa,Valor,Proprietário,Data estimada de fechamento,Criado em,Nome da organização,Contato",
            "Entrada|Qualificado|Cotação|Fechamento",
            "Ganho",
            "Perdido",
        ),
        "fr": (
            "ID,Nom,Nom de l'étape,Valeur,Propriétaire,Date de clôture estimée,Créé le,Nom de l'organisation,Contact",
            "Entrant|Qualifié|Devis|Clôture",
            "Gagné",
            "Perdu",
        ),
    },
}
CASES = [(program, language) for program, languages in EXPORTS.items() for language in languages]


def export_of(program: str, language: str) -> tuple[str, list[str]]:
    """A deal in each stage, the last stage first, one won and one lost; and the stages in their order."""
    header, stages, won, lost = EXPORTS[program][language]
    names = stages.split("|")
    rows = [
        f'{number},Deal {number},"{stage}",{100 * number},Eve,2026-12-{number:02},2026-10-01,Acme {number},Ann Lee'
        for number, stage in enumerate(reversed(names), 1)
    ]
    rows += [
        f"91,Won,{won},5000,Eve,2026-11-02,2026-10-01,Beta,Bob",
        f"92,Lost,{lost},700,Eve,2026-11-03,2026-10-01,Ceta,Cy",
    ]
    return "\n".join([header, *rows]) + "\n", names


def wrote(folder: Path, text: str, name: str = "deals.csv") -> str:
    (folder / name).write_text(text, "utf-8")
    return name


def stages_of(folder: Path) -> list[str]:
    lines = (folder / "pipeline.yaml").read_text("utf-8").splitlines()
    return [line.strip().removeprefix("name: ").strip('"') for line in lines if line.startswith("        name: ")]


@pytest.mark.parametrize(("program", "language"), CASES, ids=["-".join(case) for case in CASES])
def test_the_default_stages_and_columns_of_each_program_are_known_in_its_language(
    program: str, language: str, run: Run, folder: Path
) -> None:
    text, names = export_of(program, language)
    result = run("init", "--from", wrote(folder, text))

    assert result.code == 0, result.err
    assert stages_of(folder) == names
    rows = {row["title"]: row for row in run("list", "status=all", "--json").rows}
    assert {title: rows[title]["status"] for title in ("Won", "Lost", "Deal 1")} == {
        "Won": "won",
        "Lost": "lost",
        "Deal 1": "open",
    }
    assert (rows["Deal 2"]["value"], rows["Deal 2"]["organization"], rows["Deal 2"]["contact"]) == (
        200,
        "Acme 2",
        "Ann Lee",
    )
    assert rows["Deal 2"]["expected_close"] == "2026-12-02"
    assert rows["Deal 2"]["created_at"][:10] == "2026-10-01"
    health = run("health", "--json").json
    assert [row["deals"] for row in health["rows"]] == [1] * len(names)
    assert (health["totals"]["won_value"], health["totals"]["lost_deals"]) == (5000, 1)
    again = run("import", "deals.csv", "--json").json
    assert (again["deals"]["unchanged"], again["deals"]["read"]) == (len(names) + 2,) * 2


def test_each_choice_stands_in_the_file_with_its_reason(run: Run, folder: Path) -> None:
    text, _ = export_of("hubspot", "en")
    rows = text.replace("Associated Contact", "Associated Contact,Deal Currency Code,Closed Lost Reason").splitlines()
    rows = [rows[0], *(f"{row},USD,{'Too [red]dear' if row.startswith('92') else ''}" for row in rows[1:])]
    run("init", "--from", wrote(folder, "\n".join(rows).replace("Deal Currency Code", "Currency")))
    written = (folder / "pipeline.yaml").read_text("utf-8")

    for said in (
        "currency: USD   # what 7 of 7 amounts of the export are in",
        'The stages of the column "Deal Stage", in the order that HubSpot begins with.',
        "probability: what HubSpot begins with.",
        "- id: appointment_scheduled   # 1 deal, 1 open",
        '#   "Closed Won": won (1 deal)',
        'lost_reasons: ["Too [red]dear", price,',
        "no_response",
        "preset: hubspot",
    ):
        assert said in written
    assert run("check").code == 0
    assert run("list", "status=lost", "--json").rows[0]["lost_reason"] == "Too [red]dear"


def test_stages_of_ones_own_are_ordered_by_the_best_evidence_there_is(run: Run, folder: Path) -> None:
    numbered = "Deal,Phase\nA,3. Angebot\nB,1. Kontakt\nC,2. Termin\nD,G. Project Won\n"
    run("init", "--from", wrote(folder, numbered))
    assert stages_of(folder) == ["1. Kontakt", "2. Termin", "3. Angebot"]
    assert "as they are numbered" in (folder / "pipeline.yaml").read_text("utf-8")
    assert 'stage:\n        "G. Project Won": won' in (folder / "pipeline.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "names", "reason"),
    [
        (
            "Deal,Stage,Probability (%)\nA,Zeta,80\nB,Alpha,60\nC,Omega,10\nD,Zeta,90\n",
            ["Omega", "Alpha", "Zeta"],
            "by the chances that the export gives their deals",
        ),
        (
            "Deal,Stage\nA,Verhandlung\nB,Angebot raus\nC,Neu\n",
            ["Neu", "Angebot raus", "Verhandlung"],
            "by their names",
        ),
        ("Deal,Stage\nA,Zeta\nB,Alpha\n", ["Zeta", "Alpha"], "their order is a guess"),
    ],
)
def test_the_order_is_said_to_be_a_guess_where_it_is(
    text: str, names: list[str], reason: str, run: Run, folder: Path
) -> None:
    assert run("init", "--from", wrote(folder, text)).code == 0
    assert stages_of(folder) == names
    assert reason in (folder / "pipeline.yaml").read_text("utf-8")


def test_moves_and_touchpoints_come_along_and_say_the_order_and_the_kinds(run: Run, folder: Path) -> None:
    deals = wrote(folder, "deal_id,title,stage,created\n1,Acme,won,2026-10-01\n2,Beta,b,2026-10-01\n")
    moves = wrote(
        folder,
        "deal_id,from_stage,to_stage,changed_at\n1,,c,2026-10-01\n1,c,b,2026-10-02\n1,b,a,2026-10-03\n1,a,won,2026-10-04\n"
        "2,,c,2026-10-01\n2,c,b,2026-10-05\n",
        "moves.csv",
    )
    touches = wrote(folder, "deal_id,kind,at\n1,Fair visit,2026-10-02\n1,Call,2026-10-02\n", "touches.csv")
    result = run("init", "--from", deals, "--moves", moves, "--touchpoints", touches)
    assert result.code == 0, result.err
    assert stages_of(folder) == ["c", "b", "a"]
    assert "touchpoint_kinds: [Fair visit, call, email," in (folder / "pipeline.yaml").read_text("utf-8")
    assert [move["to_stage"] for move in run("show", "ext:1", "--json").json["moves"]] == ["c", "b", "a", "won"]


def test_several_pipelines_each_have_their_stages(run: Run, folder: Path) -> None:
    text = "Deal Name,Pipeline,Deal Stage\nA,Rentals,New\nB,Sales,Proposal\nC,Sales,Lead\nD,Sales,Closed Won\n"
    assert run("init", "--from", wrote(folder, text)).code == 0
    listed = run("list", "status=all", "--json", "--all-pipelines").rows
    rows = {row["title"]: (row["pipeline"], row["stage"]) for row in listed}
    assert rows == {
        "A": ("rentals", "new"),
        "B": ("sales", "proposal"),
        "C": ("sales", "lead"),
        "D": ("sales", "proposal"),
    }


def test_a_lost_reason_among_the_stages_is_no_stage(run: Run, folder: Path) -> None:
    text = "Deal,Stage,Status,Lost reason\nA,Lead,open,\nB,Zu spät,lost,Zu spät\nC,Lead,lost,Zu spät\n"
    assert run("init", "--from", wrote(folder, text)).code == 0
    assert stages_of(folder) == ["Lead"]
    assert {row["lost_reason"] for row in run("list", "status=lost", "--json").rows} == {"Zu spät"}


def test_a_status_that_holds_the_stages_is_the_stage(run: Run, folder: Path) -> None:
    text = "Deal,Status,EUR\nA,Neu,100\nB,Angebot,200\nC,Gewonnen,300\nD,Verloren,400\n"
    assert run("init", "--from", wrote(folder, text)).code == 0
    rows = {
        row["title"]: (row["status"], row["stage"], row["value"]) for row in run("list", "status=all", "--json").rows
    }
    assert rows["B"] == ("open", "angebot", 200)
    assert rows["C"][0] == "won"
    later = wrote(folder, text + "E,Angebot,500\n", "later.csv")
    result = run("import", later, "--json")
    assert (result.code, result.json["deals"]["created"]) == (0, 1), result.err
    assert "Read as `imports: deals:` of pipeline.yaml says, by its headers." in result.err


def test_an_export_without_stages_gets_those_of_a_template(run: Run, folder: Path) -> None:
    text = "Product,Seller,Client,Status\nProd A,Sam,Current,Won\nProd B,Eve,New,Loss\n"
    result = run("init", "--from", wrote(folder, text), "--template", "classic")
    assert result.code == 0, result.err
    assert stages_of(folder)[0] == "Prospecting"
    assert (
        "has no column of stages: those of the template `classic` stand here" in (folder / "pipeline.yaml").read_text()
    )
    assert {row["status"] for row in run("list", "status=all", "--json").rows} == {"won", "lost"}


def test_a_second_currency_needs_its_rate(run: Run, folder: Path) -> None:
    text = "Deal,Stage,Amount\nA,Lead,€ 100\nB,Lead,€ 50\nC,Lead,$ 100\n"
    refused = run("init", "--from", wrote(folder, text))
    assert (refused.code, refused.err) == (
        2,
        "deals.csv has amounts in EUR, USD: say what one of each is in EUR: --rate USD=NUMBER\n",
    )
    assert not (folder / "pipeline.yaml").exists()
    for bad in ("USD", "USD=x", "USD=0", "dollars=1"):
        assert run("init", "--from", "deals.csv", "--rate", bad).code == 2
    assert run("init", "--from", "deals.csv", "--rate", "USD=0.5").code == 0
    assert run("list", "--json").json["totals"]["value"] == 200


def test_nothing_is_overwritten(run: Run, folder: Path) -> None:
    name = wrote(folder, "Deal,Stage\nA,Lead\n")
    run("init")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    result = run("init", "--from", name)
    assert (result.code, "is there already and was left as it is" in result.err) == (5, True)
    (folder / "pipeline.yaml").unlink()
    run("--config", "other.yaml", "init", "--template", "saas")
    run("--config", "other.yaml", "add", "Acme")
    kept = (folder / "pipeline.db").read_bytes()
    result = run("init", "--from", name)
    assert (result.code, "is there already and was left as it is" in result.err) == (5, True)
    assert not (folder / "pipeline.yaml").exists()
    assert (folder / "pipeline.db").read_bytes() == kept
    assert set(before) == {"deals.csv", "pipeline.yaml", "pipeline.db"}


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("Deal,Stage,Amount\nA,Lead,(500)\n", 5, "deals.csv:2: Amount: '(500)' is read as minus 500"),
        ("Deal,Stage,Created\nA,Lead,03/04/2026\n", 5, "--date-order dmy"),
        ("", 5, "the file is empty"),
        ("x,y\n1,2\n", 5, "none of the columns is known"),
        (
            "Deal,Stage\n" + "".join(f"A,Stage {number} {number:x}x\n" for number in range(60)),
            2,
            "is no column of stages",
        ),
    ],
)
def test_a_file_that_cannot_be_read_makes_nothing(text: str, code: int, said: str, run: Run, folder: Path) -> None:
    result = run("init", "--from", wrote(folder, text))
    assert (result.code, said in result.err) == (code, True), result.err
    assert [path.name for path in folder.iterdir()] == ["deals.csv"]


def test_what_the_refusal_names_makes_it_work(run: Run, folder: Path) -> None:
    text = "Deal,Stage,Amount,Created,State\nA,Lead,(500),03/04/2026,hm\nB,Lead,5,03/04/2026,hm\n"
    name = wrote(folder, text)
    words = ["--date-order", "mdy", "--skip-bad", "--map", "status=State", "--value-map", "status:hm=open"]
    result = run("init", "--from", name, *words)
    assert result.code == 0, result.err
    assert [row["created_at"][:10] for row in run("list", "--json").rows] == ["2026-03-04"]
    assert (folder / "deals.rejected.csv").exists()
    again = run("import", name, "--skip-bad", "--json").json
    assert (again["deals"]["unchanged"], again["deals"]["skipped"]) == (1, 1), "the mapping was kept"


def test_files_may_be_named(run: Run, folder: Path) -> None:
    name = wrote(folder, "Deal,Stage\nA,demo_held\n")
    files = ("--config", "sales.yaml", "--db", "sales.db")
    assert run(*files, "init", "--from", name).code == 0
    assert [row["title"] for row in run(*files, "list", "--json").rows] == ["A"]
    assert "name: Demo held" in (folder / "sales.yaml").read_text("utf-8")
    assert not (folder / "pipeline.db").exists()


def test_a_column_of_a_hundred_pipelines_is_none(run: Run, folder: Path) -> None:
    name = wrote(folder, "Deal,Pipeline\n" + "".join(f"A,P{number}\n" for number in range(100)))
    result = run("init", "--from", name)
    assert (result.code, "--map pipeline=" in result.err) == (2, True)
    assert run("init", "--from", name, "--map", "pipeline=").code == 0


def test_a_mapping_of_one_known_column_holds_for_its_own_files_alone(run: Run, folder: Path) -> None:
    name = wrote(folder, "Vorgang,Phase\nA,Angebot\n")
    assert run("init", "--from", name).code == 0
    assert "headers: [Vorgang, Phase]" in (folder / "pipeline.yaml").read_text("utf-8")
    assert "Zendesk" not in (folder / "pipeline.yaml").read_text("utf-8")
    assert "Read as" in run("import", name).err
    assert "Read as" not in run("import", wrote(folder, "Deal,Phase\nB,Angebot\n", "other.csv")).err


def test_a_header_alone_begins_an_empty_record(run: Run, folder: Path) -> None:
    assert run("init", "--from", wrote(folder, "Deal,Stage\n")).code == 0
    assert run("list", "--json").rows == []


def test_its_options_belong_to_an_export(run: Run, folder: Path) -> None:
    result = run("init", "--date-order", "dmy")
    assert (result.code, list(folder.iterdir())) == (2, [])
    assert run("init", "--from", "nowhere.csv").code == 2


def test_what_a_kill_left_is_gone_on_with(run: Run, folder: Path) -> None:
    name = wrote(folder, "Deal,Stage\nA,Lead\nB,Offer\n")
    run("init", "--from", name)
    (folder / "pipeline.yaml").unlink()  # it is given its name last
    assert run("init", "--from", name).code == 0
    assert len(run("list", "--json").rows) == 2


@pytest.mark.parametrize("where", ["store_import", "write_new_file"])
def test_what_stops_it_on_the_way_leaves_nothing(
    where: str, run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = wrote(folder, "Deal,Stage,Email\nA,Lead,ann@acme.example\n")

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    module = "arriving" if where == "write_new_file" else "importing"
    with monkeypatch.context() as patch:
        patch.setattr(f"pipeline_cli.commands.{module}.{where}", interrupt)
        assert run("init", "--from", name).code == 130
    assert [path.name for path in folder.iterdir()] == ["deals.csv"]
    assert run("init", "--from", name).code == 0


def test_a_text_of_the_export_is_never_part_of_the_file_but_as_text(run: Run, folder: Path) -> None:
    text = '"Deal","Stage","Pipeline","Lost reason"\n"[/] 🦁 =1+1","a: b # c","- x: {y}\nevil: 1","null"\n'
    text += '"B","Lost","- x: {y}\nevil: 1","yes: ""no"" \\ \u2028"\n"C","\u202ex","- x: {y}\nevil: 1",\n'
    result = run("init", "--from", wrote(folder, text))
    assert result.code == 0, result.err
    assert run("check").code == 0
    assert "evil" not in re.findall(r"^(\w+):", (folder / "pipeline.yaml").read_text("utf-8"), re.MULTILINE)
    assert {row["title"] for row in run("list", "status=all", "--json", "--all-pipelines").rows} == {
        "[/] 🦁 =1+1",
        "B",
        "C",
    }


def test_a_workbook_comes_in_one_command(run: Run, folder: Path) -> None:
    from datetime import date

    openpyxl = pytest.importorskip("openpyxl", reason="the library that reads workbooks is not installed")
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["Pipeline 2026"],
        ["Kunde", "Phase", "Betrag", "Erstellt am"],
        ["Löwe", "Angebot", 1234.5, date(2026, 9, 5)],
    ):
        sheet.append(row)
    sheet["C3"].number_format = '#,##0.00 "CHF"'
    book.save(folder / "Meine Deals.xlsx")

    result = run("init", "--from", "Meine Deals.xlsx")
    assert result.code == 0, result.err
    row = run("list", "--json").rows[0]
    assert (row["title"], row["stage"], row["value"], row["currency"]) == ("Löwe", "angebot", 1234.5, "CHF")
    assert row["created_at"][:10] == "2026-09-05"
    assert run("import", "Meine Deals.xlsx", "--json").json["deals"]["unchanged"] == 1


real = pytest.mark.skipif(not SHARED_DATA.exists(), reason="the shared data is not here")


@real
@pytest.mark.parametrize(
    ("words", "today", "totals"),
    [
        (["hygiene/deals.csv"], "2026-07-30", {"won_deals": 26, "won_value": 1594000, "lost_deals": 13}),
        (
            ["maven/sales_pipeline_us_dates.csv"],
            "2017-12-31",
            {"won_deals": 4238, "won_value": 10005534, "lost_deals": 2473, "open_deals": 2089},
        ),
        (
            ["leads1k/deals.csv", "--moves", "leads1k/stage_history.csv", "--touchpoints", "leads1k/touches.csv"],
            "2025-06-30",
            {"won_deals": 390, "won_value": 24000863, "lost_deals": 418, "open_deals": 200},
        ),
        (
            ["bank/deals.csv", "--moves", "bank/stage_history.csv", "--touchpoints", "bank/touches.csv"],
            "2011-12-31",
            {"won_deals": 1130, "won_value": 16758044, "lost_deals": 5680, "open_deals": 645, "open_value": 10399017},
        ),
    ],
    ids=["hygiene", "maven", "leads", "bank"],
)
def test_real_exports_arrive_with_their_figures(words: list[str], today: str, totals: dict[str, int], run: Run) -> None:
    if not LARGE and words[0].startswith(("maven", "bank")):
        pytest.skip("PIPELINE_LARGE runs it")
    paths = [word if word.startswith("-") else str(SHARED_DATA / word) for word in words]
    result = run("init", "--from", *paths, today=today)
    assert result.code == 0, result.err
    found = run("health", "--json", today=today).json["totals"]
    assert {name: found[name] for name in totals} == totals
