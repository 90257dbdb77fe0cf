// The picture as a PNG to quote: drawn again at 2,000 px on the ground asked for, with its legend and what it shows.
function exportPicture(canvas, vis, ground) {
  const { data, network } = canvas;
  const unit = 2;
  const width = 2000;
  const height = Math.round((width * canvas.stage.clientHeight) / canvas.stage.clientWidth);
  const theme = themeOf(canvas.root, data.palette, ground);
  const holder = document.createElement("div");
  holder.style.cssText = `position:fixed;left:-9999px;top:0;width:${width}px;height:${height}px`;
  canvas.root.append(holder);
  const places = network.getPositions();
  const nodes = canvas.nodes.get().map((node) => ({ ...node, ...places[node.id], title: undefined }));
  const edges = canvas.edges.get().map((edge) => ({ ...edge, color: { color: theme.lines[edge.line] }, title: undefined }));
  const copy = new vis.Network(holder, { nodes, edges }, { ...data.options, autoResize: false, groups: groupsOf(theme) });
  const sheet = { ...canvas, network: copy, hovered: null, selected: null, root: holder, stage: holder };
  let taken = false;
  copy.on("afterDrawing", (ctx) => drawLabels(ctx, sheet, theme, unit));
  copy.moveTo({ position: network.getViewPosition(), scale: (network.getScale() * width) / canvas.stage.clientWidth, animation: false });
  copy.on("afterDrawing", () => {
    if (taken) return;
    taken = true;
    requestAnimationFrame(() => {
      const page = compose(copy.canvas.frame.canvas, data, theme, unit, width, height);
      copy.destroy();
      holder.remove();
      page.toBlob((blob) => save(blob, `${data.name}.png`), "image/png");
    });
  });
  copy.redraw();
}

function compose(drawing, data, theme, unit, width, height) {
  const line = 18 * unit;
  const margin = 14 * unit;
  const page = document.createElement("canvas");
  const ctx = page.getContext("2d");
  const font = `${12 * unit}px ${LABEL_FONT}`;
  ctx.font = font;
  const rows = [[]];
  let used = 0;
  for (const entry of data.legend) {
    const text = entry.count ? `${entry.text} ${entry.count}` : entry.text;
    const need = ctx.measureText(text).width + 40 * unit;
    if (used + need > width - 2 * margin && rows.at(-1).length) {
      rows.push([]);
      used = 0;
    }
    rows.at(-1).push({ entry, text, x: used });
    used += need;
  }
  page.width = width;
  page.height = height + (rows.length + data.caption.length) * line + 2 * margin;
  ctx.fillStyle = theme.ground;
  ctx.fillRect(0, 0, page.width, page.height);
  ctx.drawImage(drawing, 0, 0, width, height);
  ctx.font = font;
  ctx.textBaseline = "middle";
  let y = height + margin + line / 2;
  for (const row of rows) {
    for (const { entry, text, x } of row) {
      const mark = legendMark(entry, theme, 8, 8);
      ctx.save();
      ctx.translate(margin + x, y - 8 * unit);
      ctx.scale(unit, unit);
      const path = new Path2D(mark.path);
      ctx.setLineDash(mark.dash ? mark.dash.split(" ").map(Number) : []);
      if (mark.fill !== "none") {
        ctx.fillStyle = mark.fill;
        ctx.fill(path);
      }
      ctx.strokeStyle = mark.stroke;
      ctx.lineWidth = mark.width;
      ctx.stroke(path);
      ctx.restore();
      ctx.fillStyle = theme.text;
      ctx.fillText(text, margin + x + 20 * unit, y);
    }
    y += line;
  }
  for (const text of data.caption) {
    ctx.fillStyle = theme.text;
    ctx.fillText(shorten(ctx, text, width - 2 * margin), margin, y);
    y += line;
  }
  return page;
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
