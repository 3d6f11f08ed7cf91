"""The words for kinds: why a customer disputes, how he pays, what segment he is in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

from connector.grammar.calendar_words import either
from connector.model import DisputeReason, PayerType, Segment

K = TypeVar("K")

#: In this order where two fit at the same place: "bon de commande" before "commande".
_REASONS: tuple[tuple[DisputeReason, str], ...] = (
    (
        DisputeReason.DUPLICATE,
        r"doublons?|en double|double (?:facturation|facture|billing|invoice)|facture(?:e|es)? deux fois"
        r"|deux fois"
        r"|duplicates?|duplicated|twice|billed twice|already invoiced|deja facturee?s?",
    ),
    (
        DisputeReason.ORDER_NUMBER,
        r"bons? de commande|num(?:ero)?s? de commande|n[o°] de commande|ref(?:erence)? (?:de )?commande"
        r"|bdc|sans bc"
        r"|(?:purchase )?orders? (?:number|no|ref\w*)|purchase orders?|po (?:number|missing)|missing po"
        r"|no po|po",
    ),
    (
        DisputeReason.DELIVERY,
        r"livr\w+|(?:marchandises?|colis|produits?|commande|materiel|articles?) (?:jamais |pas |non "
        r"|n'a pas ete )"
        r"(?:recu\w*|arrive\w*|livre\w*)|(?:n'a |ont )?(?:pas|jamais) recu (?:la |les |le |sa |ses "
        r"|leur )?(?:marchandises?|colis"
        r"|produits?|commande|materiel|articles?)|transport\w*|retard de livraison|deliver\w*|shipment"
        r"|shipping"
        r"|(?:goods|parcel|order) (?:not|never) (?:received|arrived|delivered)|(?:not"
        r"|never) received (?:the )?(?:goods|parcel|order)",
    ),
    (
        DisputeReason.NOT_RECEIVED,
        r"ne pas avoir recu (?:la |notre |de )?facture|(?:factures? )?(?:non |pas "
        r"|jamais )(?:encore )?(?:recue?s?|parvenue?s?)(?: (?:la |les |notre "
        r"|nos |de )?factures?)?"
        r"|(?:invoices? )?(?:not|never|n't) (?:yet )?received(?: (?:the |our )?invoices?)?"
        r"|never got (?:the |our )?invoices?|non[ _-]recue?",
    ),
    (
        DisputeReason.PRICE,
        r"prix|tarif\w*|tarification|remises?|ristournes?|surfactur\w+|prices?|pricing|rates?|discounts?"
        r"|overcharged?|too expensive",
    ),
    (DisputeReason.QUANTITY, r"quantit\w+|qtes?|quantity|quantities|qty|manquants?|short(?:age|fall)?"),
    (
        DisputeReason.QUALITY,
        r"qualit\w+|quality|defauts?|defectueu\w+|defects?|defective|faulty|non[ -]conform\w+|casse\w*"
        r"|abime\w*"
        r"|endommage\w*|damaged?|broken|malfacons?|faulty|poor work",
    ),
    (DisputeReason.OTHER, r"autres?|other"),
)
_REASON = tuple((reason, re.compile(rf"(?<![a-z])(?:{words})(?![a-z])")) for reason, words in _REASONS)

PAYER_TYPES: Mapping[str, PayerType] = {
    word: payer_type
    for payer_type, words in {
        PayerType.PROMPT: "ponctuel|ponctuelle|prompt|bon payeur|bon|a l'heure|good payer|good|on time"
        "|punctual",
        PayerType.FORGETFUL: "distrait|distraite|oublieux|oublieuse|etourdi|forgetful",
        PayerType.CHRONIC: (
            "retardataire habituel|retardataire chronique|retardataire|chronique|chronic|chronically late"
            "|mauvais payeur|bad payer|late payer|slow payer|always late|toujours en retard"
        ),
        PayerType.DISPUTING: "contestataire|conteste|litigieux|litigieuse|disputing|disputes|contentious",
        PayerType.IN_DIFFICULTY: (
            "en difficulte|en difficultes|difficulte|difficultes|en_difficulte|in difficulty"
            "|in_difficulty|difficulty"
            "|in difficulties|distressed|in trouble"
        ),
        PayerType.UNREACHABLE: "injoignable|unreachable|not reachable",
    }.items()
    for word in words.split("|")
}
SEGMENTS: Mapping[str, Segment] = {
    word: segment
    for segment, words in {
        Segment.SME: "pme|tpe|tpe/pme|tpe-pme|sme|smb|small business",
        Segment.KEY_ACCOUNT: "grand compte|grands comptes|grand_compte|key account|key accounts"
        "|key_account|key",
        Segment.PUBLIC: "public|publique|secteur public|administration|collectivite|public sector|mairie"
        "|public buyer",
        Segment.MULTI_SITE: "multi site|multi-site|multisite|multi sites|multi-sites|multisites"
        "|multi_site|chain",
        Segment.CONSUMER: "particulier|particuliers|consommateur|consumer|consumers|b2c|private person",
        Segment.OTHER: "autre|autres|other",
    }.items()
    for word in words.split("|")
}


def reason_of(folded: str) -> DisputeReason:
    """Return the reason that folded words name first; OTHER when they name none."""
    places = [(match.start(), rank) for rank, (_, p) in enumerate(_REASON) if (match := p.search(folded))]
    return _REASON[min(places)[1]][0] if places else DisputeReason.OTHER


def kind_of(folded: str, known: Mapping[str, K]) -> K | None:
    """Return the kind that folded words begin with, when they name no other; None: none for certain."""
    first = re.match(rf"(?:{either(re.escape(word) for word in known)})(?![a-z0-9_])", folded)
    if first is None:
        return None
    others = re.findall(
        rf"(?<![a-z0-9_])(?:{either(re.escape(word) for word in known)})(?![a-z0-9_])", folded[first.end() :]
    )
    kind = known[first[0]]
    return kind if all(known[other] is kind for other in others) else None
