"""What a mail folder is for, by the names that mail programs give it in several languages."""

from __future__ import annotations

import base64
import re

JUNK, TRASH, DRAFTS = "junk", "trash", "drafts"
WAITING = "waiting"
"""Of names: folders whose mail was not sent; some people call a label of their own so."""

_NAMES = {
    JUNK: """junk|junk e-mail|junk email|junk mail|spam|spamverdacht|bulk mail|unerwünscht|unerwünschte werbung
        |courrier indésirable|indésirables|pourriel|correo no deseado|correo basura|no deseado|lixo|lixo eletrônico
        |lixo eletrónico|posta indesiderata|indesiderata|ongewenst|ongewenste e-mail|ongewenste e-mails|skräppost|skrappost
        |uønsket e-post|uønsket mail|søppelpost|roskaposti|wiadomości-śmieci|wiadomości śmieci|niechciane|nevyžádaná pošta
        |levélszemét|спам|нежелательная почта|迷惑メール|垃圾邮件|스팸""",
    TRASH: """trash|deleted|deleted items|deleted messages|bin|rubbish|wastebasket|papierkorb|gelöscht|gelöschte elemente
        |gelöschte objekte|corbeille|éléments supprimés|messages supprimés|papelera|papelera de reciclaje|elementos eliminados
        |eliminados|lixeira|itens excluídos|itens eliminados|cestino|posta eliminata|elementi eliminati|prullenbak
        |verwijderd|verwijderde items|papperskorg|borttaget|slettet post|slettede elementer|papirkurv|roskakori|kosz
        |elementy usunięte|koš|odstraněná pošta|lomtár|törölt elemek|корзина|удаленные|ゴミ箱|已删除邮件|휴지통""",
    DRAFTS: """draft|drafts|entwurf|entwürfe|brouillon|brouillons|borrador|borradores|rascunho|rascunhos|bozze|concepten
        |utkast|kladder|luonnokset|szkice|wersje robocze|kopie robocze|koncepty|piszkozatok|черновики|下書き|草稿
        |임시보관함""",
    WAITING: """templates|vorlagen|plantillas|sjablonen|szablony|outbox|unsent messages|unsent|postausgang
        |boîte d'envoi|bandeja de salida|caixa de saída""",
}
_KINDS = {" ".join(name.split()): kind for kind, names in _NAMES.items() for name in names.split("|")}
_SUFFIXES = (".mbox", ".mbx", ".sbd", ".mozmsgs")


def kind_of_label(name: str) -> str | None:
    """junk | trash | drafts, of what Gmail writes into an export; a label below another is one that a person made."""
    kind = _KINDS.get(_readable(name).strip())
    return None if kind == WAITING else kind


def kind_of(name: str) -> str | None:
    """junk | trash | drafts; None for a folder with mail in it: `.INBOX.Junk E-Mail`, `[Gmail]/Papierkorb`, `Trash.sbd`."""
    plain = _readable(name)
    for suffix in _SUFFIXES:
        plain = plain.removesuffix(suffix)
    last = re.split(r"[./\\]", plain.strip(" ./\\"))[-1]
    kind = _KINDS.get(plain.strip()) or _KINDS.get(last.strip())
    return DRAFTS if kind == WAITING else kind


def _readable(name: str) -> str:
    """In small letters and without the UTF-7 that IMAP servers name their folders in: `Entw&APw-rfe`."""
    from unicodedata import normalize

    return normalize("NFC", re.sub(r"&([A-Za-z0-9+,]*)-", _from_utf7, name)).casefold()


def _from_utf7(found: re.Match[str]) -> str:
    if not found[1]:
        return "&"
    try:
        coded = found[1].replace(",", "/")
        return base64.b64decode(coded + "=" * (-len(coded) % 4)).decode("utf-16-be")
    except ValueError:
        return found[0]
