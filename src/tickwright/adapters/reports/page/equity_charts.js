// Equity beside its benchmark, the drawdown of both, and the share of equity that is invested.

const WIDE = 8; // a curve that grows by more is first drawn on a logarithmic scale

function equityCharts(page, curve, view) {
  const readout = document.getElementById("equity-readout");
  const peak = (values, start) => { let top = start; return values.map((v) => (top = Math.max(top, v), v / top - 1)); };
  const under = peak(curve.equity, page.initial);
  const underBench = curve.benchmark ? peak(curve.benchmark, page.initial) : null;

  function read(u) {
    const at = u.cursor.idx ?? Math.max(placeOf(curve.time, view.max), 0);
    const parts = [`<time>${minute(curve.time[at])}</time>`, entry("accent", "Equity", plain(curve.equity[at]))];
    parts.push(entry(null, "Return", signedPercent(curve.equity[at] / page.initial - 1)));
    if (curve.benchmark) parts.push(entry("bench", "Hold", signedPercent(curve.benchmark[at] / page.initial - 1)));
    parts.push(entry("down", "Drawdown", percent(under[at])), entry(null, "Invested", percent(curve.invested[at], 0)));
    if (curve.rolling) parts.push(entry(null, "Rolling Sharpe", plain(curve.rolling[at])));
    readout.innerHTML = parts.join("");
  }

  const worst = page.worst;
  const shade = (u) => {
    if (!worst) return;
    const left = u.valToPos(Math.max(worst[0], u.scales.x.min), "x", true), right = u.valToPos(Math.min(worst[1], u.scales.x.max), "x", true);
    if (right <= left) return;
    u.ctx.save();
    u.ctx.fillStyle = colour("shade");
    u.ctx.fillRect(left, u.bbox.top, right - left, u.bbox.height);
    u.ctx.restore();
  };
  const line = (name, width = 1.5) => ({ stroke: () => colour(name), width, points: { show: false }, spanGaps: true });
  const lines = [...(curve.benchmark ? [line("bench", 1.25)] : []), line("accent", 1.75)];
  const rows = [curve.time, ...(curve.benchmark ? [curve.benchmark] : []), curve.equity];

  let equity = null;
  function drawEquity(logarithmic) {
    const box = document.getElementById("equity-chart");
    if (equity) { plots.delete(equity); equity.destroy(); box.replaceChildren(); }
    equity = timeChart(box, view, {
      height: 300, data: rows, series: lines, format: shortMoney, withTime: false, logarithmic,
      y: logarithmic ? { distr: 3, range: (u, low, high) => (low > 0 ? [low * 0.93, high * 1.07] : [1, 10]) } : { range: (u, low, high) => airy(low, high) },
      hooks: { setCursor: [read], drawClear: [shade] },
    });
  }
  const toggle = document.getElementById("log-scale");
  const scale = (logarithmic) => {
    toggle.setAttribute("aria-pressed", String(logarithmic));
    drawEquity(logarithmic);
  };
  const lowest = Math.min(minimum(curve.equity), curve.benchmark ? minimum(curve.benchmark) : Infinity);
  toggle.hidden = lowest <= 0;
  scale(lowest > 0 && -minimum(curve.equity.map((v) => -v)) / lowest > WIDE);
  toggle.addEventListener("click", () => scale(toggle.getAttribute("aria-pressed") !== "true"));

  timeChart(document.getElementById("drawdown-chart"), view, {
    height: 120, data: [curve.time, ...(underBench ? [underBench] : []), under], format: (v) => percent(v, 0), withTime: false,
    series: [...(underBench ? [line("bench-faint", 1)] : []), { ...line("down", 1.25), fill: () => colour("down-soft") }],
    y: { range: (u, low) => airy(low, 0, "high") }, hooks: { setCursor: [read], drawClear: [shade] },
  });
  if (curve.rolling) {
    const rolling = Array.from(curve.rolling, (v) => (Number.isNaN(v) ? null : v));
    timeChart(document.getElementById("rolling-chart"), view, {
      height: 104, data: [curve.time, rolling], format: (v) => plain(v, Number.isInteger(v) ? 0 : 1), withTime: false,
      series: [{ ...line("accent", 1.25), spanGaps: false }], y: { range: (u, low, high) => airy(Math.min(low ?? 0, 0), Math.max(high ?? 0, 0)) },
      hooks: { setCursor: [read], drawAxes: [zeroLine] },
    });
  }
  timeChart(document.getElementById("invested-chart"), view, {
    height: 92, data: [curve.time, curve.invested], format: (v) => percent(v, 0), withTime: true,
    series: [{ ...line("accent", 1), fill: () => colour("accent-soft") }],
    y: { range: (u, low, high) => [0, Math.max(high || 0, 0.02) * 1.12] }, hooks: { setCursor: [read] },
  });
  view.onChange(() => read({ cursor: {} }));
  read({ cursor: {} });
}

function zeroLine(u) {
  const y = u.valToPos(0, "y", true);
  u.ctx.save();
  u.ctx.fillStyle = colour("bench-faint");
  u.ctx.fillRect(u.bbox.left, Math.round(y), u.bbox.width, Math.max(devicePixelRatio, 1));
  u.ctx.restore();
}

const minimum = (values) => values.reduce((a, b) => Math.min(a, b), Infinity);
const entry = (dot, name, value) => `<span>${dot ? `<i class="dot ${dot}"></i>` : ""}${name} <b>${value}</b></span>`;
