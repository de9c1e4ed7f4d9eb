"""Small errors of the kind an engine really has: which file, what stood there, what stands there instead."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutation:
    """One error; `before` stands exactly once in the file, one of the kernel where no other room is named."""

    title: str
    file: str
    before: str
    after: str
    room: str = "kernel"


LAYOUT = '__import__("tickwright.kernel.layout", fromlist=["layout"])'
"""The records of either half, for a rule that has no business with them."""

MUTATIONS = [
    Mutation(
        "the fee is forgotten", "fills", "fee = fee_rounded_up(quantity if in_base else notional, fee_ppb)", "fee = 0"
    ),
    Mutation(
        "a maker pays the taker's fee",
        "fills",
        'book["taker_fee_ppb"] if liquidity == TAKER else book["maker_fee_ppb"]',
        'book["taker_fee_ppb"]',
    ),
    Mutation(
        "the fee rounds down",
        "prices",
        "return mul_div_rounded_up(amount, fee_ppb, PPB)",
        "return mul_div_rounded_down(amount, fee_ppb, PPB)",
    ),
    Mutation(
        "notional rounds down when we pay",
        "prices",
        "notional = mul_div_rounded_up(price, quantity, divisor)",
        "notional = mul_div_rounded_down(price, quantity, divisor) + 0",
    ),
    Mutation(
        "a taker's price rounds for us",
        "prices",
        "return mul_div_rounded_up(reference, max(1, PPB + ppb), PPB)",
        "return mul_div_rounded_down(reference, max(1, PPB + ppb), PPB)",
    ),
    Mutation(
        "the spread is forgotten",
        "prices",
        'half_spread_ppb(context, index) + context["slippage_ppb"]',
        'context["slippage_ppb"]',
    ),
    Mutation(
        "slippage is forgotten",
        "prices",
        'half_spread_ppb(context, index) + context["slippage_ppb"]',
        "half_spread_ppb(context, index)",
    ),
    Mutation("a seller gains the spread", "prices", "max(0, PPB - ppb)", "max(0, PPB + ppb)"),
    Mutation(
        "impact starts anew with every slice",
        "prices",
        'before = (book["bought"] if side > 0 else book["sold"]) * unit',
        "before = 0.0",
    ),
    Mutation(
        "impact remembers the other side",
        "prices",
        'before = (book["bought"] if side > 0 else book["sold"]) * unit',
        'before = (book["sold"] if side > 0 else book["bought"]) * unit',
    ),
    Mutation("the average pays the peak impact", "prices", "return 2.0 / 3.0 * y", "return y"),
    Mutation(
        "the permanent part is forgotten", "prices", "total += permanent_impact(", "total += 0.0 * permanent_impact("
    ),
    Mutation("latency costs nothing", "prices", "if latency_ns > 0:", "if False:"),
    Mutation("impact never decays", "fills", 'if recent["ts_ns"] > start:', "if True:"),
    Mutation(
        "volume is used twice",
        "fills",
        'context["participation_ppb"], PPB) - book["used_at_open"])',
        'context["participation_ppb"], PPB))',
    ),
    Mutation("makers ignore the cap", "limits", "quantity = min(wanted, budget)\n", "quantity = wanted\n"),
    Mutation(
        "the cap looks ahead by one bar",
        "statistics",
        "_admit(context, instrument, row - 1)",
        "_admit(context, instrument, row)",
    ),
    Mutation(
        "a stop fills at the better price",
        "triggers",
        "reference = open_price if through else traded_level(context, slot, trigger_level(slot))",
        "reference = open_price",
    ),
    Mutation(
        "a gapped stop gets its level",
        "triggers",
        "    else:\n        take(context, place, open_price)",
        "    else:\n        take(context, place, trigger_level(slot))",
    ),
    Mutation(
        "the target comes before the stop",
        "range_step",
        "return 4 if reduces(context, slot) else 3",
        "return 1 if reduces(context, slot) else 3",
    ),
    Mutation("a touch fills a limit", "levels", 'return context["limit_touch"] == 1', "return True"),
    Mutation(
        "a target born in the bar fills by its high",
        "range_step",
        "near = _close(context, slot)",
        "near = near + 0",
    ),
    Mutation("quotes make a round trip inside a bar", "clipping", "if min(quantity, against) <= room:", "if True:"),
    Mutation(
        "a trailing stop sees the high before the low",
        "range_step",
        "_walk_path(context, instrument, index)\n            _after_path(context, instrument)",
        "_after_path(context, instrument)\n            _walk_path(context, instrument, index)",
    ),
    Mutation("post-only takes", "limits", 'if (slot["flags"] & _POST_ONLY) != 0:', "if False:"),
    Mutation("reduce-only opens", "clipping", "if is_reduce_only(slot):", "if False:"),
    Mutation("siblings do not shrink", "settlement", 'if slot["oco"] != 0:', "if False:"),
    Mutation("held cash is spent again", "orders", 'return venue["cash"] - venue["held"]', 'return venue["cash"]'),
    Mutation(
        "an increase goes before what makes room for it", "decisions", "return 1 if sized and", "return 0 if sized and"
    ),
    Mutation(
        "every perpetual has the leverage of the first",
        "terms",
        "instrument, margin = market.instruments[place], market.margins[place]",
        "instrument, margin = market.instruments[place], market.margins[0]",
        "engine",
    ),
    Mutation("an amended order may be of any size", "commands", "(anew and _unfit(", "(False and _unfit("),
    Mutation(
        "a latency that is a time is charged as well",
        "terms",
        '"latency_ns": 0 if travels else costs.latency_ns,',
        '"latency_ns": costs.latency_ns,',
        "engine",
    ),
    Mutation(
        "a command arrives before its time",
        "travel",
        'arrives_ns[venue["travel_first"]] <= venue["now_ns"]',
        'arrives_ns[venue["travel_first"]] <= venue["now_ns"] + context["wait_ns"]',
    ),
    Mutation("increases do not shrink together", "taking", "if total > free:", "if False:"),
    Mutation(
        "an increase that nothing is left of waits for ever",
        "taking",
        'elif slot["quantity"] == 0:  # the',
        "elif False:  # the",
    ),
    Mutation(
        "increases come before reductions",
        "open_step",
        "_match_pass(context, True, arrivals)",
        "_match_pass(context, False, arrivals)",
    ),
    Mutation("drift trades", "decisions", 'return context["retry"] == 1 and unfinished', "return True"),
    Mutation("the band is ignored", "decisions", '> context["band"]', "> 0.0"),
    Mutation("every symbol gets the whole equity", "decisions", "ppb, PPB * shares_of(context))", "ppb, PPB)"),
    Mutation(
        "a reduction rounds up",
        "decisions",
        "max(0, abs(lots) - kept)",
        'max(0, abs(lots) - kept + position["lot"] - 1)',
    ),
    Mutation(
        "the minimum notional is forgotten",
        "taking",
        "return notional != OVERFLOW and notional < minimum",
        "return False",
    ),
    Mutation(
        "a fee in base arrives all the same", "fills", "side * quantity - (fee if in_base else 0)", "side * quantity"
    ),
    Mutation(
        "the time exit counts its own instant",
        "protection",
        'venue["now_ns"] <= part["entered_ns"]',
        'venue["now_ns"] < part["entered_ns"]',
    ),
    Mutation(
        "an exit leaves the entry working",
        "protection",
        'if entry["side"] == part["side"] and makes_parts(entry):',
        "if False:",
    ),
    Mutation("an entry after an exit is not blocked", "decisions", 'position["blocked"] != side', "True"),
    Mutation("an amend passes every limit", "risk_limits", "if notional_sought(context, order) > before:", "if False:"),
    Mutation(
        "open orders do not count for the position",
        "risk_limits",
        "plus(plus(position, _sought_beside(context, order)), notional)",
        "plus(position, notional)",
    ),
    Mutation("a limit stops what only reduces", "risk_limits", "return size <= -held", "return False"),
    Mutation(
        "an order at the limit is refused",
        "risk_limits",
        'notional > limits["order_notional"]',
        'notional >= limits["order_notional"]',
    ),
    Mutation(
        "exposure forgets the open orders",
        "risk_limits",
        "plus(_exposure_ahead(context), notional)",
        'plus(client_of(context)["exposure"], notional)',
    ),
    Mutation(
        "a day begins with the equity of its first close",
        "risk_limits",
        'equity if client["now_ns"] % _DAY_NS == 0 else limits["last_equity"]',
        "equity",
    ),
    Mutation("the daily loss never latches", "risk_limits", 'limits["day_latched"] = 1', 'limits["day_latched"] = 0'),
    Mutation(
        "entries go on working after a latch", "advance", "is_latched(context) and cancel_entries(context)", "False"
    ),
    Mutation(
        "the drawdown looks at the start instead of the peak",
        "risk_limits",
        'max(limits["peak_equity"], equity)',
        'limits["peak_equity"]',
    ),
    Mutation(
        "a fill inside a bar of detail candles wakes nobody",
        "advance",
        "return _wake_on_fills(context, fills)\n    if context",
        "return 0\n    if context",
    ),
    Mutation(
        "a bar is decided on before its detail candles have traded",
        "rows",
        "bar_open_ns + market.timeframe.length_ns - market.finest[0].timeframe.length_ns",
        "bar_open_ns.copy()",
        room="engine",
    ),
    Mutation(
        "volatility of detail candles counts as that of bars",
        "terms",
        '"bars_per_day": DAY / row_ns',
        '"bars_per_day": DAY / rows.market.timeframe.length_ns',
        room="engine",
    ),
    Mutation(
        "cash is shared wrongly: each increase shrinks by itself",
        "taking",
        "total += _money_for(context, mate)",
        "total = _money_for(context, mate)",
    ),
    Mutation(
        "symbol order matters: who is named first is sized first",
        "decisions",
        'max(0, client_of(context)["equity"])',
        'max(0, client_of(context)["equity"] - 10**9 * client_of(context)["command_count"])',
    ),
    Mutation(
        "an order looks ahead: it takes the close of the bar it opens",
        "open_step",
        '_meet_open(context, place, view_int64(context["open"], index + 1)[index])',
        '_meet_open(context, place, view_int64(context["close"], index + 1)[index])',
    ),
    Mutation(
        "a gapped limit gets the better price",
        "open_step",
        'open_price if context["limit_gap_open"] == 1 else slot["limit_price"]',
        "open_price",
    ),
    Mutation(
        "the rest of a crossing limit fills again in its bar",
        "range_step",
        'slot["crossed_row"] == row_of(context) or ',
        "",
    ),
    Mutation(
        "an order that expires at the close misses it",
        "range_step",
        'slot["expire_ns"] >= venue_of(context)["now_ns"]',
        'slot["expire_ns"] > venue_of(context)["now_ns"]',
    ),
    Mutation(
        "an immediate order works on",
        "taking",
        'if slot["side"] != 0 and (slot["time_in_force"] == _IOC or slot["time_in_force"] == _FOK):',
        "if False:",
    ),
    Mutation(
        "all or nothing takes a part",
        "taking",
        'wanted):\n        return\n    price = market_price(context, book, index, slot["side"]',
        '0):\n        return\n    price = market_price(context, book, index, slot["side"]',
    ),
    Mutation("a cost is spent again by its rest", "taking", 'slot["cost"] - slot["spent"]', 'slot["cost"]'),
    Mutation(
        "the farthest comes first",
        "range_step",
        "distance = _distance(context, slot)\n",
        "distance = -_distance(context, slot)\n",
    ),
    Mutation(
        "what cannot be known is not counted",
        "clipping",
        'venue_of(context)["ambiguous"] += 1',
        'venue_of(context)["ambiguous"] += 0',
    ),
    Mutation(
        "a reduction consumes the youngest part",
        "protection",
        'left = quantity\n    for place in range(venue_of(context)["part_count"]):',
        'left = quantity\n    for place in reversed(range(venue_of(context)["part_count"])):',
    ),
    Mutation(
        "a window is closed at its start",
        "statistics",
        'open_ns[first] + context["timeframe_ns"] <= start',
        'open_ns[first] + context["timeframe_ns"] < start',
    ),
    Mutation(
        "a stop is rounded towards the market",
        "protection",
        'on_tick(price_away(price, entry["exit_stop_ppb"], up), part["tick"], up)',
        'on_tick(price_away(price, entry["exit_stop_ppb"], up), part["tick"], 1 - up)',
    ),
    Mutation(
        "a rule that changes at a close comes into force at the next open",
        "advance",
        "    _expire(context)\n    _change_rules(context)\n    decision",
        "    _expire(context)\n    decision",
    ),
    Mutation(
        "an order by cost takes the lot in force instead of its own",
        "taking",
        'side, lot = slot["side"], slot["lot"]',
        'side, lot = slot["side"], book["lot"]',
    ),
    Mutation(
        "a minimum that was raised later refuses a waiting order",
        "taking",
        'slot["tested"] == 0 and below_minimum(book, slot["min_notional"]',
        'slot["tested"] == 0 and below_minimum(book, book["min_notional"]',
    ),
    Mutation(
        "an amend keeps the old rules", "commands", "    if anew:\n        _adopt_rules(slot, book)", "    if anew:"
    ),
    Mutation(
        "funding goes the other way",
        "funding",
        '(rate_ppb > 0) == (book["position"] > 0)',
        '(rate_ppb > 0) != (book["position"] > 0)',
    ),
    Mutation("funding leaves the margin alone", "funding", 'if book["cross"] == 0:', "if False:"),
    Mutation("margin is not released", "contracts", 'venue["margin"] -= released', 'venue["margin"] -= 0'),
    Mutation(
        "leverage is ignored",
        "contracts",
        'return mul_div_rounded_up(value, HUNDREDTHS, book["leverage"])',
        "return value",
    ),
    Mutation(
        "a partial close rounds the basis for us",
        "contracts",
        "return mul_div_rounded_up(basis, closing, abs(held))",
        "return mul_div_rounded_down(basis, closing, abs(held))",
    ),
    Mutation("the tier above counts", "safety", 'place > book["first_tier"] and', 'place > book["first_tier"] + 1 and'),
    Mutation(
        "maintenance is forgotten",
        "safety",
        'left = scaled_up(price, held, divisor, PPB - tier["rate_ppb"])',
        "left = scaled_up(price, held, divisor, PPB)",
    ),
    Mutation(
        "only its own margin stands behind a cross position",
        "safety",
        "money = cross_cash(context)",
        'money = book["margin"]',
    ),
    Mutation("the last price triggers what waits for the mark", "marks", "if watches_mark(slot):", "if False:"),
    Mutation(
        "what the mark triggers takes a price that did not trade",
        "marks",
        "    if not watches_mark(slot):\n        return level",
        "    if True:\n        return level",
    ),
    Mutation("a mark triggers where there is none", "commands", 'if book["marked"] == 0 and', "if False and"),
    Mutation(
        "exits forget the mark",
        "protection",
        "by_mark = _BY_MARK if",
        "by_mark = 0 if",
    ),
    Mutation("the mark is ignored", "marks", 'if context["mark_close"] != 0:', "if False:"),
    Mutation(
        "a liquidation comes before a stop at its price",
        "liquidation",
        "if distance <= (0 if gapped",
        "if distance < (0 if gapped",
    ),
    Mutation(
        "a gapped liquidation gets its price",
        "liquidation",
        'view_int64(context["open"], index + 1)[index] if gapped else level',
        "level",
    ),
    Mutation(
        "orders survive the liquidation of their position",
        "liquidation",
        "finish(context, place, _EXPIRED if late else _LIQUIDATED)",
        "pass",
    ),
    Mutation(
        "the liquidation fee is forgotten",
        "fills",
        'fee_ppb += book["liquidation_fee_ppb"] if liquidation else 0',
        "fee_ppb += 0",
    ),
    Mutation("a liquidation uses the cap", "fills", "if not liquidation:", "if True:"),
    Mutation("the insurance does not pay", "insurance", "move_cash(context, instrument, _INSURANCE, -left)", "pass"),
    Mutation(
        "the venue asks the client what it can pay",
        "orders",
        'return venue["cash"] - venue["held"]',
        f'return {LAYOUT}.client_of(context)["cash"] - venue["held"]',
    ),
    Mutation(
        "the venue looks at what the client holds",
        "orders",
        'return book["position"] - book["held"] + group_hold(context, slot)',
        f'held = {LAYOUT}.position_of(context, slot["instrument"])["quantity"]\n'
        '    return held - book["held"] + group_hold(context, slot)',
    ),
    Mutation(
        "the client takes its cash from the venue",
        "client",
        'equity, exposure = client["cash"], 0',
        f'equity, exposure = {LAYOUT}.venue_of(context)["cash"], 0',
    ),
    Mutation(
        "the client sizes by the venue's position",
        "decisions",
        'lots, side = in_lots(position["quantity"], position["lot"])',
        f'lots, side = in_lots({LAYOUT}.book_of(context, instrument)["position"], position["lot"])',
    ),
    Mutation(
        "a report is applied twice",
        "halves",
        "        apply_report(context, waiting_report(context, place))",
        "        apply_report(context, waiting_report(context, place))\n"
        "        apply_report(context, waiting_report(context, place))",
    ),
    Mutation(
        "the last report is not told",
        "simulated_venue",
        '["reports"][: venue.report_count].copy()',
        '["reports"][: max(venue.report_count - 1, 0)].copy()',
        room="engine",
    ),
    Mutation(
        "a spread from volatility forgets the fixed one",
        "prices",
        "max(half_spread, math.ceil(share * sigma / 2.0 * 1e9))",
        "math.ceil(share * sigma / 2.0 * 1e9)",
    ),
    Mutation(
        "the volatility of a spread knows the bar it prices",
        "statistics",
        "            if row > 0:\n                _admit(context, instrument, row - 1)",
        "            _admit(context, instrument, row)",
    ),
]
