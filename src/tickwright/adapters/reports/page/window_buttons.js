// Buttons for usual lengths of time, and the window in words.

function startWindowButtons(view) {
  const label = document.getElementById("window-label"), buttons = [...document.querySelectorAll("[data-days]")];
  for (const button of buttons) {
    button.addEventListener("click", () => +button.dataset.days ? view.show(view.last - 86400 * button.dataset.days, view.last) : view.all());
    if (+button.dataset.days * 86400 > view.last - view.first) button.hidden = true;
  }
  const tell = () => {
    label.textContent = `${day(view.min)} – ${day(view.max)}`;
    const days = Math.round((view.max - view.min) / 86400), whole = view.max - view.min >= view.last - view.first;
    for (const button of buttons) button.setAttribute("aria-pressed", String(+button.dataset.days ? !whole && +button.dataset.days === days : whole));
  };
  view.onChange(tell);
  tell();
}
