"""Costs by kind: what trading itself took from the account."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tickwright.analytics.fill_values import FillValues


@dataclass(frozen=True, slots=True)
class Costs:
    """Money of the cash asset paid to fees, the half-spread, slippage and market impact; ≥ 0 unless impact helped."""

    fee: float
    spread: float
    slippage: float
    impact: float

    @property
    def total(self) -> float:
        """All kinds together."""
        return self.fee + self.spread + self.slippage + self.impact

    def document(self) -> dict[str, float]:
        """The four kinds by name."""
        return {"fee": self.fee, "spread": self.spread, "slippage": self.slippage, "impact": self.impact}


def costs(values: FillValues, chosen: npt.NDArray[np.bool_] | None = None) -> Costs:
    """Sums over all fills, or over the `chosen` ones; a fee in base asset counts at the price of its fill."""
    columns = (values.fee, values.spread, values.slippage, values.impact)
    return Costs(*(float(np.sum(column if chosen is None else column[chosen])) for column in columns))
