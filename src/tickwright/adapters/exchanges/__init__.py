"""The way to real exchanges, and to the practice exchange, which is reached by the same way under another address.

`ccxt_gateway` market data through an unmodified ccxt client; `ccxt_client` how that client is built and kept to its
address; `ccxt_errors` ccxt's exceptions in our words; `candle_rows`, `trade_rows` and `event_rows` answers to columns;
`decimal_columns` decimal text to exact integers; `retry` when a read is asked again; `rate_budget` the request weight
that all processes of a machine share; `venues` what is peculiar to an exchange, one file each.
"""

from tickwright.adapters.exchanges.ccxt_gateway import CcxtMarketData, open_market_data
from tickwright.adapters.exchanges.rate_budget import (
    BUDGET_FILE,
    BudgetState,
    SharedRateBudget,
    open_rate_budget,
    user_state_directory,
)

__all__ = [
    "BUDGET_FILE",
    "BudgetState",
    "CcxtMarketData",
    "SharedRateBudget",
    "open_market_data",
    "open_rate_budget",
    "user_state_directory",
]
