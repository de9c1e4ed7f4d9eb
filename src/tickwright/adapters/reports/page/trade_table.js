// The list of trades: sorted by any column, a page at a time; a row shows its trade on the candles.

const ROWS_PER_PAGE = 25;

function tradeTable(page, trades, show) {
  const body = document.querySelector("#trade-table tbody"), heads = [...document.querySelectorAll("#trade-table th button")];
  const counter = document.getElementById("trade-pages");
  const columns = {
    entry: (k) => trades.entry[k], held: (k) => trades.exit[k] - trades.entry[k], symbol: (k) => trades.instrument[k],
    side: (k) => trades.side[k], quantity: (k) => trades.quantity[k], pnl: (k) => trades.pnl[k], gain: (k) => trades.gain[k], cost: (k) => trades.cost[k],
    entryPrice: (k) => trades.entryPrice[k], exitPrice: (k) => trades.exitPrice[k], reason: (k) => page.reasons[trades.reason[k]],
  };
  let order = Array.from({ length: trades.length }, (_, k) => k), from = 0, sorted = "entry", descending = false;

  function cells(k) {
    const tone = trades.pnl[k] > 0 ? "up" : trades.pnl[k] < 0 ? "down" : "", symbol = page.symbols[trades.instrument[k]];
    return [
      [minute(trades.entry[k])], [trades.open[k] ? "open" : hours(trades.exit[k] - trades.entry[k])], [symbol.name],
      [trades.side[k] > 0 ? "Long" : "Short"], [price(trades.quantity[k], 6), "n"], [price(trades.entryPrice[k], symbol.candles.scale), "n"],
      [price(trades.exitPrice[k], symbol.candles.scale), "n"], [signed(trades.pnl[k]), "n " + tone], [signedPercent(trades.gain[k]), "n " + tone],
      [plain(trades.cost[k]), "n"], [page.reasons[trades.reason[k]] + (trades.tag[k] >= 0 ? " · " + page.tags[trades.tag[k]] : "")],
    ];
  }

  function draw() {
    const rows = order.slice(from, from + ROWS_PER_PAGE).map((k) => {
      const row = document.createElement("tr"), first = document.createElement("th"), button = document.createElement("button");
      row.dataset.trade = k;
      first.scope = "row";
      button.type = "button";
      button.title = "Show this trade on the candles";
      cells(k).forEach(([text, kind], column) => {
        const cell = column ? document.createElement("td") : button;
        cell.textContent = text;
        if (kind) cell.className = kind;
        if (column) row.append(cell); else { first.append(button); row.append(first); }
      });
      row.addEventListener("click", () => show(k));
      return row;
    });
    body.replaceChildren(...rows);
    counter.textContent = trades.length ? `${from + 1}–${Math.min(from + ROWS_PER_PAGE, trades.length)} of ${grouped(trades.length, 0)}` : "No trades";
    document.getElementById("trade-before").disabled = from === 0;
    document.getElementById("trade-after").disabled = from + ROWS_PER_PAGE >= trades.length;
  }

  function sort(name) {
    descending = name === sorted ? !descending : name !== "entry" && name !== "symbol";
    sorted = name;
    const key = columns[name], sign = descending ? -1 : 1;
    order.sort((a, b) => (key(a) < key(b) ? -sign : key(a) > key(b) ? sign : a - b));
    for (const head of heads) {
      head.parentElement.setAttribute("aria-sort", head.dataset.sort === name ? (descending ? "descending" : "ascending") : "none");
    }
    from = 0;
    draw();
  }

  for (const head of heads) head.addEventListener("click", () => sort(head.dataset.sort));
  document.getElementById("trade-before").addEventListener("click", () => { from -= ROWS_PER_PAGE; draw(); });
  document.getElementById("trade-after").addEventListener("click", () => { from += ROWS_PER_PAGE; draw(); });
  draw();
}
