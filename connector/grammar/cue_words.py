"""The words that show what a spoken answer is about, French and English. Pieces of patterns of folded text,
in which every day and amount stands as one NUL for each of its characters."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias


class Cue(StrEnum):
    """What a piece of an answer is about."""

    NOTHING = "nothing"  # a fixed phrase that asks nothing of us
    REFUSES = "refuses"  # will not or cannot pay: what follows is a person's to say
    PROMISE = "promise"
    PAID = "paid"
    MONEY = "money"  # "virement le 15/12": the day says whether it is promised or paid
    DISPUTE = "dispute"
    NO_ANSWER = "no_answer"
    CALL = "call"
    WAIT = "wait"
    PLAN = "plan"


#: Tables are read in their order: what one line has read, the next does not see.
CueTable: TypeAlias = tuple[tuple[Cue, tuple[str, ...]], ...]

_PAY = r"(?:pay|regl|vers|vir|sold|acquitt)"
_GOODS = r"(?:factures?|marchandises?|colis|commandes?|produits?|livraisons?|materiel|articles?)"
_GOODS_EN = r"(?:invoices?|goods|parcels?|orders?|deliver(?:y|ies)|items?|products?)"
_A_PAYMENT = r"(?:virement|paiement|reglement|cheque|versement|transfer|payment|check)"
_THEM = r"(?:le |la |les |nos |notre |sa |ses |cette |de )?"

#: Phrases that hold a negation of their own, and are whole as they stand.
PHRASES: CueTable = (
    (
        Cue.NOTHING,
        (
            r"promesses? (?:non |pas |partiellement )?(?:tenue|respectee)s?",
            r"promise (?:not |partly )?(?:kept|held)",
            r"(?:pas|plus|aucun|no|not in|not a) (?:de |en |any )?(?:litige|contestation|dispute|disputed)",
        ),
    ),
    (
        Cue.DISPUTE,
        (
            r"(?:n'(?:est|etait|a) |sont |ne sont )?pas (?:du tout )?d'accord",
            r"(?:do(?:es)? not|doesn't|don't|not) agree|no agreement",
            rf"(?:ne pas avoir|n'avoir pas|n'avoir jamais) recu {_THEM}{_GOODS}",
            rf"(?:n'a |n'ont )?(?:pas|jamais) (?:encore )?recu {_THEM}{_GOODS}",
            rf"{_GOODS} (?:qui )?(?:n'est |n'a |n'ont |est |sont )?(?:pas|jamais|non) (?:encore |ete )?"
            r"(?:recu|arrive|parvenu|livre)(?:e|s|es)?",
            rf"(?:never|not|hasn't|haven't|didn't) (?:yet )?(?:receive[ds]?|get|got|gotten)(?: the| our"
            rf"| any)? {_GOODS_EN}",
            rf"{_GOODS_EN} (?:was |were )?(?:not|never) (?:received|arrived|delivered)",
            r"non[ -]conform\w*|(?:pas|non|jamais) livre\w*|(?:not|never) delivered",
        ),
    ),
    (
        Cue.NO_ANSWER,
        (
            r"(?:pas|sans|aucune|point) (?:de |eu de |encore de )?(?:reponse|retour|nouvelles?)",
            r"n[e'] ?(?:re|a pas re)pond\w*(?: pas)?|personne ne (?:re)?pond\w*",
            r"(?:pas|non) (?:joint|joignable|dispo\w*)\w*|pas pu (?:le |la |les )?joindre",
            r"no (?:answer|reply|response|one answered)|(?:could not|couldn't|not"
            r"|unable to) (?:be )?reach\w*",
            r"(?:did not|didn't|does not|doesn't) (?:answer|pick up|reply)|not (?:available|in|there)",
            r"nobody (?:answered|there)",
        ),
    ),
    (Cue.WAIT, (r"ne (?:pas|plus) (?:le |la |les )?relancer|(?:do not|don't|no) chas(?:e|ing)",)),
    (
        Cue.REFUSES,
        (
            r"(?:ne |n')(?:\w+ ){0,2}?(?:veut|veulent|peut|peuvent|compte|souhaite|va|vont|paiera"
            r"|paieront|payera"
            r"|reglera|regleront)(?: pas| plus)(?: (?:payer|regler|le|la|les)){0,3}",
            r"pas en mesure de (?:payer|regler)|refuse\w* (?:de |le )?(?:payer|regler|paiement|pay\w*"
            r"|to pay)",
            r"refus de (?:payer|paiement)|pas de tresorerie|no cash",
            r"(?:won't|will not|cannot|can't|can not|unable to|not able to|not going to|doesn't want to"
            r"|does not want to) (?:be )?(?:pay\w*|settl\w*)",
        ),
    ),
    (
        Cue.NOTHING,
        (
            r"(?:n[e'] ?(?:a|ont|est|sont|soit)? ?)?(?:pas|non|toujours pas|jamais)(?: encore| ete){0,2} "
            r"(?:paye|regle|vire|verse|recu le paiement)\w*",
            r"impaye\w*|(?:not|never|n't)(?: yet| been){0,2} paid|unpaid",
        ),
    ),
)

#: Words that count unless a "not" stands beside them.
WORDS: CueTable = (
    (
        Cue.PLAN,
        (
            r"echeancier|plan de (?:paiement|reglement)|payment plan|mensualites?|instal+ments?",
            r"en (?:[0-9]{1,2}|deux|trois|quatre) fois",
        ),
    ),
    (
        Cue.DISPUTE,
        (
            r"litig\w+|contest\w+|disput\w+|desaccord|disagree\w*|reclam\w+|complain\w*|objects?",
            r"defectueu\w+|defective|faulty|erreur (?:de |sur )\w+|double facturation|doublons?"
            r"|facture en double",
            r"(?:wrong|incorrect) (?:price|quantity|amount|invoice|item\w*|goods)|(?:price|quantity"
            r"|invoice) (?:is )?wrong",
            r"(?:invoiced|billed) twice|overcharged?",
            r"(?:prix|quantite|facture) (?:est )?(?:faux|fausse|erronee?|incorrecte?)",
        ),
    ),
    (
        Cue.PROMISE,
        (
            rf"(?:sera|seront|va etre|vont etre|doit etre) (?:{_PAY}\w*|fait|effectue|envoye|emis|poste"
            rf"|lance)\w*",
            r"(?:will|to|shall) be (?:paid|settled|transferred|wired|sent|made)|partira|partiront",
            r"promesse\w*|promis\w*|promet\w*|promise[sd]?|s'engage\w*|commit\w*|engagement de",
            rf"{_PAY}er(?:a|ai|as|ont|ons|ez)|paier(?:a|ont|ai|ez)",
            r"(?:va|vont|vais|doit|doivent|compte|comptent|prevoit|fera|feront|va faire)(?: nous| le| la"
            r"| les)? "
            rf"(?:{_PAY}er|(?:un |le )?{_A_PAYMENT})",
            r"(?:will|'ll|is going to|are going to|agreed to|agrees to|to) (?:pay|settle|transfer|wire)",
            r"pays|paying|pay (?=\x00)|paie|paient|payent|reglent|virent|versent",
        ),
    ),
    (
        Cue.PAID,
        (
            r"(?:a|ont|ai|avoir|aurait|auraient|est|soit|ete|etait|sont|deja|d'avoir) (?:deja )?(?:tout "
            r"|bien )?"
            r"(?:paye|regle|vire|verse|solde|acquitte)(?:e|s|es)?",
            r"(?:already )?paid|has settled|have settled",
            rf"{_A_PAYMENT} (?:a ete |est |was |has been |is |were |already |deja )?"
            r"(?:(?:fait|effectue|envoye|emis|parti|poste|lance|execute)(?:e|s|es)?|en cours|sent|made"
            r"|done|posted"
            r"|issued|under way|on its way|in the post)",
        ),
    ),
    (Cue.MONEY, (rf"(?:{_A_PAYMENT}|prelevement)s?",)),
    (
        Cue.NO_ANSWER,
        (
            r"repondeur|messagerie|boite vocale|(?:laisse (?:un )?)?message(?: laisse| vocal)"
            r"|laisse (?:un )?message",
            r"injoignable|absente?s?|en conges?|en vacances|occupee?|sonne dans le vide",
            r"voicemail|voice mail|left (?:a )?(?:message|vm)|answering machine|busy|unreachable",
            r"out of (?:the )?office|unavailable|on (?:leave|holiday)",
        ),
    ),
    (
        Cue.CALL,
        (
            r"rappeler|rappelle|rappellera|rappelez|rappelera|recontacter|relancer|retenter|reessayer"
            r"|ressayer",
            r"(?:call|ring|phone)(?:s|ing)?(?: him| her| them| me| us)? (?:back|again)|call-?back"
            r"|try again|retry",
            r"follow up|(?:call|ring|phone)(?= ?\x00)",
        ),
    ),
    (
        Cue.WAIT,
        (
            r"attendre|patienter|mettre en attente|en attente|attente|suspendre",
            r"wait|hold(?: off)?|put on hold|on hold",
        ),
    ),
)

#: "paye", "règle" without its accent: pays or paid; the day or a person must say.
PAYS_OR_PAID = r"(?:paye|regle|vire|verse|solde)(?:e|s|es)?"
