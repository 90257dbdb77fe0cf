// Runs the vis-network bundle in a scope of its own and hands it to the canvases of the page.
const shelf = Symbol.for("partnership-graph.vis");
const exports = {};
const module = { exports };
const define = undefined;

/* the vis-network bundle */

if (!globalThis[shelf]) {
  let hand;
  globalThis[shelf] = { ready: new Promise((resolve) => (hand = resolve)) };
  globalThis[shelf].hand = hand;
}
globalThis[shelf].hand(exports);

export default function () {}
