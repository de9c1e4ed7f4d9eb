// The one stretch of time every chart shows, and all the ways to change it: drag, wheel, touch, keys, buttons.

function timeWindow(first, last, shortest) {
  const listeners = [];
  const view = { first, last, min: first, max: last };
  let queued = false;

  function changed() {
    if (queued) return;
    queued = true;
    requestAnimationFrame(() => {
      queued = false;
      for (const listener of listeners) listener(view.min, view.max);
    });
  }

  view.onChange = (listener) => listeners.push(listener);
  view.show = (min, max) => {
    const length = Math.min(Math.max(max - min, shortest), last - first);
    const start = Math.min(Math.max((min + max - length) / 2, first), last - length);
    view.min = start;
    view.max = start + length;
    changed();
  };
  view.all = () => view.show(first, last);
  view.pan = (share) => view.show(view.min + share * (view.max - view.min), view.max + share * (view.max - view.min));
  view.zoom = (factor, at = 0.5) => {
    const length = view.max - view.min, centre = view.min + at * length;
    view.show(centre - at * length * factor, centre + (1 - at) * length * factor);
  };
  view.redraw = changed;
  return view;
}

const windowKeys = {
  ArrowLeft: (view) => view.pan(-0.2),
  ArrowRight: (view) => view.pan(0.2),
  "+": (view) => view.zoom(0.5),
  "=": (view) => view.zoom(0.5),
  "-": (view) => view.zoom(2),
  0: (view) => view.all(),
  Home: (view) => view.show(view.first, view.first + view.max - view.min),
  End: (view) => view.show(view.last - view.max + view.min, view.last),
};

// Keys act while a chart has the focus, so the page scrolls as usual elsewhere.
function listenToKeys(element, view) {
  element.addEventListener("keydown", (event) => {
    const act = windowKeys[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    act(view);
    event.preventDefault();
  });
}

// Ctrl + wheel and trackpad pinches zoom, sideways wheels pan; one finger pans, two zoom; shift + drag pans.
function listenToPointer(over, view) {
  const touches = new Map();
  over.addEventListener("wheel", (event) => {
    const box = over.getBoundingClientRect();
    if (event.ctrlKey || event.metaKey) view.zoom(Math.exp(event.deltaY / 200), (event.clientX - box.left) / box.width);
    else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) view.pan(event.deltaX / box.width);
    else return;
    event.preventDefault();
  }, { passive: false });
  over.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch") touches.set(event.pointerId, event.clientX);
    else if (event.shiftKey) dragToPan(over, view, event);
  }, true);
  over.addEventListener("pointermove", (event) => {
    if (!touches.has(event.pointerId)) return;
    const box = over.getBoundingClientRect(), before = [...touches.values()];
    const moved = event.clientX - touches.get(event.pointerId);
    touches.set(event.pointerId, event.clientX);
    if (touches.size === 1) return view.pan(-moved / box.width);
    const after = [...touches.values()], middle = (after[0] + after[1]) / 2 - box.left;
    view.zoom(Math.max(Math.abs(before[0] - before[1]), 8) / Math.max(Math.abs(after[0] - after[1]), 8), middle / box.width);
  });
  for (const name of ["pointerup", "pointercancel"]) over.addEventListener(name, (event) => touches.delete(event.pointerId));
}

function dragToPan(over, view, start) {
  let last = start.clientX;
  const width = over.getBoundingClientRect().width;
  const move = (event) => { view.pan((last - event.clientX) / width); last = event.clientX; };
  const stop = () => { removeEventListener("pointermove", move); removeEventListener("pointerup", stop); };
  addEventListener("pointermove", move);
  addEventListener("pointerup", stop);
}
