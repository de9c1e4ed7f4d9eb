// Runs in the head, before anything is painted: the theme last chosen here, else the system's.
(() => {
  let kept = null;
  try { kept = localStorage.getItem("tickwright-theme"); } catch (refused) { /* a file may have no storage */ }
  document.documentElement.dataset.theme = kept || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
})();
