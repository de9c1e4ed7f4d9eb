// A long table a page at a time, sorted by any column. `columns`: name -> { key(k), text(k), kind(k) }; `choose(k)`, if
// given, acts on a row.

const ROWS_PER_PAGE = 25;

function pagedTable(identity, count, columns, options) {
  const table = document.getElementById(identity), body = table.querySelector("tbody");
  const heads = [...table.querySelectorAll("th button")], names = heads.map((head) => head.dataset.sort);
  const counter = document.getElementById(identity + "-pages");
  const before = document.getElementById(identity + "-before"), after = document.getElementById(identity + "-after");
  const order = Array.from({ length: count }, (_, k) => k);
  let from = 0, sorted = options.sorted, descending = options.descending;

  function rowOf(k) {
    const row = document.createElement("tr");
    row.dataset.row = k;
    names.forEach((name, place) => {
      const cell = document.createElement(place ? "td" : "th"), column = columns[name];
      cell.className = column.kind ? column.kind(k) : "";
      if (!place) cell.scope = "row";
      if (place || !options.choose) cell.textContent = column.text(k);
      else {
        const button = document.createElement("button");
        button.type = "button";
        button.title = options.title;
        button.textContent = column.text(k);
        cell.append(button);
      }
      row.append(cell);
    });
    if (options.choose) row.addEventListener("click", () => options.choose(k));
    return row;
  }

  function draw() {
    body.replaceChildren(...order.slice(from, from + ROWS_PER_PAGE).map(rowOf));
    counter.textContent = count ? `${from + 1}–${Math.min(from + ROWS_PER_PAGE, count)} of ${grouped(count, 0)}` : "none";
    before.disabled = from === 0;
    after.disabled = from + ROWS_PER_PAGE >= count;
    for (const head of heads) {
      const way = head.dataset.sort !== sorted ? "none" : descending ? "descending" : "ascending";
      head.parentElement.setAttribute("aria-sort", way);
    }
  }

  // Undefined values come last either way.
  function arrange() {
    const key = columns[sorted].key, sign = descending ? -1 : 1, absent = (value) => Number.isNaN(value) || value === null;
    order.sort((a, b) => {
      const x = key(a), y = key(b);
      if (absent(x) || absent(y)) return absent(x) - absent(y) || a - b;
      return x < y ? -sign : x > y ? sign : a - b;
    });
    from = 0;
    draw();
  }

  for (const head of heads) {
    head.addEventListener("click", () => {
      descending = head.dataset.sort === sorted ? !descending : !(options.rising || []).includes(head.dataset.sort);
      sorted = head.dataset.sort;
      arrange();
    });
  }
  before.addEventListener("click", () => { from -= ROWS_PER_PAGE; draw(); });
  after.addEventListener("click", () => { from += ROWS_PER_PAGE; draw(); });
  arrange();
}
