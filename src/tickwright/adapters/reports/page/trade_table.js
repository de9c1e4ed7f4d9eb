// The list of trades; a row shows its trade on the candles.

function tradeTable(page, trades, show) {
  const right = () => "n", scale = (k) => page.symbols[trades.instrument[k]] ? page.symbols[trades.instrument[k]].candles.scale : 8;
  const tone = (k) => "n " + (trades.pnl[k] > 0 ? "up" : trades.pnl[k] < 0 ? "down" : "");
  const number = (column, text, kind = right) => ({ key: (k) => column[k], text, kind });
  pagedTable("trade-table", trades.length, {
    entry: { key: (k) => trades.entry[k], text: (k) => minute(trades.entry[k]) },
    held: { key: (k) => trades.exit[k] - trades.entry[k], text: (k) => (trades.open[k] ? "open" : hours(trades.exit[k] - trades.entry[k])) },
    symbol: { key: (k) => trades.instrument[k], text: (k) => page.names[trades.instrument[k]] },
    side: { key: (k) => trades.side[k], text: (k) => (trades.side[k] > 0 ? "Long" : "Short") },
    quantity: number(trades.quantity, (k) => price(trades.quantity[k], 6)),
    entryPrice: number(trades.entryPrice, (k) => price(trades.entryPrice[k], scale(k))),
    exitPrice: number(trades.exitPrice, (k) => price(trades.exitPrice[k], scale(k))),
    pnl: number(trades.pnl, (k) => signed(trades.pnl[k]), tone),
    gain: number(trades.gain, (k) => signedPercent(trades.gain[k]), tone),
    cost: number(trades.cost, (k) => plain(trades.cost[k])),
    reason: {
      key: (k) => page.reasons[trades.reason[k]],
      text: (k) => page.reasons[trades.reason[k]] + (trades.tag[k] >= 0 ? " · " + page.tags[trades.tag[k]] : ""),
    },
  }, { sorted: "entry", descending: false, rising: ["entry", "symbol", "reason"], choose: show, title: "Show this trade on the candles" });
}
