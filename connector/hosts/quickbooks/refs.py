"""Our refs and QuickBooks' entities. Invoices and credit notes are one kind of ours and two entities there,
so the ref of a credit memo says what it is: ``creditmemo/73``. Pure."""

from __future__ import annotations

from connector.model import Kind, Ref

CREDIT = "creditmemo/"
_ENTITIES = {Kind.CUSTOMER: "Customer", Kind.INVOICE: "Invoice", Kind.PAYMENT: "Payment"}


def entity_of(ref: Ref) -> tuple[str, str] | None:
    """The entity and the id of what a ref names; None for what cannot be one of QuickBooks'.

    A remark's ref is the entity's, with the number of the remark behind it (``invoice/130/2``).
    """
    if ref.kind is Kind.REMARK:
        name, _, rest = ref.id.partition("/")
        number = rest.partition("/")[0]
        entity = {"invoice": "Invoice", "customer": "Customer"}.get(name)
        return (entity, number) if entity and number.isdigit() else None
    entity, number = _ENTITIES.get(ref.kind), ref.id
    if ref.kind is Kind.INVOICE and ref.id.startswith(CREDIT):
        entity, number = "CreditMemo", ref.id.removeprefix(CREDIT)
    return (entity, number) if entity and number.isdigit() else None


def ref_of(entity: str, number: str) -> Ref | None:
    """The ref under which we know an object; None for entities that are none of our kinds."""
    if entity == "CreditMemo":
        return Ref(Kind.INVOICE, f"{CREDIT}{number}")
    kind = next((kind for kind, name in _ENTITIES.items() if name == entity), None)
    return Ref(kind, number) if kind else None
