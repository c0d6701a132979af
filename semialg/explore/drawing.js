// Drawing: matrices as MathML, masks as grids of buttons, bars. Knows nothing of where answers come from.

const MATH = "http://www.w3.org/1998/Math/MathML";

export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function math(name, ...children) {
  const node = document.createElementNS(MATH, name);
  node.append(...children);
  return node;
}

function number(text) {
  const [top, bottom] = text.split("/");
  const negative = top.startsWith("-");
  let node = math("mn", negative ? top.slice(1) : top);
  if (bottom) node = math("mfrac", node, math("mn", bottom));
  return negative ? math("mrow", math("mo", "−"), node) : node;
}

function power(exponent) {
  if (exponent === 1) return math("mi", "t");
  return math("msup", math("mi", "t"), math("mn", String(exponent)));
}

function term(coefficient, exponent) {
  if (exponent === 0) return number(coefficient);
  const negative = coefficient.startsWith("-");
  const [top, bottom] = (negative ? coefficient.slice(1) : coefficient).split("/");
  let node;
  if (exponent > 0) {
    node = top === "1" ? power(exponent) : math("mrow", math("mn", top), power(exponent));
    if (bottom) node = math("mfrac", node, math("mn", bottom));
  } else {
    const below = bottom ? math("mrow", math("mn", bottom), power(-exponent)) : power(-exponent);
    node = math("mfrac", math("mn", top), below);
  }
  return negative ? math("mrow", math("mo", "−"), node) : node;
}

// A Laurent polynomial is an object from exponents to coefficients.
export function laurent(entry) {
  const exponents = Object.keys(entry).map(Number).sort((a, b) => a - b);
  if (!exponents.length) return math("mn", "0");
  const row = math("mrow");
  exponents.forEach((exponent, place) => {
    const coefficient = entry[exponent];
    if (place && !coefficient.startsWith("-")) row.append(math("mo", "+"));
    row.append(term(coefficient, exponent));
  });
  return row;
}

export function matrix(rows, cell, name = "") {
  const table = math("mtable");
  for (const row of rows) table.append(math("mtr", ...row.map((entry) => math("mtd", cell(entry)))));
  const whole = math("mrow");
  if (name) {
    const open = math("mo", "("), close = math("mo", ")");
    open.setAttribute("stretchy", "false");
    close.setAttribute("stretchy", "false");
    whole.append(math("mi", name), open, math("mi", "t"), close, math("mo", "="));
  }
  whole.append(math("mo", "["), table, math("mo", "]"));
  const node = math("math", whole);
  node.setAttribute("display", "block");
  return node;
}

export const exact = (text) => number(text);
export const decimal = (value) => number(short(value));

export function short(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size >= 1e5 || size < 1e-3 ? value.toExponential(1).replace("e+", "e") : String(Number(value.toPrecision(4)));
}

export function rational(text) {
  const [top, bottom] = text.split("/");
  return Number(top) / Number(bottom ?? 1);
}

export function evaluate(entry, t) {
  return Object.entries(entry).reduce((sum, [k, c]) => sum + rational(c) * t ** Number(k), 0);
}

// One mask as a grid of toggles; the arrow keys walk through it.
export function mask(entries, caption, inBlock, onToggle) {
  const wide = entries.length > 12 || entries[0].length > 12;
  const table = element("table", { class: wide ? "mask small" : "mask" }, element("caption", {}, caption));
  entries.forEach((row, i) => {
    const line = element("tr");
    row.forEach((value, j) => {
      const button = element("button", {
        type: "button", "aria-pressed": value ? "true" : "false",
        "aria-label": `${caption}, row ${i + 1}, column ${j + 1}`, "data-at": `${i},${j}`,
      });
      button.addEventListener("click", () => onToggle(i, j));
      line.append(element("td", inBlock(i, j) ? { class: "block" } : {}, button));
    });
    table.append(line);
  });
  table.addEventListener("keydown", (event) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    const at = event.target.dataset?.at?.split(",").map(Number);
    if (!step || !at) return;
    event.preventDefault();
    table.querySelector(`[data-at="${at[0] + step[0]},${at[1] + step[1]}"]`)?.focus();
  });
  return table;
}

// Bars on a logarithmic scale, so that 1 and 1,000,000 are both seen.
export function bars(values) {
  const top = Math.max(6, ...values.map(({ value }) => Math.log10(1 + Math.abs(value))));
  const box = element("div", { class: "bars" });
  for (const { label, value, kind } of values) {
    const bar = element("i");
    bar.style.height = `${(85 * Math.log10(1 + Math.abs(value))) / top}%`;
    box.append(element("div", { class: kind, title: `${label} = ${short(value)}` }, short(value), bar, label));
  }
  return box;
}

export function table(heads, rows) {
  const head = element("tr", {}, ...heads.map((text) => element("th", { scope: "col" }, text)));
  const body = rows.map((row) => element("tr", {}, ...row.map((text) => element("td", {}, text))));
  return element("table", { class: "data" }, element("thead", {}, head), element("tbody", {}, ...body));
}
