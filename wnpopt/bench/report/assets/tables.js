"use strict";
// Tables that sort and filter. Every text from the data goes through textContent, never through innerHTML.

// These three are those of wnpopt.core.text: number, numbers, percent.
const SAME = 1e-9;
const nearly = (a, b) => Math.abs(a - b) <= SAME * Math.max(Math.abs(a), Math.abs(b));

/** A value with so many digits, never fewer than it has before the point. */
function numeral(value, count = 6) {
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  return size < 1e5 || size >= 2 ** 53 ? digits(value, count) : value.toFixed(Math.max(1, count - size.toFixed(0).length));
}

/** Values that are seen together: those that differ look different; null where nothing is known. */
function numerals(values) {
  const texts = values.map((value) => (value === null ? "–" : numeral(value)));
  const alike = (i, j) => values[i] !== null && values[j] !== null && !nearly(values[i], values[j]) && Number(texts[i]) === Number(texts[j]);
  for (let count = 7; count <= 17; count += 1) {
    const found = values.flatMap((_, i) => (values.some((__, j) => alike(i, j)) ? [i] : []));
    if (!found.length) break;
    for (const i of found) texts[i] = numeral(values[i], count);
  }
  return texts;
}

/** A share in per cent; 0.00 % where it is none, more digits where it would only look like none. */
function percentage(value) {
  const size = Math.abs(value);
  // A gap of 0 to anything is relative to 1e-12: many digits that say nothing.
  const plain_ = size <= SAME || (size >= 5e-5 && size < 1e3);
  return `${plain_ ? (100 * value).toFixed(2) : (100 * value).toExponential(1)} %`;
}

/** A cell as people read it; what is not known is a dash. The rules are those of wnpopt.bench.analysis.table.shown. */
function shown(cell, kind) {
  if (cell === null || cell === undefined) return "–";
  if (typeof cell === "string") return cell;
  switch (kind) {
    case "percent": return percentage(cell);
    case "seconds": return cell < 0.9995 ? `${digits(1000 * cell, 3)} ms` : cell < 999.5 ? `${digits(cell, 3)} s` : `${cell.toFixed(0)} s`;
    case "count": return cell.toFixed(0);
    case "ratio": return cell.toFixed(3);
    default: return numeral(cell);
  }
}

const collator = new Intl.Collator("en", { numeric: true });

/** Order of two cells that are both known: numbers as numbers, texts with the numbers inside them as numbers. */
const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b)));

const known = (cell) => cell !== null && cell !== undefined && cell !== "";

/**
 * Adds a table to `host`.
 * columns: {title, kind, help, wrap}; rows: arrays of cells; classOf(row, column): a class of the cell;
 * open(row): what the first cell's button unfolds; limit: rows shown before "show all"; filter: the filter's label.
 * Returns {openRow(row)}: shows and unfolds a row.
 */
function addTable(host, { name, columns, rows, filter, limit = 200, open, classOf }) {
  let sorted = rows;
  let words = [];
  let most = limit;
  const opened = new Map();
  const head = make("tr");
  const body = make("tbody");
  const count = make("span", { class: "count", set: { role: "status" } });
  const more = make("button", { class: "plain", set: { type: "button" }, on: { click: () => { most = Infinity; show(); } } });
  const heads = columns.map((column, index) => {
    const button = make("button", { text: column.title, set: { type: "button" }, on: { click: () => sortBy(index) } });
    if (column.help) button.title = column.help;
    return make("th", { class: column.kind === "text" ? "text" : "", set: { scope: "col", "aria-sort": "none" } }, button);
  });
  head.append(...heads);

  let before = limit;
  onPrint.push((on) => {
    if (on) before = most;
    most = on ? Infinity : before;
    show();
  });

  function sortBy(index) {
    const up = heads[index].getAttribute("aria-sort") !== "ascending";
    heads.forEach((cell, other) => cell.setAttribute("aria-sort", other !== index ? "none" : up ? "ascending" : "descending"));
    // Unknown cells come last either way: they are neither small nor large.
    sorted = rows.slice().sort((a, b) => {
      const [x, y] = [a[index], b[index]];
      if (!known(x) || !known(y)) return Number(known(y)) - Number(known(x));
      return up ? compare(x, y) : compare(y, x);
    });
    show();
  }

  function matches(row) {
    const text = row.filter((cell) => typeof cell === "string").join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  }

  function line(row) {
    const values = numerals(columns.map(({ kind }, index) => (kind === "number" && typeof row[index] === "number" ? row[index] : null)));
    const cells = columns.map((column, index) => {
      const cell = row[index];
      const classes = [column.kind === "text" ? "text" : "", column.wrap ? "wrap" : "", known(cell) ? "" : "none",
        classOf ? classOf(row, index) || "" : ""];
      const element = make("td", { class: classes.filter(Boolean).join(" ") });
      const text = column.kind === "number" && typeof cell === "number" ? values[index] : shown(known(cell) ? cell : null, column.kind);
      if (column.kind === "text" && text.length > 24) element.title = text;
      if (open && index === 0) {
        const button = make("button", {
          class: "opener", text, set: { type: "button", "aria-expanded": String(opened.has(row)) },
          on: { click: () => toggle(row) },
        });
        element.append(button);
      } else {
        element.textContent = text;
      }
      return element;
    });
    return make("tr", { class: opened.has(row) ? "opened" : "" }, ...cells);
  }

  function show() {
    const found = sorted.filter(matches);
    const lines = [];
    for (const row of found.slice(0, most)) {
      lines.push(line(row));
      if (opened.has(row)) lines.push(opened.get(row));
    }
    body.replaceChildren(...lines);
    const visible = Math.min(found.length, most);
    const all = `${rows.length} ${rows.length === 1 ? "row" : "rows"}`;
    count.textContent = found.length < rows.length ? `${found.length} of ${all}` : all;
    more.textContent = `show all ${found.length} (now ${visible})`;
    more.hidden = visible >= found.length;
  }

  function toggle(row, wanted = !opened.has(row)) {
    if (wanted && !opened.has(row)) {
      const content = make("div", {}, open(row));
      opened.set(row, make("tr", { class: "detail" }, make("td", { set: { colspan: columns.length } }, content)));
    } else if (!wanted) {
      opened.delete(row);
    }
    const focused = body.contains(document.activeElement);
    show();
    const button = Array.from(body.children).find((tr) => tr.nextSibling === opened.get(row) && wanted);
    if (focused) (button || body.children[sorted.filter(matches).indexOf(row)])?.querySelector(".opener")?.focus();
  }

  const tools = make("div", { class: "tools" });
  if (filter && rows.length > 1) {
    const field = make("input", {
      set: { type: "search", placeholder: filter, "aria-label": filter },
      on: { input: () => { words = field.value.toLowerCase().split(/\s+/).filter(Boolean); show(); } },
    });
    tools.append(field);
  }
  tools.append(count);
  const table = make("table", { set: { "aria-label": name } }, make("thead", {}, head), body);
  host.append(tools, make("div", { class: "frame", set: { tabindex: "0", role: "region", "aria-label": name } }, table), more);
  show();
  return {
    openRow(row) {
      most = Infinity;
      words = [];
      const field = tools.querySelector("input");
      if (field) field.value = "";
      toggle(row, true);
      opened.get(row).previousSibling.scrollIntoView();
    },
  };
}

/** Adds a table of the package (wnpopt.bench.analysis.table.Table). */
function addReportTable(host, table, options = {}) {
  addTable(host, { name: table.title, columns: table.columns, rows: table.rows, ...options });
  if (table.note) host.append(make("p", { class: "note", text: table.note }));
}
