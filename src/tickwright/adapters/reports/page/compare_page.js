// Start of a comparison's page: returns and drawdowns of several runs on one axis of time.

const page = JSON.parse(document.getElementById("page-data").textContent);

function start() {
  const time = instants(page.time), view = timeWindow(page.first, time[time.length - 1], 12 * page.step);
  const curves = page.runs.map((run) => Array.from(numbers(run.growth), (v) => (Number.isNaN(v) ? null : v)));
  const under = curves.map((curve) => { let top = 1; return curve.map((v) => (v === null ? null : (top = Math.max(top, v), v / top - 1))); });
  const line = (place) => ({ stroke: () => colour("run-" + place), width: 1.6, points: { show: false }, spanGaps: true });
  const series = page.runs.map((run, place) => line(place)), readout = document.getElementById("compare-readout");

  function read(u) {
    const at = u.cursor.idx ?? Math.max(placeOf(time, view.max), 0), when = document.createElement("time");
    when.textContent = minute(time[at]);
    readout.replaceChildren(when, ...page.runs.map((run, place) => {
      const span = document.createElement("span"), dot = document.createElement("i"), value = document.createElement("b");
      dot.className = "dot run-" + place;
      value.textContent = curves[place][at] === null ? "–" : signedPercent(curves[place][at] - 1);
      span.append(dot, run.name + " ", value);
      return span;
    }));
  }

  timeChart(document.getElementById("growth-chart"), view, {
    height: 320, data: [time, ...curves.map((curve) => curve.map((v) => (v === null ? null : v - 1)))], series, withTime: false,
    format: (v) => percent(v, 0), y: { range: (u, low, high) => airy(low, high) }, hooks: { setCursor: [read] },
  });
  timeChart(document.getElementById("fall-chart"), view, {
    height: 160, data: [time, ...under], series, withTime: true, format: (v) => percent(v, 0),
    y: { range: (u, low) => airy(low, 0, "high") }, hooks: { setCursor: [read] },
  });
  view.onChange(() => read({ cursor: {} }));
  startWindowButtons(view);
  startTheme(view);
  read({ cursor: {} });
  performance.mark("charts-drawn");
}

start();
