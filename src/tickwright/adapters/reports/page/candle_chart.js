// Candles with trades: never more candles than pixels allow, finer as the window narrows.

const CANDLE_PIXELS = 5;
const MERGES = [1, 2, 3, 4, 6, 8, 12, 24, 48, 72, 168, 336, 720, 2160];

// Merge candles so that at most `room` of them fill [min, max].
function detail(all, min, max, room) {
  const merge = MERGES.find((factor) => (max - min) / (all.step * factor) <= room) || Math.ceil((max - min) / all.step / room);
  const step = all.step * merge;
  const first = Math.max(placeOf(all.time, min - step), 0), last = placeOf(all.time, max);
  const rows = { time: [], open: [], high: [], low: [], close: [], volume: [], step };
  for (let i = first; i <= last; i++) {
    const time = Math.floor(all.time[i] / step) * step, row = rows.time.length - 1;
    if (row < 0 || rows.time[row] !== time) {
      rows.time.push(time); rows.open.push(all.open[i]); rows.high.push(all.high[i]); rows.low.push(all.low[i]);
      rows.close.push(all.close[i]); rows.volume.push(all.volume[i]);
    } else {
      if (all.high[i] > rows.high[row]) rows.high[row] = all.high[i];
      if (all.low[i] < rows.low[row]) rows.low[row] = all.low[i];
      rows.close[row] = all.close[i];
      rows.volume[row] += all.volume[i];
    }
  }
  return rows;
}

function candleChart(page, trades, fills, view) {
  const box = document.getElementById("candle-chart"), readout = document.getElementById("candle-readout");
  let place = 0, all = null, shown = null, own = [], marks = [];

  function choose(next) {
    place = next;
    all = page.symbols[place].unpacked || (page.symbols[place].unpacked = candles(page.symbols[place].candles));
    const ours = (rows) => Array.from({ length: rows.length }, (_, k) => k).filter((k) => rows.instrument[k] === place);
    own = ours(trades);
    marks = ours(fills);
  }

  function update(plot, min, max) {
    shown = detail(all, min, max, Math.max(plot.bbox.width / devicePixelRatio / CANDLE_PIXELS, 20));
    let low = Infinity, high = -Infinity;
    for (let i = 0; i < shown.time.length; i++) {
      if (shown.time[i] + shown.step < min || shown.time[i] > max) continue;
      low = Math.min(low, shown.low[i]);
      high = Math.max(high, shown.high[i]);
    }
    const air = (high - low || high || 1) * 0.05;
    shown.range = Number.isFinite(low) ? [low - 4 * air, high + air] : [0, 1];
    plot.setData([shown.time.map((t) => t + shown.step / 2), shown.close], false);
    read(plot);
  }

  function read(u) {
    if (!shown) return;
    const at = u.cursor.left >= 0 ? placeOf(shown.time, u.posToVal(u.cursor.left, "x")) : shown.time.length - 1;
    if (at < 0) { readout.textContent = "No candles in this window."; return; }
    const tone = shown.close[at] >= shown.open[at] ? "up" : "down", scale = all.scale;
    const cell = (name, value) => `<span>${name} <b class="${tone}">${price(value, scale)}</b></span>`;
    readout.innerHTML = `<time>${minute(shown.time[at])}</time>` + cell("O", shown.open[at]) + cell("H", shown.high[at]) +
      cell("L", shown.low[at]) + cell("C", shown.close[at]) + `<span>Vol <b>${shortMoney(shown.volume[at])}</b></span>` +
      `<span class="note">1 candle = ${span(shown.step)}</span>`;
  }

  function draw(u) {
    const { ctx, bbox } = u, ratio = devicePixelRatio;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    drawGaps(u, page.symbols[place].gaps);
    drawCandles(u, shown, ratio);
    drawTrades(u, ratio);
    ctx.restore();
  }

  function drawTrades(u, ratio) {
    const { ctx, bbox } = u, x = (t) => u.valToPos(t, "x", true), y = (v) => u.valToPos(v, "y", true);
    const { min, max } = u.scales.x, visible = own.filter((k) => trades.exit[k] >= min && trades.entry[k] <= max);
    const strip = bbox.top + bbox.height - 5 * ratio, few = visible.length <= bbox.width / ratio / 14;
    for (const k of visible) {
      const left = x(trades.entry[k]), right = Math.max(x(trades.exit[k]), left + ratio);
      ctx.fillStyle = colour(trades.pnl[k] >= 0 ? "up" : "down");
      ctx.globalAlpha = trades.open[k] ? 0.45 : 0.9;
      ctx.fillRect(left, strip, right - left, 5 * ratio);
      ctx.globalAlpha = 1;
      if (!few) continue;
      ctx.strokeStyle = ctx.fillStyle;
      ctx.lineWidth = 1.25 * ratio;
      ctx.setLineDash([3 * ratio, 3 * ratio]);
      ctx.beginPath();
      ctx.moveTo(left, y(trades.entryPrice[k]));
      ctx.lineTo(x(trades.exit[k]), y(trades.exitPrice[k]));
      ctx.stroke();
      ctx.setLineDash([]);
    }
    const seen = marks.filter((k) => fills.time[k] >= min && fills.time[k] <= max);
    if (seen.length > bbox.width / ratio / 5) return;
    for (const k of seen) marker(ctx, x(fills.time[k]), y(fills.price[k]), fills.side[k] > 0, colour(fills.side[k] > 0 ? "up" : "down"), ratio);
  }

  choose(0);
  const plot = timeChart(box, view, {
    height: 420, data: [[view.min, view.max], [0, 1]], format: (v) => (v > 0 ? priceLabel(v) : ""), withTime: true, update,
    series: [{ paths: () => null, points: { show: false } }],
    y: { range: () => (shown ? shown.range : [0, 1]) },
    hooks: { draw: [draw], setCursor: [read] },
  });

  const tabs = [...document.querySelectorAll("[data-symbol]")];
  function select(next) {
    choose(next);
    for (const tab of tabs) tab.setAttribute("aria-pressed", String(+tab.dataset.symbol === next));
    plot.batch(() => { update(plot, view.min, view.max); plot.setScale("x", { min: view.min, max: view.max }); });
  }
  for (const tab of tabs) tab.addEventListener("click", () => select(+tab.dataset.symbol));
  return { select, redraw: () => plot.redraw(false) };
}

function drawCandles(u, rows, ratio) {
  const { ctx, bbox } = u, x = (t) => u.valToPos(t, "x", true), y = (v) => u.valToPos(v, "y", true);
  const slot = x(rows.time[0] + rows.step) - x(rows.time[0]);
  const width = Math.max(Math.floor(slot * 0.72), 1), half = width / 2, line = Math.max(Math.round(ratio * (slot > 6 * ratio ? 1 : 0.8)), 1);
  const most = rows.volume.reduce((a, b) => Math.max(a, b), 0), base = bbox.top + bbox.height - 8 * ratio;
  for (const rising of [true, false]) {
    const tone = rising ? "up" : "down";
    ctx.fillStyle = colour(tone);
    for (let i = 0; i < rows.time.length; i++) {
      if (rows.close[i] >= rows.open[i] !== rising) continue;
      const centre = x(rows.time[i] + rows.step / 2), top = y(Math.max(rows.open[i], rows.close[i])), bottom = y(Math.min(rows.open[i], rows.close[i]));
      ctx.fillRect(Math.round(centre - line / 2), y(rows.high[i]), line, Math.max(y(rows.low[i]) - y(rows.high[i]), 1));
      ctx.fillRect(Math.round(centre - half), top, width, Math.max(bottom - top, ratio));
    }
    ctx.globalAlpha = 0.22;
    for (let i = 0; i < rows.time.length; i++) {
      if (rows.close[i] >= rows.open[i] !== rising || !most) continue;
      const height = (rows.volume[i] / most) * bbox.height * 0.13;
      ctx.fillRect(Math.round(x(rows.time[i] + rows.step / 2) - half), base - height, width, height);
    }
    ctx.globalAlpha = 1;
  }
}

function drawGaps(u, gaps) {
  const { ctx, bbox } = u;
  ctx.fillStyle = colour("gap");
  for (const [start, end] of gaps) {
    if (end < u.scales.x.min || start > u.scales.x.max) continue;
    const left = u.valToPos(start, "x", true), right = u.valToPos(end, "x", true);
    ctx.fillRect(left, bbox.top, Math.max(right - left, 1), bbox.height);
  }
}

function marker(ctx, x, y, upward, fill, ratio) {
  const size = 6 * ratio, direction = upward ? 1 : -1, tip = y + direction * 3 * ratio;
  ctx.beginPath();
  ctx.moveTo(x, tip);
  ctx.lineTo(x - size, tip + direction * 1.5 * size);
  ctx.lineTo(x + size, tip + direction * 1.5 * size);
  ctx.closePath();
  ctx.fillStyle = fill;
  ctx.fill();
  ctx.lineWidth = 1.25 * ratio;
  ctx.strokeStyle = colour("card");
  ctx.stroke();
}
