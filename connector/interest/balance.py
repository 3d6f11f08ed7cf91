"""What is left of a debt as money comes in: the one thing here that changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from fractions import Fraction

from connector.interest.calculation import Settlement, Source
from connector.interest.claim import Movement
from connector.interest.law import Imputation
from connector.model import Money, quantize

_NOTHING = Decimal(0)


def rounded(exact: Fraction, currency: str) -> Decimal:
    """Return an exact amount half-up to the smallest unit of a currency."""
    with localcontext() as context:
        context.prec = 60  # far more than a tie of any rate, day count and amount needs
        return quantize(Decimal(exact.numerator) / Decimal(exact.denominator), currency)


@dataclass(slots=True)
class Balance:
    """Principal, interest and indemnity left, all in ``currency``.

    Interest accrues unrounded; a payment settles it in whole units, and the fraction goes on, so that what
    was settled and what is left always add up to the rounded whole.
    """

    currency: str
    imputation: Imputation
    principal: Decimal
    accrued: Fraction = field(default_factory=Fraction)
    interest_settled: Decimal = _NOTHING
    indemnity: Decimal = _NOTHING  # left of it, when it is in this currency
    surplus: Decimal = _NOTHING
    settlements: list[Settlement] = field(default_factory=list)

    @property
    def interest(self) -> Decimal:
        """All that accrued, rounded."""
        return rounded(self.accrued, self.currency)

    def receive(self, payment: Movement) -> None:
        """Set a payment against interest and principal in the order asked for, then the indemnity."""
        money = payment.amount.amount
        interest_left = self.interest - self.interest_settled
        if self.imputation is Imputation.INTEREST_FIRST:
            interest = min(money, interest_left)
            principal = min(money - interest, self.principal)
        else:
            principal = min(money, self.principal)
            interest = min(money - principal, interest_left)
        indemnity = min(money - interest - principal, self.indemnity)
        self._settle(payment, Source.PAYMENT, interest, principal, indemnity)

    def credit(self, note: Movement) -> None:
        """Lower the principal by a credit note: it is no payment, so it settles nothing else."""
        self._settle(note, Source.CREDIT, _NOTHING, min(note.amount.amount, self.principal), _NOTHING)

    def money(self, amount: Decimal) -> Money:
        return Money(quantize(amount, self.currency), self.currency)

    def _settle(
        self, by: Movement, source: Source, interest: Decimal, principal: Decimal, indemnity: Decimal
    ) -> None:
        surplus = by.amount.amount - interest - principal - indemnity
        self.interest_settled += interest
        self.principal -= principal
        self.indemnity -= indemnity
        self.surplus += surplus
        parts = (by.amount.amount, interest, principal, indemnity, surplus, self.principal)
        self.settlements.append(Settlement(by.on, source, *(self.money(part) for part in parts)))
