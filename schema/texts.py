"""Sentences of refusals, in the languages that are complete; the others read English until theirs are (USR11)."""

from rules.locales import Locale
from rules.refusals import ProblemCode, RefusalCode

Texts = dict[RefusalCode | ProblemCode, str]

ENGLISH: Texts = {
    RefusalCode.INVALID_INPUT: "Some fields need another look.",
    RefusalCode.IDEMPOTENCY_KEY_REUSED: "This idempotency key was used before with other arguments.",
    RefusalCode.INVALID_CREDENTIALS: "Login and password do not belong together.",
    RefusalCode.INVALID_CURRENT_PASSWORD: "The current password is wrong.",
    RefusalCode.LINK_EXPIRED: "This link does not work any more. Ask for a new one.",
    RefusalCode.LOGIN_CHANGE_EXPIRED: "This link does not work any more. Ask for the change of your login again.",
    RefusalCode.SAME_AS_RECOVERY_EMAIL: "Login and recovery e-mail must be two different addresses.",
    RefusalCode.LOGIN_EMAIL_TAKEN: "This address is the login of another account.",
    RefusalCode.PASSWORD_TOO_WEAK: "This password is not safe enough.",
    RefusalCode.NO_LINKED_MAILBOX: "Your login is no mailbox that you manage here.",
    RefusalCode.SECOND_FACTOR_REQUIRED: "Enter a code of your authenticator as well.",
    RefusalCode.SECOND_FACTOR_INVALID: "This code is wrong, or was used before.",
    RefusalCode.SECOND_FACTOR_ALREADY_ON: "Your account has a second factor already.",
    RefusalCode.SECOND_FACTOR_NOT_ON: "Your account has no second factor.",
    RefusalCode.SECOND_FACTOR_NEEDED_BY_STAFF: "Whoever works for the provider keeps the second factor.",
    RefusalCode.LAST_MEMBER: "You are the last member. Delete the organization instead of leaving it.",
    RefusalCode.LAST_LEGAL_REPRESENTATIVE: "Name another legal representative first.",
    RefusalCode.VAT_NUMBER_NOT_APPLICABLE: "No VAT number is needed for this kind of organization and address.",
    RefusalCode.VAT_NUMBER_INVALID: "This VAT number is not correct.",
    RefusalCode.ROLE_NOT_GRANTABLE: "You may neither grant nor take away this role.",
    RefusalCode.INVITATION_ALREADY_PENDING: "This address has been invited already.",
    RefusalCode.INVITATION_NOT_PENDING: "This invitation is not pending any more. Invite again.",
    RefusalCode.ALREADY_MEMBER: "This person belongs to the organization already.",
    RefusalCode.INVITATION_FOR_OTHER_ADDRESS: "This invitation was sent to another address than your login.",
    RefusalCode.INSUFFICIENT_FUNDS: "There is not enough money in the wallet.",
    RefusalCode.INVOICE_NOT_PAYABLE: "An invoice cannot be paid now: it is not open, or a payment is under way.",
    RefusalCode.INVOICE_NOT_FINAL: "The final invoice exists once it is paid.",
    RefusalCode.AMOUNT_OUT_OF_RANGE: "This amount is too small or too large.",
    RefusalCode.AMOUNT_CHANGED: "The amount has changed. Please look at it again.",
    RefusalCode.CURRENCY_MISMATCH: "Amounts of different currencies cannot be paid together.",
    RefusalCode.PAYMENT_METHOD_NOT_ALLOWED: "This cannot be paid in this way.",
    RefusalCode.PAYMENT_DECLINED: "The payment was declined. Nothing was taken.",
    RefusalCode.PAYMENT_ACTION_REQUIRED: "Please confirm the payment.",
    RefusalCode.PAYMENT_NOT_CANCELLABLE: "This payment cannot be cancelled any more.",
    RefusalCode.WITHDRAWAL_NOT_CANCELLABLE: "This withdrawal cannot be cancelled any more.",
    RefusalCode.WITHDRAWAL_NOT_SETTLEABLE: "This withdrawal cannot be settled like that.",
    RefusalCode.INCOMING_TRANSFER_ASSIGNED: "This money has been assigned already.",
    RefusalCode.CHARGE_NOT_OPEN: "This charge is not open any more.",
    RefusalCode.SOURCE_REFERENCE_REUSED: "This source reference stands for another charge.",
    RefusalCode.INVOICE_NOT_CREDITABLE: "This invoice cannot be credited like that.",
    ProblemCode.REQUIRED: "This is needed.",
    ProblemCode.TOO_SHORT: "This is too short.",
    ProblemCode.TOO_LONG: "This is too long.",
    ProblemCode.MALFORMED: "This is not written as it must be.",
    ProblemCode.NOT_ALLOWED: "This is not possible here.",
    ProblemCode.DUPLICATE: "This is named twice.",
}

FRENCH: Texts = {
    RefusalCode.INVALID_INPUT: "Certains champs sont à revoir.",
    RefusalCode.IDEMPOTENCY_KEY_REUSED: "Cette clé d’idempotence a déjà servi avec d’autres arguments.",
    RefusalCode.INVALID_CREDENTIALS: "L’identifiant et le mot de passe ne vont pas ensemble.",
    RefusalCode.INVALID_CURRENT_PASSWORD: "Le mot de passe actuel est faux.",
    RefusalCode.LINK_EXPIRED: "Ce lien ne fonctionne plus. Demandez-en un nouveau.",
    RefusalCode.LOGIN_CHANGE_EXPIRED: "Ce lien ne fonctionne plus. Demandez à nouveau le changement d’identifiant.",
    RefusalCode.SAME_AS_RECOVERY_EMAIL: "L’identifiant et l’adresse de secours doivent être deux adresses différentes.",
    RefusalCode.LOGIN_EMAIL_TAKEN: "Cette adresse est l’identifiant d’un autre compte.",
    RefusalCode.PASSWORD_TOO_WEAK: "Ce mot de passe n’est pas assez sûr.",
    RefusalCode.NO_LINKED_MAILBOX: "Votre identifiant n’est pas une boîte mail que vous gérez ici.",
    RefusalCode.SECOND_FACTOR_REQUIRED: "Entrez aussi un code de votre application d’authentification.",
    RefusalCode.SECOND_FACTOR_INVALID: "Ce code est faux ou a déjà servi.",
    RefusalCode.SECOND_FACTOR_ALREADY_ON: "Votre compte a déjà un second facteur.",
    RefusalCode.SECOND_FACTOR_NOT_ON: "Votre compte n’a pas de second facteur.",
    RefusalCode.SECOND_FACTOR_NEEDED_BY_STAFF: "Qui travaille pour le fournisseur garde le second facteur.",
    RefusalCode.LAST_MEMBER: "Vous êtes le dernier membre. Supprimez l’organisation au lieu de la quitter.",
    RefusalCode.LAST_LEGAL_REPRESENTATIVE: "Nommez d’abord un autre représentant légal.",
    RefusalCode.VAT_NUMBER_NOT_APPLICABLE: "Ce type d’organisation n’a pas besoin de numéro de TVA à cette adresse.",
    RefusalCode.VAT_NUMBER_INVALID: "Ce numéro de TVA n’est pas correct.",
    RefusalCode.ROLE_NOT_GRANTABLE: "Vous ne pouvez ni accorder ni retirer ce rôle.",
    RefusalCode.INVITATION_ALREADY_PENDING: "Cette adresse a déjà été invitée.",
    RefusalCode.INVITATION_NOT_PENDING: "Cette invitation n’est plus en attente. Invitez à nouveau.",
    RefusalCode.ALREADY_MEMBER: "Cette personne fait déjà partie de l’organisation.",
    RefusalCode.INVITATION_FOR_OTHER_ADDRESS: "Cette invitation est allée à une autre adresse que votre identifiant.",
    RefusalCode.INSUFFICIENT_FUNDS: "Il n’y a pas assez d’argent dans le portefeuille.",
    RefusalCode.INVOICE_NOT_PAYABLE: "Une facture n’est pas à payer : elle est close, ou un paiement est en cours.",
    RefusalCode.INVOICE_NOT_FINAL: "La facture définitive existe une fois qu’elle est payée.",
    RefusalCode.AMOUNT_OUT_OF_RANGE: "Ce montant est trop petit ou trop grand.",
    RefusalCode.AMOUNT_CHANGED: "Le montant a changé. Veuillez le revoir.",
    RefusalCode.CURRENCY_MISMATCH: "Des montants de monnaies différentes ne se paient pas ensemble.",
    RefusalCode.PAYMENT_METHOD_NOT_ALLOWED: "Ceci ne peut pas être payé de cette façon.",
    RefusalCode.PAYMENT_DECLINED: "Le paiement a été refusé. Rien n’a été débité.",
    RefusalCode.PAYMENT_ACTION_REQUIRED: "Veuillez confirmer le paiement.",
    RefusalCode.PAYMENT_NOT_CANCELLABLE: "Ce paiement ne peut plus être annulé.",
    RefusalCode.WITHDRAWAL_NOT_CANCELLABLE: "Ce retrait ne peut plus être annulé.",
    RefusalCode.WITHDRAWAL_NOT_SETTLEABLE: "Ce retrait ne peut pas être réglé ainsi.",
    RefusalCode.INCOMING_TRANSFER_ASSIGNED: "Cet argent a déjà été attribué.",
    RefusalCode.CHARGE_NOT_OPEN: "Ces frais ne sont plus ouverts.",
    RefusalCode.SOURCE_REFERENCE_REUSED: "Cette référence désigne déjà d’autres frais.",
    RefusalCode.INVOICE_NOT_CREDITABLE: "Cette facture ne peut pas être créditée ainsi.",
    ProblemCode.REQUIRED: "Ce champ est nécessaire.",
    ProblemCode.TOO_SHORT: "C’est trop court.",
    ProblemCode.TOO_LONG: "C’est trop long.",
    ProblemCode.MALFORMED: "Ce n’est pas écrit comme il faut.",
    ProblemCode.NOT_ALLOWED: "Ce n’est pas possible ici.",
    ProblemCode.DUPLICATE: "C’est nommé deux fois.",
}

TEXTS: dict[Locale, Texts] = {Locale.EN: ENGLISH, Locale.FR: FRENCH}


def refusal_text(code: RefusalCode | ProblemCode, locale: Locale) -> str:
    """The sentence of a refusal or of an input problem, in the reader's language where it is there."""
    return TEXTS.get(locale, ENGLISH)[code]


ASK_FOR_RIGHT = {
    Locale.EN: "You lack the right to do this. Ask a member who has it.",
    Locale.FR: "Vous n’avez pas le droit de faire cela. Demandez à un membre qui l’a.",
}


def missing_right_text(locale: Locale) -> str:
    """The sentence for whoever lacks a right, in the reader's language where it is there."""
    return ASK_FOR_RIGHT.get(locale, ASK_FOR_RIGHT[Locale.EN])
