// Two parameters against a measure. With further parameters a cell is the best trial of those it stands for.

function heatMap(page, trials) {
  const canvas = document.getElementById("heat-map"), context = canvas.getContext("2d"), readout = document.getElementById("heat-readout");
  const across = document.getElementById("heat-across"), up = document.getElementById("heat-up"), measure = document.getElementById("heat-measure");
  const LEFT = 64, BOTTOM = 34, TOP = 6, RIGHT = 6;
  let cells = [], xs = [], ys = [], at = null;

  const distinct = (name) => [...new Set(trials.params[name])].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

  function gather() {
    const values = trials.measures[measure.value], worseFirst = page.smaller.includes(measure.value) ? -1 : 1;
    xs = distinct(across.value);
    ys = up.value ? distinct(up.value) : [""];
    const column = new Map(xs.map((value, k) => [value, k])), row = new Map(ys.map((value, k) => [value, k]));
    cells = new Array(xs.length * ys.length).fill(null);
    canvas.style.height = `${Math.min(420, TOP + BOTTOM + Math.max(44 * ys.length, 120))}px`;
    for (let k = 0; k < trials.length; k++) {
      const place = row.get(up.value ? trials.params[up.value][k] : "") * xs.length + column.get(trials.params[across.value][k]);
      if (Number.isNaN(values[k])) continue;
      if (cells[place] === null || worseFirst * (values[k] - values[cells[place]]) > 0) cells[place] = k;
    }
  }

  const box = () => ({ width: canvas.clientWidth - LEFT - RIGHT, height: canvas.clientHeight - TOP - BOTTOM });

  function draw() {
    const ratio = devicePixelRatio, { width, height } = box(), values = trials.measures[measure.value];
    if (width <= 0) return;
    canvas.width = canvas.clientWidth * ratio;
    canvas.height = canvas.clientHeight * ratio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const known = cells.filter((k) => k !== null).map((k) => values[k]);
    const most = known.reduce((a, b) => Math.max(a, Math.abs(b)), 0) || 1, low = known.reduce((a, b) => Math.min(a, b), Infinity);
    const rising = low > 0 ? low : 0, w = width / xs.length, h = height / ys.length, gap = w > 6 && h > 6 ? 1 : 0;
    cells.forEach((k, place) => {
      const x = LEFT + (place % xs.length) * w, y = TOP + (ys.length - 1 - Math.floor(place / xs.length)) * h;
      if (k === null) { context.fillStyle = colour("grid"); context.globalAlpha = 0.6; }
      else {
        const value = values[k], share = value >= 0 ? (value - rising) / (most - rising || 1) : -value / most;
        context.fillStyle = `rgb(${colour(value >= 0 ? "up-heat" : "down-heat")})`;
        context.globalAlpha = 0.06 + 0.86 * Math.min(Math.max(share, 0), 1) ** 1.3;
      }
      context.fillRect(x, y, w - gap, h - gap);
      context.globalAlpha = 1;
      if (k === page.best) outline(x, y, w, h, colour("ink"), 2);
      if (place === at) outline(x, y, w, h, colour("accent"), 2);
    });
    labels(w, h, width, height);
  }

  function outline(x, y, w, h, stroke, line) {
    context.strokeStyle = stroke;
    context.lineWidth = line;
    context.strokeRect(x, y, w - 1, h - 1);
  }

  function labels(w, h, width, height) {
    context.fillStyle = colour("muted");
    context.font = AXIS_FONT;
    context.textBaseline = "middle";
    context.textAlign = "center";
    const everyX = Math.ceil(xs.length / Math.max(Math.floor(width / 46), 1)), everyY = Math.ceil(ys.length / Math.max(Math.floor(height / 18), 1));
    xs.forEach((value, k) => { if (k % everyX === 0) context.fillText(String(value), LEFT + (k + 0.5) * w, TOP + height + 12); });
    context.fillText(across.value, LEFT + width / 2, TOP + height + 27);
    context.textAlign = "right";
    ys.forEach((value, k) => { if (k % everyY === 0) context.fillText(String(value), LEFT - 7, TOP + (ys.length - 1 - k + 0.5) * h); });
  }

  function read(place) {
    at = place;
    const k = place === null ? page.best : cells[place];
    const values = k === null ? [] : [...page.parameters.map((name) => [name, String(trials.params[name][k])]),
      ...page.measures.map(([name, words]) => [words, trials.text(name, k)])];
    readout.replaceChildren(...values.map(([name, value]) => {
      const span = document.createElement("span"), bold = document.createElement("b");
      bold.textContent = value;
      span.append(name + " ", bold);
      return span;
    }));
    draw();
  }

  function under(event) {
    const bounds = canvas.getBoundingClientRect(), { width, height } = box();
    const column = Math.floor(((event.clientX - bounds.left - LEFT) / width) * xs.length);
    const row = ys.length - 1 - Math.floor(((event.clientY - bounds.top - TOP) / height) * ys.length);
    return column < 0 || column >= xs.length || row < 0 || row >= ys.length ? null : row * xs.length + column;
  }

  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  canvas.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (!step) return;
    const start = at ?? Math.max(cells.indexOf(page.best), 0);
    const column = Math.min(Math.max((start % xs.length) + step[0], 0), xs.length - 1);
    const row = Math.min(Math.max(Math.floor(start / xs.length) + step[1], 0), ys.length - 1);
    read(row * xs.length + column);
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => { const place = under(event); if (place !== at) read(place); });
  canvas.addEventListener("pointerleave", () => read(null));
  for (const control of [across, up, measure]) {
    control.addEventListener("change", () => {
      if (across.value === up.value) (control === across ? up : across).value = page.parameters.find((name) => name !== control.value) || "";
      gather();
      read(null);
    });
  }
  new ResizeObserver(draw).observe(canvas);
  gather();
  read(null);
  return draw;
}
