// What the strategy plotted, a pane per name.

function plotCharts(page, curve, view) {
  page.plots.forEach((plotted, place) => {
    const values = Array.from(numbers(plotted.values), (v) => (Number.isNaN(v) ? null : v));
    timeChart(document.getElementById("plot-" + place), view, {
      height: 110, data: [curve.time, values], format: priceLabel, withTime: place === page.plots.length - 1,
      series: [{ stroke: () => colour("accent"), width: 1.25, points: { show: false }, spanGaps: true }],
      y: { range: (u, low, high) => airy(low, high) },
    });
  });
}
