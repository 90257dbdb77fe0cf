// One drawing per host element. The page sends data; the drawing keeps zoom, selection and places, and sends back what a person did.
const canvases = new WeakMap();

function library() {
  const shelf = Symbol.for("partnership-graph.vis");
  if (!globalThis[shelf]) {
    let hand;
    globalThis[shelf] = { ready: new Promise((resolve) => (hand = resolve)) };
    globalThis[shelf].hand = hand;
  }
  return globalThis[shelf].ready;
}

export default function (component) {
  const root = component.parentElement.querySelector(".pgx");
  if (!root) return undefined;
  let canvas = canvases.get(root);
  if (!canvas) {
    const part = (name) => root.querySelector(`[data-part="${name}"]`);
    canvas = { root, stage: part("stage"), part, facts: new Map(), selected: null, hovered: null };
    Object.assign(canvas, { id: `${Date.now()}-${Math.random()}`, count: 0, recent: [], moved: false });
    canvases.set(root, canvas);
    wire(canvas);
  }
  canvas.data = component.data;
  // Two quick events may reach the page as one message that keeps only the last: so each carries those just before it.
  canvas.send = (type, key) => {
    clearTimeout(canvas.pause);
    canvas.count += 1;
    canvas.recent = [...canvas.recent, { type, key, n: canvas.count }].slice(-6);
    component.setTriggerValue("event", { canvas: canvas.id, events: canvas.recent });
  };
  library().then((vis) => {
    if (!canvas.gone) show(canvas, vis);
  });
  return () => {
    canvas.gone = true;
    canvas.watch?.disconnect();
    canvas.network?.destroy();
  };
}

function wire(canvas) {
  const { root, stage } = canvas;
  stage.addEventListener("keydown", (event) => onKey(canvas, event));
  // The wheel scrolls the page until the canvas is in use, so that nobody is trapped over it.
  stage.addEventListener(
    "wheel",
    (event) => {
      const inUse = event.ctrlKey || document.fullscreenElement || stage.matches(":focus, :focus-within");
      if (!inUse) event.stopPropagation();
    },
    { capture: true, passive: true },
  );
  stage.addEventListener("pointerdown", () => stage.focus({ preventScroll: true }));
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-act]");
    if (button && canvas.network) act(canvas, button);
  });
  root.addEventListener("keydown", (event) => {
    const menu = root.querySelector(".menu");
    if (event.key === "Escape" && menu.open) menu.open = false;
  });
  document.addEventListener("fullscreenchange", () => {
    label(canvas, "full", isFull(canvas) ? "exit_full" : "full");
    requestAnimationFrame(() => fit(canvas, false));
  });
}

function isFull(canvas) {
  return Boolean(canvas.root.getRootNode().fullscreenElement);
}

function act(canvas, button) {
  const name = button.dataset.act;
  if (name === "fit") fit(canvas, true);
  else if (name === "zoom_in") zoom(canvas, 1.25);
  else if (name === "zoom_out") zoom(canvas, 0.8);
  else if (name === "full") isFull(canvas) ? document.exitFullscreen() : canvas.root.requestFullscreen();
  else if (name === "png_light" || name === "png_dark") {
    button.closest("details").open = false;
    library().then((vis) => exportPicture(canvas, vis, name.slice(4)));
  } else canvas.send(name, null);
}

function show(canvas, vis) {
  const { data, root } = canvas;
  const theme = themeOf(root, data.palette);
  const newTheme = canvas.theme?.ground !== theme.ground;
  const newPicture = canvas.epoch !== data.epoch;
  canvas.theme = theme;
  canvas.centre = data.centre;
  root.dataset.theme = theme.name;
  words(canvas);
  drawLegend(canvas.part("legend"), data.legend, theme);
  canvas.stage.style.height = data.height ? `${data.height}px` : "";
  if (!canvas.network) {
    canvas.nodes = new vis.DataSet();
    canvas.edges = new vis.DataSet();
    const options = { ...data.options, groups: groupsOf(theme), autoResize: true };
    canvas.network = new vis.Network(canvas.stage, { nodes: canvas.nodes, edges: canvas.edges }, options);
    listen(canvas);
  } else if (newTheme) {
    canvas.network.setOptions({ groups: groupsOf(theme) });
  }
  if (canvas.version !== data.version || newTheme || newPicture) change(canvas, newPicture || newTheme ? "all" : "some", newPicture);
  canvas.version = data.version;
  canvas.epoch = data.epoch;
  select(canvas, data.selected);
  if (newPicture) fit(canvas, false);
  root.dataset.nodes = String(canvas.nodes.length);
  root.dataset.edges = String(canvas.edges.length);
  root.dataset.version = data.version;
  root.__pgx = handle(canvas);
}

function tipOf(lines) {
  const tip = document.createElement("div");
  tip.className = "tip";
  for (const line of lines) {
    const row = document.createElement("div");
    row.textContent = line;
    tip.append(row);
  }
  return tip;
}

// Brings the drawing to the data: gone ones out, new ones in beside what opened them, known ones left where they stand.
function change(canvas, extent, replace) {
  const { data, nodes, edges, facts, network } = canvas;
  const places = replace ? {} : network.getPositions();
  // What the mouse was over may be gone; its note would stay for ever.
  network.interactionHandler?.popup?.hide();
  canvas.hovered = null;
  const kept = new Set(data.nodes.map((node) => node.id));
  nodes.remove(nodes.getIds().filter((id) => !kept.has(id)));
  const old = new Map(facts);
  facts.clear();
  const rows = data.nodes.map(({ label: name, kind, code, tip, beside, ...node }, index) => {
    facts.set(node.id, { label: String(name), kind, code, tip, size: node.size, group: node.group });
    const stands = places[node.id];
    const at = stands || (node.x === undefined ? nearby(data, places, beside, index) : { x: node.x, y: node.y });
    return { ...node, ...at, label: undefined, title: tipOf(tip), stands: Boolean(stands) && old.has(node.id) };
  });
  nodes.update(rows);
  const ties = new Set(data.edges.map((edge) => edge.id));
  edges.remove(edges.getIds().filter((id) => !ties.has(id)));
  const pairs = new Map();
  edges.update(
    data.edges.map(({ tip, ...edge }) => {
      const pair = [edge.from, edge.to].sort().join("|");
      const nth = pairs.get(pair) || 0;
      pairs.set(pair, nth + 1);
      const smooth = nth ? { enabled: true, type: "curvedCW", roundness: 0.12 * nth } : false;
      return { ...edge, smooth, dashes: edge.dashes ? [6, 5] : false, title: tipOf(tip), color: { color: canvas.theme.lines[edge.line] } };
    }),
  );
  canvas.lit = [];
}

function nearby(data, places, beside, index) {
  const tie = data.edges.find((edge) => places[edge.from] || places[edge.to]);
  const from = places[beside] || (tie && (places[tie.from] || places[tie.to])) || { x: 0, y: 0 };
  const angle = index * 2.39996;
  const reach = 60 + 9 * Math.sqrt(index);
  return { x: from.x + reach * Math.cos(angle), y: from.y + reach * Math.sin(angle) };
}

function listen(canvas) {
  const { network, stage } = canvas;
  network.on("afterDrawing", (ctx) => drawLabels(ctx, canvas, canvas.theme, 1));
  network.on("click", ({ nodes, edges }) => {
    const tie = nodes.length ? null : edges[0];
    const chosen = nodes[0] || tie || null;
    if (chosen === canvas.selected) return;
    select(canvas, chosen);
    if (nodes.length) {
      canvas.send("select", nodes[0]);
      say(canvas, canvas.facts.get(nodes[0])?.tip.join(", "));
    } else if (tie) canvas.send("edge", tie);
    else canvas.send("clear", null);
  });
  network.on("doubleClick", ({ nodes }) => {
    if (nodes.length) canvas.send("expand", nodes[0]);
  });
  network.on("hoverNode", ({ node }) => hover(canvas, node));
  network.on("blurNode", () => hover(canvas, null));
  network.on("zoom", () => (canvas.moved = true));
  network.on("dragEnd", () => (canvas.moved = true));
  network.on("dragStart", ({ nodes }) => {
    if (nodes.length) select(canvas, nodes[0]);
  });
  // A canvas born in a hidden tab has no size yet; it is fitted when it gets one.
  canvas.watch = new ResizeObserver(() => {
    if (stage.clientWidth && !canvas.moved) requestAnimationFrame(() => canvas.gone || fit(canvas, false));
  });
  canvas.watch.observe(stage);
}

function hover(canvas, id) {
  canvas.hovered = id;
  canvas.stage.style.cursor = id ? "pointer" : "";
  canvas.network.redraw();
}

// The ring and the darkened ties of what is selected; never a change of its colour.
function select(canvas, id) {
  const { network, nodes, edges, theme, root } = canvas;
  const isNode = id !== null && nodes.get(id) !== null;
  const isTie = !isNode && id !== null && edges.get(id) !== null;
  canvas.selected = isNode || isTie ? id : null;
  network.setSelection({ nodes: isNode ? [id] : [], edges: isTie ? [id] : [] }, { highlightEdges: false });
  const lit = isNode ? network.getConnectedEdges(id) : isTie ? [id] : [];
  const light = new Set(lit);
  const repaint = (ids, colours) =>
    ids.map((each) => edges.get(each)).filter(Boolean).map((edge) => ({ id: edge.id, color: { color: colours(edge) } }));
  edges.update([
    ...repaint((canvas.lit || []).filter((each) => !light.has(each)), (edge) => theme.lines[edge.line]),
    ...repaint(lit, (edge) => (isTie ? theme.text : theme.strong[edge.line])),
  ]);
  canvas.lit = lit;
  root.dataset.selected = canvas.selected ?? "";
  network.redraw();
}

function fit(canvas, animated) {
  const { network, stage, facts } = canvas;
  if (!network || !stage.clientWidth || !facts.size) return;
  const places = network.getPositions();
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [id, { x, y }] of Object.entries(places)) {
    const r = facts.get(id)?.size ?? 8;
    left = Math.min(left, x - r);
    right = Math.max(right, x + r);
    top = Math.min(top, y - r);
    bottom = Math.max(bottom, y + r);
  }
  const [w, h] = [Math.max(right - left, 1), Math.max(bottom - top, 1)];
  const scale = Math.min((stage.clientWidth - 90) / w, (stage.clientHeight - 64) / h, 1.8);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches || !animated;
  const position = { x: (left + right) / 2, y: (top + bottom) / 2 + 8 / scale };
  network.moveTo({ position, scale: Math.max(scale, 0.05), animation: still ? false : { duration: 250 } });
  canvas.moved = false;
}

function zoom(canvas, factor) {
  canvas.moved = true;
  canvas.network.moveTo({ scale: Math.min(Math.max(canvas.network.getScale() * factor, 0.05), 12), animation: false });
}

function fill(text, values) {
  return text.replace(/\[(\w+)\]/g, (whole, name) => values[name] ?? whole);
}

function say(canvas, text) {
  canvas.part("live").textContent = text || "";
}

function label(canvas, act, text) {
  const element = canvas.root.querySelector(`[data-act="${act}"]`);
  element.querySelector("span").textContent = canvas.data.texts[text];
  element.title = canvas.data.texts[text];
}

function words(canvas) {
  const { data, root, stage } = canvas;
  for (const act of ["fit", "undo", "redo", "png", "png_light", "png_dark", "zoom_in", "zoom_out"]) label(canvas, act, act);
  label(canvas, "full", isFull(canvas) ? "exit_full" : "full");
  canvas.part("toolbar").setAttribute("aria-label", data.texts.toolbar);
  canvas.part("legend").setAttribute("aria-label", data.texts.legend);
  stage.setAttribute("aria-label", `${data.texts.canvas_label}. ${data.note} ${data.texts.canvas_help}`);
  root.lang = data.language;
  root.querySelector('[data-act="undo"]').disabled = !data.undo;
  root.querySelector('[data-act="redo"]').disabled = !data.redo;
  canvas.part("note").textContent = data.note;
  const more = root.querySelector('[data-act="more"]');
  more.textContent = data.more;
  more.hidden = !data.more;
}

// For tests: where a node or a tie stands in the window, so that a real mouse can go there.
function handle(canvas) {
  const onPage = (place) => {
    const box = canvas.stage.getBoundingClientRect();
    const at = canvas.network.canvasToDOM(place);
    return { x: box.x + at.x, y: box.y + at.y };
  };
  return {
    nodePosition: (id) => onPage(canvas.network.getPositions([id])[id]),
    edgePosition: (id) => {
      const edge = canvas.edges.get(id);
      const ends = canvas.network.getPositions([edge.from, edge.to]);
      return onPage({ x: (ends[edge.from].x + ends[edge.to].x) / 2, y: (ends[edge.from].y + ends[edge.to].y) / 2 });
    },
    scale: () => canvas.network.getScale(),
    labels: () => canvas.written,
    keys: () => [...canvas.facts.keys()],
  };
}
