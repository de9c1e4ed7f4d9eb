// Start of a sweep's page: unpack the columns, build the heat map and the table of trials.

const page = JSON.parse(document.getElementById("page-data").textContent);

function start() {
  const trials = { length: page.count, params: page.params, measures: {} };
  for (const [name] of page.measures) trials.measures[name] = numbers(page.columns[name]);
  const units = Object.fromEntries(page.measures.map(([name, words, unit]) => [name, unit]));
  trials.text = (name, k) => {
    const value = trials.measures[name][k];
    return units[name] === "fraction" ? percent(value) : plain(value, units[name] === "count" ? 0 : 2);
  };
  const redraw = heatMap(page, trials);
  startTheme({ redraw });
  const columns = {};
  for (const name of page.parameters) columns[name] = { key: (k) => trials.params[name][k], text: (k) => String(trials.params[name][k]) };
  for (const [name] of page.measures) {
    const values = trials.measures[name], toned = units[name] === "fraction" && name !== "win_rate";
    const tone = (k) => "n" + (toned ? (values[k] > 0 ? " up" : values[k] < 0 ? " down" : "") : "");
    columns[name] = { key: (k) => values[k], text: (k) => trials.text(name, k), kind: tone };
  }
  pagedTable("trial-table", page.count, columns, {
    sorted: page.sort, descending: !page.smaller.includes(page.sort), rising: [...page.parameters, ...page.smaller],
  });
  performance.mark("charts-drawn");
}

start();
