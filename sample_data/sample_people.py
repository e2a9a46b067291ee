"""Who the consultant of the sample deals with: made-up companies, at reserved domains, and their people.

Telephone numbers come only from the ranges that regulators keep free for films and novels;
a country without such a range has none here.
"""

from __future__ import annotations

from typing import NamedTuple


class Organization(NamedTuple):
    name: str
    domain: str
    country: str
    industry: str
    person: str
    mailbox: str
    role: str


class Person(NamedTuple):
    name: str
    email: str
    phone: str
    organization: str
    role: str


# name | domain | country | industry | person | mailbox | role
_ORGANIZATIONS = """
Brauhaus Elbtal|brauhaus-elbtal|DE|food|Jörg Weißgerber|j.weissgerber|Managing director
Şahin Logistik|sahin-logistik|DE|logistics|Zoë Şahin|zoe.sahin|Owner
株式会社みらい|mirai|JP|software|佐藤 美咲|m.sato|Head of overseas business
Kowalski i Synowie|kowalski-synowie|PL|manufacturing|Łukasz Kowalski|lukasz|Owner
Αιγαίο Ταξίδια|aegean-travel|GR|tourism|Ελένη Παπαδοπούλου|eleni|Managing director
O'Brien & Daughters|obrien-daughters|GB|retail|Siobhán O'Brien|siobhan|Founder
Müller, Krüger & Partner|mkp-steuer|DE|tax advice|Käthe Krüger|k.krueger|Partner
Sonnenblume Naturkost|sonnenblume|DE|food|Mia 🌻 Brandt|mia|Founder
Northwind Analytics, Inc.|northwind-analytics|US|software|Deshawn Carter|dcarter|VP Operations
Atelier Lumière|atelier-lumiere|FR|design|Chloé Lefèvre|chloe|Creative director
Studio Ñandú|studio-nandu|ES|design|Íñigo Muñoz|inigo|Founder
Fjällgård Möbler|fjallgard-mobler|SE|manufacturing|Åsa Björklund|asa.bjorklund|COO
Стожары|stozhary|BG|software|Димитър Иванов|d.ivanov|CTO
Čistá Voda|cista-voda|CZ|energy|Matěj Dvořák|matej.dvorak|Head of procurement
محاسبة النور|alnoor|AE|tax advice|ليلى حداد|layla|Managing partner
한빛 스튜디오|hanbit|KR|games|김서연|seoyeon.kim|Producer
גלים מדיה|galim-media|IL|media|נועה לוי|noa|Editor in chief
Đorđević Gradnja|djordjevic-gradnja|RS|construction|Đurđa Đorđević|djurdja|Managing director
Tímea Optika|timea-optika|HU|health|Tímea Szőllősi|timea|Owner
Hafenkontor|hafenkontor|DE|logistics|Hinnerk Petersen|h.petersen|Head of operations
Lindenhof Klinik|lindenhof-klinik|DE|health|Dr. Annegret Voß|a.voss|Administrative director
Blechwerk Süd|blechwerk-sued|DE|manufacturing|Anton Huber|huber|Plant manager
Datenkiste|datenkiste|DE|software|Merle Janssen|merle|CEO
Kantine Neun|kantine-neun|DE|food|Paul Adeyemi|paul|Founder
Rheinblick Hotels|rheinblick|DE|tourism|Sabine Kröll|s.kroell|Director of finance
Wolkenlos Software|wolkenlos|DE|software|Tarek Mansour|tarek|CTO
Holzmanufaktur Allgäu|holz-allgaeu|DE|manufacturing|Vroni Kögel|v.koegel|Owner
Stadtwerke Auental|sw-auental|DE|energy|Bernd Rösler|b.roesler|Head of digital
Kita Wirbelwind|kita-wirbelwind|DE|education|Inga Möhring|inga|Board member
Fahrradladen Speiche|speiche|DE|retail|Cem Yıldız|cem|Owner
Verlag am Markt|verlag-am-markt|DE|media|Dorothee Schlüter|d.schlueter|Publisher
Grünzeug Gartenbau|gruenzeug|DE|construction|Ole Brinkmann|ole|Owner
Musikschule Tonart|tonart|DE|education|Clara Wiedemann|clara|Head
Apotheke zur Waage|zur-waage|DE|health|Stefan Oßwald|s.osswald|Pharmacist
Elektro Tannhäuser|elektro-tannhaeuser|DE|construction|Rainer Tannhäuser|rainer|Owner
Kaffeerösterei Bohne|bohne|DE|food|Leonie Graf|leonie|Co-founder
Pixelschmiede|pixelschmiede|DE|games|Jonas Wirth|jonas|Studio head
Medizintechnik Ahorn|ahorn-medtech|DE|health|Dr. Farid Nazari|f.nazari|Head of quality
Seilbahn Hochkogel|hochkogel|AT|tourism|Resi Moosbrugger|resi|Managing director
Donau Druck|donau-druck|AT|media|Wolfgang Ölzant|w.oelzant|Owner
Wiener Werkbank|wiener-werkbank|AT|software|Lena Štěpánek|lena|COO
Alpenmilch Genossenschaft|alpenmilch|AT|food|Sepp Innerhofer|sepp|Chairman
Tirol Solar|tirol-solar|AT|energy|Magdalena Egger|m.egger|CEO
Seeblick Treuhand|seeblick-treuhand|CH|tax advice|Urs Zürcher|urs.zuercher|Partner
Velowerk Zürich|velowerk|CH|manufacturing|Noëmi Aebischer|noemi|Head of operations
Genève Horlogerie|geneve-horlogerie|CH|manufacturing|Étienne Rochat|e.rochat|Director
Camden Clay|camden-clay|GB|retail|Oluwaseun Adebayo|seun|Founder
Harbour & Vale|harbour-vale|GB|legal|Imogen Vale|i.vale|Partner
Pennine Water Tech|pennine-water|GB|energy|Gareth Llŷr Hughes|g.hughes|Engineering lead
Kestrel Learning|kestrel-learning|GB|education|Priya Raghunathan|priya|CEO
Thistle Freight|thistle-freight|GB|logistics|Ewan MacAskill|ewan|Operations director
Maple & Main Bakeries|maple-main|US|food|Rosa Delgado|rosa|Owner
Bluebonnet Clinics|bluebonnet-clinics|US|health|Dr. Amy Nguyen|anguyen|Medical director
Prairie Robotics|prairie-robotics|US|manufacturing|Sven Halvorsen|sven|CEO
Harlan County Museum|harlan-museum|US|education|Beatrice Whitlock|bwhitlock|Curator
Vignobles Saint-Rémy|vignobles-saint-remy|FR|food|Benoît d'Aubigné|benoit|Owner
Marée Haute|maree-haute|FR|tourism|Maëlle Kervella|maelle|Director
Clinique des Tilleuls|clinique-tilleuls|FR|health|François Nguyễn|f.nguyen|Head of administration
Énergie du Rhône|energie-rhone|FR|energy|Anaïs Çelik|anais.celik|Project lead
Skärgård Kök|skargard-kok|SE|manufacturing|Göran Sjöström|goran|CEO
Lumen Skola|lumen-skola|SE|education|Maja Öberg|maja.oberg|Head teacher
Nordljus Media|nordljus|SE|media|Håkan Nyström|hakan|Publisher
Fabryka Światła|fabryka-swiatla|PL|manufacturing|Żaneta Wójcik|zaneta|Head of sales
Biuro Gęś|biuro-ges|PL|legal|Michał Gąsior|michal|Partner
Azulejo Digital|azulejo-digital|PT|software|João Gonçalves|joao|CEO
Quinta do Vale|quinta-do-vale|PT|tourism|Conceição Araújo|conceicao|Owner
Van der Meer Bloemen|vandermeer-bloemen|NL|retail|Sjoerd van der Meer|sjoerd|Owner
Zeeland Offshore|zeeland-offshore|NL|energy|Anneloes de Vries|a.devries|Head of projects
Brouwerij 't Veer|brouwerij-t-veer|BE|food|Güllü Peeters|gullu|COO
Fonderia Piùluce|fonderia-piuluce|IT|manufacturing|Niccolò Esposito|niccolo|Plant manager
Libreria Perché|libreria-perche|IT|retail|Zita Dell'Acqua|zita|Owner
Aarhus Akustik|aarhus-akustik|DK|construction|Søren Kjær|soren|Founder
Bergen Sjømat|bergen-sjomat|NO|food|Ingebjørg Øvrebø|ingebjorg|Head of logistics
Sisu Ohjelmistot|sisu-ohjelmistot|FI|software|Väinö Hämäläinen|vaino|CTO
Rīgas Koks|rigas-koks|LV|manufacturing|Jānis Bērziņš|janis|Owner
Țara Verde|tara-verde|RO|food|Ștefan Ionescu|stefan|Managing director
İzmir Tekstil|izmir-tekstil|TR|manufacturing|İpek Yılmaz|ipek|Export manager
Sunrise Spices|sunrise-spices|IN|food|अनन्या शर्मा|ananya|Founder
华光科技|huaguang|CN|software|陈思远|siyuan.chen|Product director
Ca Dao Coffee|ca-dao|VN|food|Nguyễn Thị Hồng|hong|Owner
"""

# organization | person | mailbox | role
_SECOND_PEOPLE = """
Şahin Logistik|Emre Şahin|emre.sahin|Head of fleet
株式会社みらい|田中 健|k.tanaka|CFO
Müller, Krüger & Partner|Sinéad Müller|s.mueller|Office manager
Northwind Analytics, Inc.|Jean-Luc "JL" Moreau|jlmoreau|CFO
Lindenhof Klinik|Tomás Herrera|t.herrera|Head of IT
Stadtwerke Auental|Gesine Lüdtke|g.luedtke|Procurement
Wolkenlos Software|Nele Baumann|nele|Head of product
Harbour & Vale|Rupert Harbour|r.harbour|Senior partner
Prairie Robotics|Lucía Ortega|lucia|Head of finance
Zeeland Offshore|Joost Kuiper|j.kuiper|Procurement
Tirol Solar|Florian Plattner|f.plattner|CFO
Velowerk Zürich|Reto Hürlimann|reto|Finance
"""

_PHONES = {
    "DE": "+49 30 23125 {:03d}",
    "GB": "+44 20 7946 0{:03d}",
    "US": "+1 212 555 01{:02d}",
    "FR": "+33 1 99 00 {:02d} 17",
    "SE": "+46 8 465 004 {:02d}",
}

ORGANIZATIONS = tuple(Organization(*line.split("|")) for line in _ORGANIZATIONS.strip().splitlines())

NO_EMAIL = ("Fahrradladen Speiche", "Elektro Tannhäuser", "Grünzeug Gartenbau")
NOTHING_TO_REACH_BY = "Grünzeug Gartenbau"


def find_phone(organization: Organization, place: int) -> str:
    """A number from a range nobody is ever given; empty where the country has none, or none is known."""
    if organization.name == NOTHING_TO_REACH_BY or organization.country not in _PHONES or place % 7 == 6:
        return ""
    return _PHONES[organization.country].format(10 + place)


def first_people() -> dict[str, Person]:
    """By organization: the person its deals name."""
    people = {}
    for place, row in enumerate(ORGANIZATIONS):
        email = "" if row.name in NO_EMAIL else f"{row.mailbox}@{row.domain}.example"
        people[row.name] = Person(row.person, email, find_phone(row, place), row.name, row.role)
    return people


def second_people() -> dict[str, Person]:
    """By organization: another person there, where one is known."""
    domains = {row.name: row.domain for row in ORGANIZATIONS}
    rows = (line.split("|") for line in _SECOND_PEOPLE.strip().splitlines())
    return {name: Person(person, f"{box}@{domains[name]}.example", "", name, role) for name, person, box, role in rows}
