"""From one large order to the small ones that work it: when how much is sent, and what that is expected to cost.

`schedule` what every plan is: a quantity per slice, in whole lots where asked; `twap` equal slices, `vwap` slices like
the market's own volume, `almgren_chriss` the best trade of cost against risk, `obizhaeva_wang` the best plan for a book
that refills. `participation` follows the volume that trades instead of a plan; `parent_order` keeps what was sent,
filled and is left, so that no plan can fill too much. `market_impact` estimates what an order costs before it is sent.

All of it is arithmetic: nothing here sends an order. Quantities and prices are float64 as strategies use them; what
must add up exactly is counted in whole lots. A plan is the same for a purchase and a sale.
"""

from tickwright.execution.almgren_chriss import LinearImpact, almgren_chriss_schedule
from tickwright.execution.market_impact import ImpactEstimate, IStar, almgren_2005_impact
from tickwright.execution.obizhaeva_wang import obizhaeva_wang_cost, obizhaeva_wang_schedule
from tickwright.execution.parent_order import ParentOrder
from tickwright.execution.participation import participation_allowance
from tickwright.execution.schedule import Schedule
from tickwright.execution.twap import twap_schedule
from tickwright.execution.vwap import vwap_schedule

__all__ = [
    "IStar", "ImpactEstimate", "LinearImpact", "ParentOrder", "Schedule", "almgren_2005_impact",
    "almgren_chriss_schedule", "obizhaeva_wang_cost", "obizhaeva_wang_schedule", "participation_allowance",
    "twap_schedule", "vwap_schedule",
]  # fmt: skip
