// Names beside nodes, at one size on screen whatever the zoom, never one over another: the strongest are written first.
const LABEL_FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
const LABEL_LIMIT = 260;
const wrapped = new Map();

function wrap(ctx, text, font, width) {
  const key = `${font}|${width}|${text}`;
  const known = wrapped.get(key);
  if (known) return known;
  if (wrapped.size > 6000) wrapped.clear();
  ctx.font = font;
  const lines = [];
  let line = "";
  const words = text.split(/\s+/).filter(Boolean);
  while (words.length) {
    const longer = line ? `${line} ${words[0]}` : words[0];
    if (ctx.measureText(longer).width <= width || !line) {
      line = longer;
      words.shift();
    } else if (lines.length === 1) {
      line = `${line} ${words.join(" ")}`;
      words.length = 0;
    } else {
      lines.push(line);
      line = "";
    }
  }
  if (line) lines.push(line);
  const shown = lines.map((each) => shorten(ctx, each, width));
  const result = { lines: shown, width: Math.max(0, ...shown.map((each) => ctx.measureText(each).width)) };
  wrapped.set(key, result);
  return result;
}

function shorten(ctx, text, width) {
  if (ctx.measureText(text).width <= width) return text;
  let end = text.length;
  while (end > 1 && ctx.measureText(`${text.slice(0, end)}…`).width > width) end -= 1;
  return `${text.slice(0, end).trimEnd()}…`;
}

function overlaps(box, other) {
  return box.x < other.x + other.w && other.x < box.x + box.w && box.y < other.y + other.h && other.y < box.y + box.h;
}

function drawLabels(ctx, canvas, theme, unit) {
  const { network, facts } = canvas;
  const ratio = network.canvas.pixelRatio || 1;
  const scale = network.getScale();
  const { clientWidth: width, clientHeight: height } = network.canvas.frame;
  ctx.save();
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.textAlign = "center";
  ctx.textBaseline = "top";
  ctx.lineJoin = "round";
  const discs = [];
  for (const [id, place] of Object.entries(network.getPositions())) {
    const at = network.canvasToDOM(place);
    const fact = facts.get(id);
    if (!fact || at.x < -40 || at.y < -40 || at.x > width + 40 || at.y > height + 40) continue;
    const r = fact.size * scale;
    discs.push({ id, fact, at, r, x: at.x - r, y: at.y - r, w: 2 * r, h: 2 * r });
  }
  drawRings(ctx, canvas, theme, discs, unit);
  const first = (disc) => (disc.id === canvas.selected || disc.id === canvas.hovered ? 2 : disc.id === canvas.centre ? 1 : 0);
  discs.sort((a, b) => first(b) - first(a) || b.fact.size - a.fact.size);
  drawCodes(ctx, theme, discs, unit);
  const written = [];
  for (const disc of discs.slice(0, LABEL_LIMIT)) {
    const rank = first(disc);
    const size = (rank || disc.fact.size > 18 ? 13 : 12) * unit;
    const font = `${rank ? 600 : 400} ${size}px ${LABEL_FONT}`;
    const text = wrap(ctx, disc.fact.label, font, (rank ? 190 : 128) * unit);
    const box = labelBox(disc, text, size, unit, (candidate) => {
      if (candidate.x < 2 || candidate.x + candidate.w > width - 2 || candidate.y < 2 || candidate.y + candidate.h > height - 2) return false;
      return !written.some((other) => overlaps(candidate, other)) && !discs.some((other) => other !== disc && other.r > Math.max(2.5, disc.r * 0.4) && overlaps(candidate, other));
    });
    if (!box && !rank) continue;
    const place = box || { x: disc.at.x - text.width / 2, y: disc.at.y + disc.r + 3 * unit, w: text.width, h: text.lines.length * size * 1.15 };
    written.push(place);
    ctx.font = font;
    ctx.strokeStyle = theme.ground;
    ctx.lineWidth = 3.5 * unit;
    ctx.fillStyle = theme.text;
    text.lines.forEach((line, index) => {
      const x = place.x + place.w / 2;
      const y = place.y + index * size * 1.15;
      ctx.strokeText(line, x, y);
      ctx.fillText(line, x, y);
    });
  }
  ctx.restore();
  canvas.written = written.length;
}

// A country's code stands inside its hexagon where it fits, so that a crowded Europe stays readable.
function drawCodes(ctx, theme, discs, unit) {
  ctx.textBaseline = "middle";
  for (const { fact, at, r } of discs) {
    if (!fact.code || r < 8.5 * unit) continue;
    const size = Math.min(Math.max(r * 0.8, 9 * unit), 14 * unit);
    ctx.font = `600 ${size}px ${LABEL_FONT}`;
    ctx.fillStyle = isDark(theme.colours[fact.group] || theme.colours.rest) ? "#ffffff" : "#000000";
    ctx.fillText(fact.code, at.x, at.y + size * 0.05);
  }
  ctx.textBaseline = "top";
}

function labelBox(disc, text, size, unit, free) {
  const h = text.lines.length * size * 1.15;
  const w = text.width;
  const gap = 3 * unit;
  const spots = [
    { x: disc.at.x - w / 2, y: disc.at.y + disc.r + gap },
    { x: disc.at.x + disc.r + gap, y: disc.at.y - h / 2 },
    { x: disc.at.x - disc.r - gap - w, y: disc.at.y - h / 2 },
    { x: disc.at.x - w / 2, y: disc.at.y - disc.r - gap - h },
  ];
  for (const spot of spots) {
    const box = { ...spot, w, h };
    if (free(box)) return box;
  }
  return null;
}

function drawRings(ctx, canvas, theme, discs, unit) {
  for (const disc of discs) {
    if (disc.id !== canvas.selected && disc.id !== canvas.hovered) continue;
    ctx.beginPath();
    ctx.arc(disc.at.x, disc.at.y, disc.r * 1.12 + 4 * unit, 0, 2 * Math.PI);
    ctx.strokeStyle = theme.text;
    ctx.lineWidth = (disc.id === canvas.selected ? 2.5 : 1) * unit;
    ctx.stroke();
  }
}
