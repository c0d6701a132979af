// The page: keeps one pattern, asks about it, shows the answer. Where answers come from is `source`.

import { bars, decimal, element, evaluate, exact, laurent, mask, matrix, rational, short, table } from "./drawing.js";

const at = (id) => document.getElementById(id);
const WORDS = { closed: "CLOSED", not_closed: "NOT CLOSED", unknown: "UNKNOWN" };
const fragment = new URLSearchParams(location.hash.slice(1));
const token = fragment.get("token");

let masks = [[[1, 0], [1, 1]], [[1, 1], [0, 1]]];
let shown = null;
let asked = 0;

const inline = (given) => given.map((m) => m.map((row) => row.join("")).join("/")).join("*");

async function ask(path, body) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const options = body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers };
  const reply = await fetch(`api/${path}`, options);
  if (reply.headers.get("content-type")?.startsWith("application/json")) {
    const answer = await reply.json();
    if (!reply.ok) throw new Error(answer.error);
    return answer;
  }
  throw new Error(await reply.text());
}

// The static site puts an object with the same three functions here before this module runs.
const source = globalThis.semialgSource ?? {
  check: (pattern) => ask("check", { pattern }),
  dataset: (pattern) => ask("dataset", { pattern }),
  neighbours: (pattern) => ask("neighbours", { pattern }),
  atlas: () => ask("atlas"),
};

function drawMasks() {
  const count = masks.length;
  const labels = shown?.obstruction?.labels;
  const block = (layer) => (i, j) => !!labels && labels[layer].includes(i) && labels[layer + 1].includes(j);
  const focus = document.activeElement?.dataset?.at && [
    [...at("masks").children].indexOf(document.activeElement.closest("table")), document.activeElement.dataset.at];
  at("masks").replaceChildren(...masks.map((entries, layer) =>
    mask(entries, `I${count - layer}: ${entries.length} × ${entries[0].length}`, block(layer), (i, j) => {
      masks[layer][i][j] ^= 1;
      at("text").value = inline(masks);
      check();
    })));
  if (focus) at("masks").children[focus[0]]?.querySelector(`[data-at="${focus[1]}"]`)?.focus();
  drawSizes();
}

function drawSizes() {
  const widths = [masks[0].length, ...masks.map((m) => m[0].length)];
  const names = widths.map((_, k) => (k === 0 ? "outputs" : k === widths.length - 1 ? "inputs" : "units"));
  at("sizes").replaceChildren(...widths.map((width, k) => {
    const input = element("input", { type: "number", min: 1, max: 16, value: width, id: `width-${k}` });
    input.addEventListener("change", () => resize(k, Math.min(16, Math.max(1, Number(input.value) || 1))));
    return element("label", { for: `width-${k}` }, `${names[k]} `, input);
  }));
}

function resize(k, size) {
  const fit = (list, fresh) => Array.from({ length: size }, (_, i) => list[i] ?? fresh());
  if (k > 0) masks[k - 1] = masks[k - 1].map((row) => fit(row, () => 1));
  if (k < masks.length) masks[k] = fit(masks[k], () => masks[k][0].map(() => 1));
  at("text").value = inline(masks);
  check();
}

async function check() {
  const mine = ++asked;
  shown = null;
  for (const id of ["blow-up", "data", "about"]) at(id).hidden = true;
  at("verdict").className = "";
  at("verdict").textContent = "…";
  at("reason").textContent = "";
  drawMasks();
  try {
    const answer = await source.check(at("text").value);
    if (mine !== asked) return;
    shown = answer;
    masks = answer.masks;
    show();
    const next = await source.neighbours(answer.inline);
    if (mine === asked) drawNeighbours(next.verdicts);
  } catch (error) {
    if (mine !== asked) return;
    at("verdict").className = "error";
    at("verdict").textContent = "No answer";
    at("reason").textContent = error.message;
  }
}

function show() {
  drawMasks();
  at("verdict").className = shown.verdict;
  at("verdict").textContent = WORDS[shown.verdict] + (shown.checked ? `, checked: ${shown.checked}` : "");
  at("reason").textContent = `${shown.reason}. ${shown.training.reason}.`;
  const link = new URLSearchParams({ ...(token ? { token } : {}), mask: shown.inline });
  history.replaceState(null, "", `#${link}`);
  drawCopies();
  if (shown.obstruction) drawObstruction();
  if (shown.training.finite_data === "may_fail") drawData();
}

function drawObstruction() {
  const { labels, target, factors, product, growth, rate } = shown.obstruction;
  const list = (side) => side.map((k) => k + 1).join(", ");
  at("block").textContent = `Output rows ${list(labels[0])}; hidden units ${labels.slice(1, -1).map(list).join("; ")}; ` +
    `input columns ${list(labels.at(-1))}. Outlined above. Weights grow like 1/${power(growth)}` +
    (rate === null ? "; the product is the target for every t." : `, the error shrinks like ${power(rate)}.`);
  at("target").replaceChildren(matrix(target, exact));
  at("factors").replaceChildren(...factors.map((f, k) => matrix(f, laurent, factorName(k, factors.length))));
  at("product").replaceChildren(matrix(product, laurent));
  at("blow-up").hidden = false;
  drawAt();
}

const power = (k) => (k === 1 ? "t" : `t^${k}`);
const factorName = (k, count) => (count === 2 ? "XY"[k] : `W${count - k}`);

function drawAt() {
  if (!shown?.obstruction) return;
  const t = 10 ** -Number(at("t").value);
  at("t-value").textContent = `t = ${short(t)}`;
  const { factors, product, target } = shown.obstruction;
  const now = (f) => f.map((row) => row.map((entry) => evaluate(entry, t)));
  const numbers = factors.map(now);
  at("numbers").replaceChildren(...numbers.map((f, k) => matrix(f, decimal, factorName(k, numbers.length))));
  at("product-now").replaceChildren(matrix(now(product), decimal));
  const values = [];
  numbers.forEach((f, k) => f.forEach((row, i) => row.forEach((value, j) => {
    if (value) values.push({ label: `${factorName(k, numbers.length)}${i + 1}${j + 1}`, value, kind: "weight" });
  })));
  now(product).forEach((row, i) => row.forEach((value, j) =>
    values.push({ label: `A${i + 1}${j + 1}`, value, kind: "target" })));
  at("bars").replaceChildren(bars(values));
  const error = Math.max(...now(product).flatMap((row, i) => row.map((v, j) => Math.abs(v - rational(target[i][j])))));
  const largest = Math.max(...numbers.flat(2).map(Math.abs));
  at("bars-caption").textContent =
    `Sizes on a logarithmic scale. Largest weight ${short(largest)}, largest error ${short(error)}.`;
}

function drawNeighbours(verdicts) {
  verdicts.forEach((layer, l) => layer.forEach((row, i) => row.forEach((verdict, j) => {
    const button = at("masks").children[l]?.querySelector(`[data-at="${i},${j}"]`);
    if (!button || !verdict) return;
    button.dataset.next = verdict;
    button.title = `flipped: ${WORDS[verdict].toLowerCase()}`;
  })));
}

async function drawData() {
  const mine = asked;
  try {
    const found = await source.dataset(shown.inline);
    if (mine !== asked) return;
    at("data-reason").textContent = `${found.points.length} points; the loss tends to 0 and no weights reach it. ` +
      `${found.reason}. Checked: ${found.checked}.`;
    at("data-points").replaceChildren(
      table(["point", "target"], found.points.map((x, n) => [x.join(", "), found.targets[n].join(", ")])));
    at("data-losses").replaceChildren(table(["t", "loss", "largest weight"],
      found.table.map((row) => [row.t, short(rational(row.loss)), short(rational(row.largest))])));
    at("data").hidden = false;
  } catch (error) {
    if (mine !== asked) return;
    at("data-reason").textContent = `No data set to show: ${error.message}`;
    at("data-points").replaceChildren();
    at("data-losses").replaceChildren();
    at("data").hidden = false;
  }
}

function drawCopies() {
  const forms = {
    Command: `semialg check '${shown.inline}'`,
    Python: `import semialg\nsemialg.check(semialg.Pattern.parse("${shown.inline}"))`,
  };
  if (shown.proof) forms["LaTeX of the proof"] = shown.proof.latex;
  if (shown.certificate) forms.Certificate = JSON.stringify(shown.certificate);
  at("copies").replaceChildren(...Object.entries(forms).map(([name, text]) => {
    const button = element("button", { type: "button" }, `Copy ${name.toLowerCase()}`);
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    });
    const sample = text.length > 160 ? `${text.slice(0, 150)}…` : text;
    return element("div", { class: "copy" }, element("h3", {}, name), element("pre", {}, sample), button);
  }));
  if (shown.proof) at("proof").innerHTML = shown.proof.html; // escaped where it is made; scripts are refused anyway
  at("proof").parentElement.hidden = !shown.proof;
  at("about").hidden = false;
}

let atlas = null;

async function openAtlas() {
  atlas ??= await source.atlas();
  const choice = (id, label, key) => {
    const values = [...new Set(atlas.map((entry) => entry[key]))].sort();
    const select = element("select", { id }, element("option", { value: "" }, "all"),
      ...values.map((value) => element("option", { value }, value.replace("_", " "))));
    select.addEventListener("change", drawEntries);
    return element("label", { for: id }, `${label} `, select);
  };
  if (!at("filters").children.length) {
    at("filters").append(choice("by-size", "size", "size"), choice("by-verdict", "verdict", "verdict"),
      choice("by-rule", "rule", "rule"));
  }
  drawEntries();
}

function drawEntries() {
  const wanted = { size: at("by-size").value, verdict: at("by-verdict").value, rule: at("by-rule").value };
  const found = atlas.filter((entry) => Object.entries(wanted).every(([key, value]) => !value || entry[key] === value));
  at("count").textContent = `${found.length} of ${atlas.length} patterns${found.length > 300 ? "; the first 300" : ""}`;
  at("entries").replaceChildren(...found.slice(0, 300).map((entry) => {
    const button = element("button", { type: "button", class: entry.verdict },
      `${entry.pattern} ${WORDS[entry.verdict].toLowerCase()}, ${entry.rule}`);
    button.addEventListener("click", () => {
      at("text").value = entry.pattern;
      open("pattern");
      check();
    });
    return element("li", {}, button);
  }));
}

function open(view) {
  for (const link of document.querySelectorAll("[data-view]")) {
    const here = link.dataset.view === view;
    here ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
    at(`${link.dataset.view}-view`).hidden = !here;
  }
  if (view === "atlas") openAtlas();
}

at("controls").addEventListener("submit", (event) => { event.preventDefault(); check(); });
at("t").addEventListener("input", drawAt);
at("file").addEventListener("change", async () => {
  try {
    const given = JSON.parse(await at("file").files[0].text()).masks;
    at("text").value = inline(given);
    check();
  } catch {
    at("verdict").className = "error";
    at("verdict").textContent = "No answer";
    at("reason").textContent = 'The file is not understood; expected {"masks": [[[1,0],[1,1]], [[1,1],[0,1]]]}.';
  }
});
for (const link of document.querySelectorAll("[data-view]")) {
  link.addEventListener("click", (event) => { event.preventDefault(); open(link.dataset.view); });
}
if (fragment.get("mask")) at("text").value = fragment.get("mask");
check();
