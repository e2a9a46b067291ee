"""How exports in German, French, Spanish and Portuguese head their columns, and a header that names a currency."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from pipeline_cli.domain.words.outcome_words import plain_key

# The header of the English export: what it is in the others.
_TRANSLATIONS = """
record_id: Datensatz-ID, Datensatznummer, ID de fiche d'informations, ID d'enregistrement, ID de l'enregistrement, \
ID de registro, ID del registro, ID do registro
deal_id: ID de transaction, ID de la transaction, ID de l'affaire, ID del negocio, ID del trato, ID do negócio
opportunity_id: ID d'opportunité, ID de oportunidad, ID de la oportunidad, ID da oportunidade, Verkaufschancen-ID
deal_name: Deal-Name, Name des Deals, Nom de la transaction, Nom de l'affaire, Nom du deal, Nombre del negocio, \
Nombre del trato, Nombre de la transacción, Nombre del deal, Nome do negócio, Nome da negociação
deal_title: Deal-Titel, Affaire - Titre, Deal - Titre, Trato - Título, Negocio - Título, Negócio - Título, \
Deal - Título
opportunity_name: Opportunity-Name, Name der Opportunity, Name der Verkaufschance, Verkaufschance, \
Nom de l'opportunité, Nom d'opportunité, Nombre de la oportunidad, Nombre de oportunidad, Nombre oportunidad, \
Nome da oportunidade
title: Titel, Titre, Título, Bezeichnung, Betreff, Projekt, Projektname, Intitulé, Proyecto, Projeto, Oportunidad, \
Oportunidade, Opportunité, Affaire, Negocio, Negócio
name: Nom, Nombre, Nome
deal_stage: Deal-Phase, Phase des Deals, Deal-Stufe, Phase de la transaction, Étape de la transaction, \
Étape de l'affaire, Phase du deal, Affaire - Étape, Etapa del negocio, Etapa del trato, Fase del negocio, \
Etapa de la transacción, Etapa do negócio, Fase do negócio, Estágio do negócio, Etapa da negociação
stage: Phase, Stufe, Verkaufsphase, Vertriebsphase, Verkaufsstufe, Vertriebsstufe, Verkaufsstatus, Étape, \
Étape de vente, Étape commerciale, Phase de vente, Stade, Etapa, Fase, Etapa de ventas, Etapa de venta, \
Fase de venta, Fase de ventas, Etapa de vendas, Etapa da venda, Estágio, Estágio de vendas, Nombre de la etapa, \
Nome da etapa, Nom de l'étape
status: Statut, Estado, Situação, Situación, Résultat, Resultado
amount: Betrag, Summe, Auftragssumme, Auftragswert, Auftragsvolumen, Volumen, Umsatz, Montant, Importe, Monto, \
Montante, Quantia, Cantidad, Betrag netto, Nettobetrag, Angebotssumme, Montant HT, Importe total
value: Wert, Valeur, Valor
deal_value: Deal-Wert, Affaire - Valeur, Trato - Valor, Negocio - Valor, Negócio - Valor, Valeur de l'affaire, \
Valor del negocio, Valor do negócio
amount_in_company_currency: Betrag in Firmenwährung, Betrag in Unternehmenswährung, \
Montant dans la devise de l'entreprise, Importe en la moneda de la empresa, Valor en la moneda de la empresa, \
Valor na moeda da empresa
currency: Währung, Devise, Monnaie, Moneda, Divisa, Moeda
deal_currency: Deal-Währung, Währung des Deals, Devise de la transaction, Moneda del negocio, Moeda do negócio
currency_of_value: Währung des Wertes, Devise de la valeur, Moneda del valor, Moeda do valor
close_date: Abschlussdatum, Schlusstermin, Schlussdatum, Abschlusstermin, Date de clôture, Date de fermeture, \
Fecha de cierre, Data de fechamento, Data de fecho, Data de encerramento
expected_close_date: Erwartetes Abschlussdatum, Voraussichtliches Abschlussdatum, Geplantes Abschlussdatum, \
Geplanter Abschluss, Erwarteter Abschluss, Date de clôture prévue, Date de clôture attendue, \
Date prévue de clôture, Clôture prévue, Fecha de cierre prevista, Fecha de cierre esperada, \
Fecha prevista de cierre, Fecha de cierre estimada, Fecha estimada de cierre, Cierre previsto, \
Data de fechamento esperada, Data prevista de fechamento, Data de fechamento prevista, Data esperada de fechamento, \
Previsão de fechamento
estimated_close_date: Geschätztes Abschlussdatum, Date de clôture estimée, Data estimada de fechamento, \
Data de fechamento estimada
create_date: Erstellungsdatum, Erstelldatum, Anlagedatum, Date de création, Fecha de creación, Data de criação
created_on: Erstellt am, Angelegt am, Erstellt, Angelegt, Créé le, Créée le, Creado el, Creada el, Criado em, \
Criada em
created_time: Erstellungszeit, Erstellungszeitpunkt, Heure de création, Hora de creación, Hora da criação, \
Hora de criação
deal_created: Deal erstellt, Affaire créée, Trato creado, Negocio creado, Negócio criado
last_activity_date: Datum der letzten Aktivität, Letzte Aktivität, Letztes Aktivitätsdatum, Letzter Kontakt, \
Zuletzt kontaktiert, Date de la dernière activité, Date de dernière activité, Dernière activité, Dernier contact, \
Fecha de la última actividad, Fecha de última actividad, Última actividad, Último contacto, \
Data da última atividade, Última atividade, Último contato
next_activity_date: Datum der nächsten Aktivität, Nächste Aktivität, Date de la prochaine activité, \
Prochaine activité, Fecha de la próxima actividad, Próxima actividad, Data da próxima atividade, Próxima atividade
next_step_date: Datum des nächsten Schritts, Wiedervorlage, Wiedervorlage am, Relance, Date de relance, \
Próxima acción el, Fecha del próximo paso, Data do próximo passo
last_stage_change: Letzte Phasenänderung, Letzter Phasenwechsel, Dernier changement d'étape, \
Último cambio de etapa, Última mudança de etapa, Última alteração de etapa
deal_owner: Zuständiger Mitarbeiter, Zuständiger Mitarbeiter für Deal, Deal-Eigentümer, Deal-Inhaber, \
Deal-Besitzer, Für Deal zuständiger Mitarbeiter, Propriétaire de la transaction, Propriétaire de l'affaire, \
Propietario del negocio, Propietario del trato, Proprietário do negócio, Responsável pelo negócio
opportunity_owner: Opportunity-Inhaber, Inhaber der Opportunity, Opportunity-Eigentümer, \
Propriétaire de l'opportunité, Propietario de la oportunidad, Proprietário da oportunidade
owner: Eigentümer, Inhaber, Besitzer, Verantwortlich, Verantwortlicher, Verantwortliche, Zuständig, Bearbeiter, \
Verkäufer, Vertriebsmitarbeiter, Vertriebler, Propriétaire, Responsable, Vendeur, Propietario, Propietaria, \
Vendedor, Proprietário, Responsável
account_name: Accountname, Name des Accounts, Kundenname, Nom du compte, Nom du client, Nombre de la cuenta, \
Nombre de cuenta, Nombre del cliente, Nome da conta, Nome do cliente
associated_company: Zugeordnetes Unternehmen, Zugehöriges Unternehmen, Verknüpftes Unternehmen, Zugeordnete Firma, \
Entreprise associée, Empresa asociada, Empresa associada
company_name: Unternehmensname, Firmenname, Name des Unternehmens, Nom de l'entreprise, Nom de la société, \
Nombre de la empresa, Nombre de empresa, Nome da empresa
organization: Organisation, Firma, Unternehmen, Kunde, Société, Entreprise, Compte, Organización, Empresa, Cliente, Cuenta, \
Organização, Conta
organization_name: Name der Organisation, Nom de l'organisation, Nombre de la organización, Nome da organização
contact: Kontakt, Contacto, Contato
contact_person: Kontaktperson, Ansprechpartner, Ansprechpartnerin, Personne de contact, Interlocuteur, \
Persona de contacto, Pessoa de contato, Pessoa de contacto
contact_name: Kontaktname, Name des Kontakts, Nom du contact, Nombre del contacto, Nombre de contacto, \
Nome do contato, Nome do contacto
associated_contact: Zugeordneter Kontakt, Zugehöriger Kontakt, Verknüpfter Kontakt, Zugeordnete Kontakte, \
Contact associé, Contacts associés, Contacto asociado, Contactos asociados, Contato associado, Contatos associados
email: E-Mail, Mailadresse, Courriel, Correo, Correo electrónico
email_address: E-Mail-Adresse, Adresse e-mail, Adresse mail, Adresse électronique, Dirección de correo electrónico, \
Dirección de correo, Endereço de e-mail
phone: Telefon, Téléphone, Teléfono, Telefone
phone_number: Telefonnummer, Rufnummer, Numéro de téléphone, Número de teléfono, Número de telefone
mobile: Mobiltelefon, Mobilnummer, Handy, Handynummer, Téléphone portable, Téléphone mobile, Móvil, Teléfono móvil, \
Celular, Telemóvel
pipeline: Vertriebspipeline, Tunnel de vente, Canalización, Embudo, Embudo de ventas, Funil, Funil de vendas
probability: Wahrscheinlichkeit, Abschlusswahrscheinlichkeit, Gewinnwahrscheinlichkeit, Probabilité, Probabilidad, \
Probabilidade
forecast_category: Prognosekategorie, Catégorie de prévision, Catégorie de prévisions, Categoría de previsión, \
Categoría de pronóstico, Categoria de previsão
next_step: Nächster Schritt, Nächste Schritte, Étape suivante, Prochaine étape, Prochaines étapes, Próximo paso, \
Próximos pasos, Siguiente paso, Paso siguiente, Próximo passo, Próxima etapa, Próximas etapas
lead_source: Lead-Quelle, Herkunft, Source du prospect, Source de piste, Source de la piste, Provenance, Origine, \
Origine du lead, Fuente del prospecto, Fuente de posible cliente, Origen del prospecto, Origen del candidato, \
Origen, Fuente, Origem, Origem do lead, Origem do cliente potencial, Fonte, Fonte do lead
source: Quelle
lost_reason: Verlustgrund, Grund für Verlust, Grund des Verlusts, Grund für den Verlust, Ablehnungsgrund, \
Absagegrund, Motif de perte, Motif de la perte, Raison de perte, Raison de la perte, Motivo de pérdida, \
Motivo de la pérdida, Razón de pérdida, Razón de la pérdida, Motivo da perda, Motivo de perda, Razão da perda
won_time: Gewonnen am, Gagné le, Gagnée le, Ganado el, Ganada el, Ganho em, Data do ganho
lost_time: Verloren am, Perdu le, Perdue le, Perdido el, Perdida el, Perdido em, Data da perda
closed_on: Geschlossen am, Abgeschlossen am, Deal geschlossen am, Fermé le, Clôturé le, Cerrado el, Fechado em
first_name: Vorname, Prénom, Primeiro nome
last_name: Nachname, Nom de famille, Apellido, Apellidos, Sobrenome
job_title: Berufsbezeichnung, Stellenbezeichnung, Fonction, Poste, Intitulé de poste, Cargo, Puesto
"""
_OBJECT_WORDS = "deal affaire transaction trato negocio negociacao opportunity opportunite oportunidad oportunidade"
_OBJECTS = frozenset(_OBJECT_WORDS.split())
"""What an export writes before the name of each column: `Affaire - Titre`."""
_PEOPLE = {"person": "person", "personne": "person", "persona": "person", "pessoa": "person", "kontakt": "person"}


@cache
def _english_of() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _TRANSLATIONS.strip().splitlines():
        english, _, others = line.partition(":")
        for other in others.split(","):
            found.setdefault(plain_key(other), english)
    return found


@lru_cache(maxsize=4096)
def english_header(header: str) -> str | None:
    """What the English export calls the column: `deal_stage` for `Etapa do negócio`; None: the words are not known."""
    known = _english_of().get(plain_key(header))
    if known is not None:
        return known
    thing, dash, name = header.partition(" - ")
    if not dash:
        return None
    said = plain_key(thing)
    inner = _english_of().get(plain_key(name))
    if said in _OBJECTS:
        return f"deal_{inner or name.strip()}"
    return f"person_{inner or name.strip()}" if said in _PEOPLE else None


_SIGNS = {"€": "EUR", "£": "GBP", "US$": "USD", "R$": "BRL", "$": "USD", "¥": "JPY"}
_CODE_WORDS = (
    "EUR USD GBP CHF SEK NOK DKK PLN CZK HUF RON BGN TRY BRL MXN ARS CLP COP PEN UYU CAD AUD NZD JPY CNY INR SGD HKD ZAR AED "
    "ILS KRW THB IDR MYR PHP UAH NGN EGP MAD SAR KES VND TWD ISK"
)
_CODES = frozenset(_CODE_WORDS.split())
_CURRENCY = re.compile(r"(?<![^\W\d_])([A-Z]{3})(?![^\W\d_])|(US\$|R\$|[€£$¥])")
_WORDS_BESIDE = re.compile(r"\b(?:in|en|em|im|de|des)\s*$", re.IGNORECASE)


@lru_cache(maxsize=4096)
def split_currency(header: str) -> tuple[str, str] | None:
    """`Amount (EUR)` is `Amount` in EUR, `EUR` nothing in EUR, `Betrag in €` `Betrag` in EUR; None: no currency is named."""
    alone = header.strip().upper()
    if alone in _CODES:
        return "", alone
    found = [(one.span(), one[1] or _SIGNS[one[2]]) for one in _CURRENCY.finditer(header) if one[2] or one[1] in _CODES]
    if len({code for _, code in found}) != 1:
        return None
    (start, end), code = found[0]
    before = _WORDS_BESIDE.sub("", re.sub(r"[\s(\[,/–-]+$", "", header[:start]))
    after = re.sub(r"^[\s)\],/–-]+", "", header[end:])
    return f"{before.strip()} {after.strip()}".strip(), code


def currency_of_sign(sign: str) -> str | None:
    """`€` and `EUR` are EUR; None: no currency is known by it."""
    return _SIGNS.get(sign) or (sign.upper() if sign.upper() in _CODES else None)
