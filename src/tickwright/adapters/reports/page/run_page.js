// Start of a run's page: unpack the columns, build the charts, wire the buttons.

const page = JSON.parse(document.getElementById("page-data").textContent);

function unpackedCurve(packed) {
  return {
    time: instants(packed.time), equity: numbers(packed.equity), invested: numbers(packed.invested),
    benchmark: packed.benchmark ? numbers(packed.benchmark) : null, rolling: packed.rolling ? numbers(packed.rolling) : null,
  };
}

function unpackedTrades(packed) {
  const trades = { length: 0 };
  for (const name of Object.keys(packed)) trades[name] = name === "entry" || name === "exit" ? numbers(packed[name]).map((t) => t / 1000) : numbers(packed[name]);
  trades.length = trades.entry.length;
  return trades;
}

// Fills where the page has them; else the first and the last one of each trade.
function unpackedFills(packed, trades) {
  if (packed) {
    const fills = { time: numbers(packed.time).map((t) => t / 1000), price: numbers(packed.price), side: numbers(packed.side), instrument: numbers(packed.instrument) };
    return { ...fills, length: fills.time.length };
  }
  const closed = trades.open.map((open) => 1 - open), both = (entry, exit) => [...entry, ...exit.filter((_, k) => closed[k])];
  const fills = {
    time: both(trades.entry, trades.exit), price: both(trades.entryPrice, trades.exitPrice),
    side: both(trades.side, trades.side.map((side) => -side)), instrument: both(trades.instrument, trades.instrument),
  };
  return { ...fills, length: fills.time.length };
}

function start() {
  if (!page.curve) return startTheme(null);
  const curve = unpackedCurve(page.curve), trades = unpackedTrades(page.trades);
  const view = timeWindow(page.first, curve.time[curve.time.length - 1], 12 * page.step);
  equityCharts(page, curve, view);
  plotCharts(page, curve, view);
  const chart = page.symbols.length ? candleChart(page, trades, unpackedFills(page.fills, trades), view) : null;
  drawNavigator(document.getElementById("navigator"), curve, view);
  startWindowButtons(view);
  startTheme(view);
  tradeTable(page, trades, (k) => {
    const margin = Math.max((trades.exit[k] - trades.entry[k]) * 0.75, 30 * page.step);
    if (!chart) return;
    chart.select(trades.instrument[k]);
    view.show(trades.entry[k] - margin, trades.exit[k] + margin);
    document.getElementById("candles").scrollIntoView({ behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  });
  addEventListener("beforeprint", view.redraw);
  performance.mark("charts-drawn");
}

start();
