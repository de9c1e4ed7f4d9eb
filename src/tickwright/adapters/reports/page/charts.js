// What all time charts share: colours of the theme, axes, cursor, size; built on uPlot.

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
const AXIS_FONT = '11px ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const utc = (seconds) => uPlot.tzDate(new Date(1000 * seconds), "Etc/UTC");
const LEFT = 58, RIGHT = 16;
const plots = new Set();

const TIME_LABELS = [
  [31536000, "{YYYY}", null, null, null, null, null, null, 1],
  [2419200, "{MMM}", "\n{YYYY}", null, null, null, null, null, 1],
  [86400, "{D} {MMM}", "\n{YYYY}", null, null, null, null, null, 1],
  [3600, "{HH}:{mm}", "\n{D} {MMM} {YYYY}", null, "\n{D} {MMM}", null, null, null, 1],
  [60, "{HH}:{mm}", "\n{D} {MMM} {YYYY}", null, "\n{D} {MMM}", null, null, null, 1],
  [1, "{HH}:{mm}:{ss}", "\n{D} {MMM} {YYYY}", null, "\n{D} {MMM}", null, null, null, 1],
];

// On a logarithmic axis the steps are 1, 2 and 5 times powers of ten; within half a decade they are even.
function roundSteps(u, axis, low, high) {
  const steps = [];
  if (high / low < 4) {
    const size = 10 ** Math.floor(Math.log10((high - low) / 2)), even = size * ((high - low) / size > 10 ? 5 : (high - low) / size > 5 ? 2 : 1);
    for (let step = Math.ceil(low / even) * even; step <= high; step += even) steps.push(step);
    return steps;
  }
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power++) {
    for (const step of [1, 2, 5].map((factor) => factor * 10 ** power)) if (step >= low && step <= high) steps.push(step);
  }
  return steps;
}

function axes({ format, withTime, height, logarithmic }) {
  const written = (u, splits) => splits.map((v) => (v === null ? "" : format(v))), space = height > 200 ? 34 : 22;
  const chosen = logarithmic ? { splits: roundSteps, filter: (u, splits) => splits } : {};
  const line = { stroke: () => colour("muted"), font: AXIS_FONT, grid: { stroke: () => colour("grid"), width: 1 }, ticks: { show: false } };
  return [
    { ...line, size: withTime ? 34 : 6, values: withTime ? TIME_LABELS : (u, splits) => splits.map(() => ""), space: 64 },
    { ...line, size: LEFT, values: written, space, gap: 6, ...chosen },
  ];
}

// A chart in `box` that follows the shared window. `options`: height, series, data, format, withTime, y (its scale),
// hooks, and `update(plot, min, max)` where a new window needs new data.
function timeChart(box, view, options) {
  const plot = new uPlot({
    width: Math.max(box.clientWidth, 120),
    height: options.height,
    padding: [8, RIGHT, 0, 0],
    legend: { show: false },
    tzDate: utc,
    scales: { x: { time: true, min: view.min, max: view.max }, y: options.y || {} },
    axes: axes(options),
    series: [{}, ...options.series],
    cursor: {
      y: false,
      sync: { key: "time", scales: ["x", null] },
      drag: { x: true, y: false, setScale: false },
      points: { size: 7, width: 2 },
      bind: { dblclick: () => () => { view.all(); return null; }, mousedown: (u, target, handler) => (event) => event.shiftKey ? null : handler(event) },
    },
    hooks: {
      ...options.hooks,
      setSelect: [(u) => {
        if (u.select.width < 4) return;
        view.show(u.posToVal(u.select.left, "x"), u.posToVal(u.select.left + u.select.width, "x"));
        u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      }],
    },
  }, options.data, box);
  const follow = (min, max) => plot.batch(() => {
    if (options.update) options.update(plot, min, max);
    plot.setScale("x", { min, max });
  });
  plots.add(plot);
  view.onChange((min, max) => plots.has(plot) && follow(min, max));
  listenToPointer(plot.over, view);
  listenToKeys(box, view);
  new ResizeObserver(() => {
    const width = box.clientWidth;
    if (width > 60 && width !== plot.width) { plot.setSize({ width, height: options.height }); follow(view.min, view.max); }
  }).observe(box);
  if (options.update) follow(view.min, view.max);
  return plot;
}

// The range of a line chart's visible values, with a little air; a share of 0 may be pinned.
function airy(low, high, pinned) {
  if (low === null || !Number.isFinite(low)) return [0, 1];
  const air = (high - low || Math.abs(high) || 1) * 0.06;
  return [pinned === "low" ? low : low - air, pinned === "high" ? high : high + air];
}

// The place of the last value at or before `x` in ascending `values`, or -1.
function placeOf(values, x) {
  let low = 0, high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= x) low = middle + 1; else high = middle;
  }
  return low - 1;
}
