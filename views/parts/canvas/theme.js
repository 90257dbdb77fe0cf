// The colours of the ground the page really has, and the shapes of the legend.
function hexOf(colour) {
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = "#ffffff";
  context.fillStyle = colour || "#ffffff";
  return context.fillStyle;
}

function isDark(hex) {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b < 0.5;
}

function themeOf(root, palette, forced) {
  const ground = forced ? (forced === "dark" ? "#0e1117" : "#ffffff") : hexOf(getComputedStyle(root).getPropertyValue("--st-background-color").trim());
  const dark = isDark(ground);
  const grey = dark ? "200, 206, 214" : "84, 90, 98";
  const colours = palette[dark ? "dark" : "light"];
  return {
    name: dark ? "dark" : "light",
    ground,
    text: dark ? "#fafafa" : "#1a1d23",
    colours,
    lines: { actual: `rgba(${grey}, 0.4)`, agreement: colours.Agreement, structure: `rgba(${grey}, 0.26)` },
    strong: { actual: `rgba(${grey}, 0.95)`, agreement: colours.Agreement, structure: `rgba(${grey}, 0.75)` },
  };
}

// vis takes a node's colours from its group, so a change of theme touches no node.
function groupsOf(theme) {
  const groups = { useDefaultGroups: false };
  for (const [name, colour] of Object.entries(theme.colours)) {
    groups[name] = { color: { background: colour, border: theme.ground }, borderWidth: 1 };
    groups[`${name}/hollow`] = { color: { background: theme.ground, border: colour }, borderWidth: 2.5 };
  }
  return groups;
}

function polygon(corners, x, y, r, turn, inner) {
  const points = [];
  for (let i = 0; i < corners; i += 1) {
    const radius = inner && i % 2 ? r * inner : r;
    const angle = turn + (2 * Math.PI * i) / corners;
    points.push(`${(x + radius * Math.cos(angle)).toFixed(2)} ${(y + radius * Math.sin(angle)).toFixed(2)}`);
  }
  return `M${points.join("L")}Z`;
}

function shapePath(shape, x, y, r) {
  const up = -Math.PI / 2;
  if (shape === "hexagon") return polygon(6, x, y, r, 0);
  if (shape === "square") return polygon(4, x, y, r * 1.2, Math.PI / 4);
  if (shape === "diamond") return polygon(4, x, y, r * 1.15, up);
  if (shape === "triangle") return polygon(3, x, y + r * 0.2, r * 1.15, up);
  if (shape === "star") return polygon(10, x, y, r * 1.2, up, 0.45);
  return `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;
}

// One entry of the legend as drawing steps: path, fill, stroke, width, dash.
function legendMark(entry, theme, x, y) {
  if (entry.shape === "line") {
    const width = entry.line === "structure" ? 1 : 2.5;
    return { path: `M${x - 7} ${y}H${x + 7}`, fill: "none", stroke: theme.lines[entry.line], width, dash: entry.dashes ? "4 3" : "" };
  }
  if (entry.shape === "size") {
    const path = shapePath("dot", x - 5, y + 1.5, 2) + shapePath("dot", x + 2.5, y, 4.5);
    return { path, fill: "none", stroke: theme.text, width: 1, dash: "" };
  }
  const colour = theme.colours[entry.colour] || theme.colours.rest;
  const path = entry.shape === "swatch" ? polygon(4, x, y, 7, Math.PI / 4) : shapePath(entry.shape, x, y, 5.5);
  return { path, fill: entry.hollow ? "none" : colour, stroke: colour, width: entry.hollow ? 2 : 0.5, dash: "" };
}

function drawLegend(list, legend, theme) {
  const space = "http://www.w3.org/2000/svg";
  list.replaceChildren(
    ...legend.map((entry) => {
      const item = document.createElement("li");
      const drawing = document.createElementNS(space, "svg");
      drawing.setAttribute("viewBox", "0 0 16 16");
      drawing.setAttribute("aria-hidden", "true");
      const mark = legendMark(entry, theme, 8, 8);
      const path = document.createElementNS(space, "path");
      path.setAttribute("d", mark.path);
      path.style.cssText = `fill:${mark.fill};stroke:${mark.stroke};stroke-width:${mark.width};stroke-dasharray:${mark.dash || "none"}`;
      drawing.append(path);
      item.append(drawing, entry.text);
      if (entry.count) {
        const count = document.createElement("b");
        count.textContent = entry.count;
        item.append(count);
      }
      return item;
    }),
  );
}
