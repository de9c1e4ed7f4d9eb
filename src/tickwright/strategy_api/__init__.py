"""What a strategy author uses.

`strategy` the class to extend; `parameters` its typed, bounded values, and `grid` what a sweep makes of them; `acts`
when a target acts; `exits` protective exits; `state` what survives a restart; `informative` other timeframes and
symbols; `signals` words for conditions; `universe` symbols by rank; `views` the bars a strategy sees;
`indicator_arrays` what `indicators` returned; `evaluate` from a strategy and its bars to decisions; `context` what
callbacks see and do, `order_terms` what an order's terms must be, of the `present` bars and with `account_views` of
orders and fills, through the engine's `desk`; `compose` strategies made of strategies, and `parts` what they take over
from them; `registry` strategies by name.
"""

from tickwright.strategy_api.acts import Acts, every, on_change, retry
from tickwright.strategy_api.compose import blend, regime_filter, volatility_target, vote
from tickwright.strategy_api.exits import Exits
from tickwright.strategy_api.informative import informative
from tickwright.strategy_api.parameters import choice, flag, integer, real
from tickwright.strategy_api.signals import crossed_above, crossed_below, hold, lag, rank, where
from tickwright.strategy_api.state import persistent
from tickwright.strategy_api.strategy import Strategy
from tickwright.strategy_api.universe import top

__all__ = [
    "Acts", "Exits", "Strategy", "blend", "choice", "crossed_above", "crossed_below", "every", "flag", "hold",
    "informative", "integer", "lag", "on_change", "persistent", "rank", "real", "regime_filter", "retry", "top",
    "volatility_target", "vote", "where",
]  # fmt: skip
