// The head of the page has chosen a theme already; here it can be changed, and follows the system until it is.
function startTheme(view) {
  const root = document.documentElement;
  const wear = (theme) => {
    root.dataset.theme = theme;
    for (const plot of plots) plot.redraw(false);
    if (view) view.redraw();
  };
  document.getElementById("theme").addEventListener("click", () => {
    wear(root.dataset.theme === "dark" ? "light" : "dark");
    try { localStorage.setItem("tickwright-theme", root.dataset.theme); } catch (refused) { /* a file may have no storage */ }
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => wear(event.matches ? "dark" : "light"));
}
