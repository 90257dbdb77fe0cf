// The canvas without a mouse: arrows walk the ties, Enter opens, Esc clears, + and - zoom.
const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

function nextInDirection(canvas, from, [dx, dy], candidates) {
  const places = canvas.network.getPositions();
  let best = null;
  for (const id of candidates) {
    if (id === from || !places[id]) continue;
    const x = places[id].x - places[from].x;
    const y = places[id].y - places[from].y;
    const distance = Math.hypot(x, y) || 1;
    const aligned = (x * dx + y * dy) / distance;
    if (aligned < 0.5) continue;
    const cost = distance * (2 - aligned);
    if (!best || cost < best.cost) best = { id, cost };
  }
  return best && best.id;
}

function onKey(canvas, event) {
  const { network } = canvas;
  if (!network || event.altKey) return;
  const control = event.ctrlKey || event.metaKey;
  const step = ARROWS[event.key];
  if (step && !control) {
    walk(canvas, step, event.shiftKey);
  } else if (event.key === "Enter" && canvas.selected) {
    canvas.send("expand", canvas.selected);
  } else if ((event.key === "Delete" || event.key === "Backspace") && canvas.selected) {
    canvas.send("collapse", canvas.selected);
  } else if (event.key === "Escape") {
    select(canvas, null);
    canvas.send("clear", null);
    say(canvas, canvas.data.texts.cleared);
  } else if (event.key === "+" || event.key === "=") {
    zoom(canvas, 1.25);
  } else if (event.key === "-" || event.key === "_") {
    zoom(canvas, 0.8);
  } else if (event.key === "0" || event.key === "f") {
    if (control) return;
    fit(canvas, true);
  } else if (control && event.key.toLowerCase() === "z") {
    canvas.send(event.shiftKey ? "redo" : "undo", null);
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

// A tie in that direction first; with Shift, or where none leads there, the nearest node.
function walk(canvas, step, anywhere) {
  const { network } = canvas;
  const all = [...canvas.facts.keys()];
  if (!all.length) return;
  if (!canvas.selected || !canvas.facts.has(canvas.selected)) {
    choose(canvas, canvas.facts.has(canvas.centre) ? canvas.centre : all[0]);
    return;
  }
  const near = anywhere ? all : network.getConnectedNodes(canvas.selected);
  const next = nextInDirection(canvas, canvas.selected, step, near) || nextInDirection(canvas, canvas.selected, step, all);
  if (next) choose(canvas, next);
  else say(canvas, canvas.data.texts.no_neighbour);
}

function choose(canvas, id) {
  select(canvas, id);
  const place = canvas.network.canvasToDOM(canvas.network.getPositions([id])[id]);
  const { clientWidth, clientHeight } = canvas.stage;
  if (place.x < 30 || place.y < 30 || place.x > clientWidth - 30 || place.y > clientHeight - 30) {
    canvas.network.focus(id, { scale: canvas.network.getScale(), animation: false });
  }
  const ties = canvas.network.getConnectedEdges(id).length;
  const fact = canvas.facts.get(id);
  say(canvas, fill(canvas.data.texts.selected, { name: fact.tip.slice(0, 2).join(", "), ties }));
  // The page follows when the walk pauses, not at every step of it.
  clearTimeout(canvas.pause);
  canvas.pause = setTimeout(() => canvas.send("select", id), 220);
}
