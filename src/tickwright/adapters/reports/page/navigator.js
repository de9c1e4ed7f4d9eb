// A small picture of the whole record with the window on it: drag the window to move it, click beside it to jump.

function drawNavigator(canvas, curve, view) {
  const context = canvas.getContext("2d");
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return view.first + ((event.clientX - box.left) / box.width) * (view.last - view.first);
  };
  let low = Infinity, high = -Infinity;
  for (const value of curve.equity) { low = Math.min(low, value); high = Math.max(high, value); }

  function draw() {
    const ratio = devicePixelRatio, width = canvas.clientWidth * ratio, height = canvas.clientHeight * ratio;
    if (!width) return;
    canvas.width = width;
    canvas.height = height;
    const x = (t) => ((t - view.first) / (view.last - view.first)) * width;
    const step = Math.max(1, Math.floor(curve.time.length / width));
    context.beginPath();
    context.moveTo(0, height);
    for (let i = 0; i < curve.time.length; i += step) {
      context.lineTo(x(curve.time[i]), height - 2 * ratio - ((curve.equity[i] - low) / (high - low || 1)) * (height - 6 * ratio));
    }
    context.lineTo(width, height);
    context.closePath();
    context.fillStyle = colour("accent-soft");
    context.fill();
    context.fillStyle = colour("veil");
    context.fillRect(0, 0, x(view.min), height);
    context.fillRect(x(view.max), 0, width - x(view.max), height);
    context.strokeStyle = colour("accent");
    context.lineWidth = 1.5 * ratio;
    context.strokeRect(x(view.min) + ratio, ratio, Math.max(x(view.max) - x(view.min) - 2 * ratio, 2 * ratio), height - 2 * ratio);
  }

  canvas.addEventListener("pointerdown", (event) => {
    const length = view.max - view.min;
    let grip = at(event);
    if (grip < view.min || grip > view.max) { view.show(grip - length / 2, grip + length / 2); }
    canvas.setPointerCapture(event.pointerId);
    const move = (next) => { const now = at(next); view.show(view.min + now - grip, view.min + now - grip + length); grip = now; };
    canvas.addEventListener("pointermove", move);
    canvas.addEventListener("pointerup", () => canvas.removeEventListener("pointermove", move), { once: true });
  });
  listenToKeys(canvas, view);
  view.onChange(draw);
  new ResizeObserver(draw).observe(canvas);
  draw();
}
