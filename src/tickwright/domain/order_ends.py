"""What each end and each refusal of an order means: the pages of `records.OrderState`.

Invariant: every state from FILLED on has a page in three labelled parts, the form of the pages in `errors`. Refusals
are values on the order, never exceptions: the run goes on.
"""

from __future__ import annotations

from typing import Final

from tickwright.domain.records import OrderState

ORDER_ENDS: Final[dict[OrderState, str]] = {
    OrderState.FILLED: """The order is done: everything it asked for was traded.

    What happened: its quantity is filled, or less than one lot of its cost is left.
    State: the position holds what arrived; nothing of the order works any more.
    What to do: nothing.
    """,
    OrderState.CANCELLED: """The order ended before it was filled whole.

    What happened: the strategy cancelled or replaced it, a new decision took its place, an IOC or FOK found too little,
    a sibling of the same OCO filled, nothing was left to reduce, or its capped rest could not be paid.
    State: what had filled before stays; the rest is gone and its hold is free again.
    What to do: nothing, unless it happens often: then compare the order's size with the volume cap and the free cash.
    """,
    OrderState.EXPIRED: """The order's good-till date passed.

    What happened: no event before its expiry filled it whole.
    State: what had filled before stays; the rest is gone and its hold is free again.
    What to do: give it more time, or a price nearer to the market.
    """,
    OrderState.END_OF_DATA: """The history ended while the order was working.

    What happened: the last bar of the run came before the order could fill.
    State: the order has no effect on the result; positions stay open, valued at the last close.
    What to do: nothing; a longer history would have decided it.
    """,
    OrderState.LIQUIDATED: """The order ended because its position was liquidated.

    What happened: the position's margin no longer covered its maintenance, so the exchange closed it.
    State: the position is flat and every order of the instrument has ended; the loss and the fee are in the account.
    What to do: use less leverage, more margin, or a stop nearer than the liquidation price.
    """,
    OrderState.COVER_GONE: """A plain sell ended because another exit sold what it was going to sell.

    What happened: a protective exit or a reduction used the holding; the newest plain sells lose their cover first.
    State: the holding is as the exit left it; this order did not trade any further.
    What to do: nothing, or mark the sell as reduce-only so that it shrinks instead of ending.
    """,
    OrderState.VENUE_TICK: """Refused: the price is not a multiple of the instrument's tick.

    What happened: a limit, stop or trigger price is finer than the exchange accepted at that time.
    State: the order was never accepted; nothing is held for it.
    What to do: leave rounding to the platform (`ctx.buy`, `ctx.sell` round passively), or correct the dated tick.
    """,
    OrderState.VENUE_LOT: """Refused: the quantity is not a multiple of the instrument's lot.

    What happened: the quantity is finer than the exchange accepted at that time, or outside its smallest and largest.
    State: the order was never accepted; nothing is held for it.
    What to do: leave rounding to the platform, which rounds quantities down, or correct the dated lot.
    """,
    OrderState.VENUE_MIN_NOTIONAL: """Refused: the order is worth less than the exchange accepts.

    What happened: price times quantity is below the instrument's minimum notional at that time.
    State: the order was never accepted; nothing is held for it.
    What to do: trade larger pieces: more cash per symbol, fewer symbols, or a wider band between rebalances.
    """,
    OrderState.VENUE_INSUFFICIENT_FUNDS: """Refused: the account cannot pay for the order.

    What happened: free cash (or free base for a sell) does not cover the whole order with its fee and costs; refused
    quantity orders are refused whole.
    State: the order has ended; nothing is held for it, the account is unchanged.
    What to do: order by `cost` or `fraction`, which spend at most what they name, or leave room for fee and spread.
    """,
    OrderState.VENUE_TOO_SMALL: """Refused: the order is for less than one lot.

    What happened: the cheapest possible fill, one lot with its fee, costs more than the order may spend; or nothing is
    left of the quantity rounded down to whole lots.
    State: the order has ended; the cash is free.
    What to do: raise the cost or the quantity, or trade an instrument with a smaller lot.
    """,
    OrderState.VENUE_POST_ONLY: """Refused: a post-only order would have taken liquidity.

    What happened: at the first event the order met, the market had reached its price.
    State: the order was never accepted; nothing is held for it.
    What to do: place it further from the market, or drop post-only and pay the taker fee.
    """,
    OrderState.VENUE_WOULD_TRIGGER: """Refused: the stop would trigger at once.

    What happened: the market was already through the trigger at the first event the order met, and this exchange
    refuses such orders.
    State: the order was never accepted; the position it was to protect is unprotected.
    What to do: send a market order where the level has been passed, or use `exits`, which trigger at once.
    """,
    OrderState.VENUE_UNKNOWN_ORDER: """Refused: the order to cancel or amend is not known or has ended.

    What happened: it filled, ended or never existed by the time the command arrived.
    State: nothing was changed by the command.
    What to do: read the order's state (`ctx.orders()`) before acting on it; a race with a fill is normal.
    """,
    OrderState.VENUE_UNSUPPORTED: """Refused: the exchange or this mode has no such order.

    What happened: the order's type, its time in force or a flag is not offered for the instrument; in a simulated
    market, the mark price is to trigger it (`trigger_by="mark"`) and no mark series of the instrument is stored.
    State: the order was never accepted; nothing is held for it.
    What to do: use a type that the instrument offers; market orders are offered everywhere. Marks of a perpetual come
    with `tickwright data fetch --kind mark`.
    """,
    OrderState.RISK_MAX_ORDER_NOTIONAL: """Refused by our own limit on the value of one order.

    What happened: the order is worth more than the limit allows.
    State: the order was not sent; nothing is held for it.
    What to do: send smaller pieces, or change the limit under `[risk]` on purpose.
    """,
    OrderState.RISK_MAX_POSITION_NOTIONAL: """Refused by our own limit on the value of one position.

    What happened: with this order filled, the position would be worth more than the limit allows.
    State: the order was not sent; orders that reduce the position still are.
    What to do: reduce first, or change the limit under `[risk]` on purpose.
    """,
    OrderState.RISK_MAX_EXPOSURE: """Refused by our own limit on all positions together.

    What happened: with this order filled, the sum of absolute position values would exceed the limit.
    State: the order was not sent; orders that reduce exposure still are.
    What to do: reduce another position first, or change the limit under `[risk]` on purpose.
    """,
    OrderState.RISK_MAX_OPEN_ORDERS: """Refused by our own limit on working orders.

    What happened: as many orders as the limit allows are working already.
    State: the order was not sent; those that work are unchanged.
    What to do: cancel orders that are no longer wanted, or change the limit under `[risk]` on purpose.
    """,
    OrderState.RISK_DAILY_LOSS: """Refused because today's loss has reached its limit.

    What happened: equity fell by the daily limit since midnight UTC.
    State: no order that adds exposure is sent until the next UTC day; reducing orders still are.
    What to do: look at what lost before the next day begins, or change the limit under `[risk]` on purpose.
    """,
    OrderState.RISK_DRAWDOWN: """Refused because the fall from the highest equity has reached its limit.

    What happened: equity is further below its peak than the drawdown limit allows.
    State: no order that adds exposure is sent; reducing orders still are.
    What to do: a person decides whether the strategy may go on; the limit stands under `[risk]`.
    """,
    OrderState.RISK_WARMUP: """Refused because the indicators have not seen enough history yet.

    What happened: the strategy sent an order before its warm-up ended.
    State: the order was not sent, in any mode; the strategy goes on.
    What to do: nothing, or start the data earlier so that the warm-up lies before the first decision.
    """,
    OrderState.RISK_OVERFLOW: """Refused because a number of the order does not fit into 64 bits.

    What happened: price times quantity, or the position after it, is larger than the exact integers of the run hold.
    State: the order was not sent; no number was ever cut off or wrapped.
    What to do: trade a smaller quantity, or a coarser quantity unit; at sensible sizes this does not happen.
    """,
}
"""Page text by end, in the order of the states."""
