"use strict";
// Puts the page together from the data that stands in it.

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const DATA = read("data");
const section = (id) => document.getElementById(id);
const ALARMING = new Set(["contradiction", "failed"]);

// A method has one colour throughout its family.
const METHODS = new Map();
for (const { family, runs } of DATA.instances) {
  if (!METHODS.has(family)) METHODS.set(family, new Set());
  runs.forEach(([label]) => METHODS.get(family).add(DATA.labels[label]));
}
for (const [family, labels] of METHODS) METHODS.set(family, [...labels].sort());
const placeIn = (family) => (label) => METHODS.get(family).indexOf(label);

const many = (count, one, several = `${one}s`) => `${count} ${count === 1 ? one : several}`;

function overview() {
  const { overview: all, suites } = DATA;
  const failed = all.failures.reduce((sum, [, count]) => sum + count, 0);
  const day = (time) => time.slice(0, 16).replace("T", " ");
  section("made").textContent = all.last
    ? `Runs that ended between ${day(all.first)} and ${day(all.last)} (UTC).`
    : "The store holds no runs.";
  const tile = (value, text, bad) => make("div", { class: bad ? "tile bad" : "tile" }, make("b", { text: value }), make("span", { text }));
  section("overview").append(make("div", { class: "tiles" },
    tile(all.instances, all.instances === 1 ? "instance" : "instances"),
    tile(all.proved, "of them proved"),
    tile(all.runs, all.runs === 1 ? "run" : "runs"),
    tile(failed, failed === 1 ? "run failed" : "runs failed", failed > 0),
    tile(all.contradictions, all.contradictions === 1 ? "contradiction" : "contradictions", all.contradictions > 0)));
  if (suites.rows.length) {
    const bad = new Set(suites.columns.flatMap(({ key }, index) => (["contradictions", "runs_failed"].includes(key) ? [index] : [])));
    addReportTable(section("overview"), suites, { filter: "filter by suite", classOf: (row, index) => (bad.has(index) && row[index] > 0 ? "bad" : "") });
  }
  if (all.versions.length) {
    const told = all.versions.map(([name, found]) => `${name} ${found.join(" and ")}`).join(", ");
    section("overview").append(make("p", { class: "note", text: `Made with ${told}.` }));
  }
}

function failures() {
  const { overview: all, failures: table, instances } = DATA;
  const host = section("failures");
  const contradictory = instances.filter((row) => row.contradiction);
  const rejected = DATA.alarms;
  if (!all.failures.length && !contradictory.length && !rejected.length) {
    host.append(make("p", { class: "fine", text: "No run failed, and nothing contradicts a run." }));
  }
  const list = (heading, entries) => {
    if (!entries.length) return;
    host.append(make("ul", { class: "alarm" }, make("li", { text: heading }), ...entries.map(([row, text]) =>
      make("li", {}, make("a", { text: `${row.suite}/${row.name}`, set: { href: `#instance-${row.hash}` } }), `: ${text}`))));
  };
  list(`${many(contradictory.length, "instance")} of which two runs, or a run and an index, say what cannot both hold; at least one of them is wrong:`,
    contradictory.map((row) => [row, row.contradiction]));
  list(`${many(rejected.length, "stored solution")} that the verifier does not accept as recorded:`,
    rejected.map(([place, text]) => [instances[place], text]));
  if (all.failures.length) {
    const total = all.failures.reduce((sum, [, count]) => sum + count, 0);
    const kinds = all.failures.map(([kind, count]) => `${count} ${kind}`).join(", ");
    host.append(make("p", { class: "alarm", text: `${many(total, "run")} failed: ${kinds}.` }));
    const wide = { ...table, columns: table.columns.map((column) => (column.key === "message" ? { ...column, wrap: true } : column)) };
    addReportTable(host, wide, { filter: "filter failures", limit: 50 });
  }
}

function gaps() {
  // A column for each kind of failure is wide; those that no run had say nothing.
  const kept = DATA.gaps.columns.map(({ key }, index) => !key.startsWith("failed_") || DATA.gaps.rows.some((row) => row[index] > 0));
  const columns = DATA.gaps.columns.filter((_, index) => kept[index]);
  const table = { ...DATA.gaps, columns, rows: DATA.gaps.rows.map((row) => row.filter((_, index) => kept[index])) };
  addReportTable(section("gaps"), table, {
    filter: "filter by suite or method",
    classOf: (row, index) => (columns[index].key.startsWith("failed_") && row[index] > 0 ? "bad" : ""),
  });
  if (columns.length < kept.length) section("gaps").append(make("p", { class: "note", text: "Kinds of failure that no run had have no column here." }));
}

function plots(host, figures, none) {
  if (figures.length) host.append(make("div", { class: "plots" }, ...figures));
  else if (none) host.append(make("p", { class: "note", text: none }));
  else host.remove();
}

function profiles() {
  const host = section("profiles");
  host.append(make("p", { class: "note", text:
    "After Dolan and Moré (2002): the share of problems on which a method is within a factor of the best one. " +
    "Left is faster or better, high is more often. A click on a name in the legend hides its curve, a double click all others." }));
  const full = DATA.profiles.filter(({ profile }) => profile.problems > 0);
  const empty = DATA.profiles.filter(({ profile }) => profile.problems === 0);
  plots(host, full.map(({ profile, note }) => profileFigure(profile, note, placeIn(profile.family))), "There is no problem that every method was run on.");
  if (full.length) empty.forEach(({ profile, note }) => host.append(make("p", { class: "note", text: `${profile.title}: ${note}` })));
}

function detail(instance) {
  const box = document.createDocumentFragment();
  const fact = (text, name = "") => make("p", { class: name, text });
  const [best, bound] = numerals([instance.best, instance.bound]).map((text, index) =>
    ((index ? instance.bound : instance.best) === null ? "not known" : `${text}${instance.unit ? ` ${instance.unit}` : ""}`));
  if (instance.contradiction) box.append(fact(`Contradiction: ${instance.contradiction}`, "alarm"));
  box.append(fact(`Best value ${best}${instance.found_by ? `, found by ${instance.found_by}` : ""}; ` +
    `best bound ${bound}; gap ${shown(instance.gap, "percent")}.`));
  const link = make("a", { class: "hash", text: instance.hash, set: { href: `#instance-${instance.hash}` } });
  box.append(make("p", { class: "note" }, `${instance.files.join(", ")}, content `, link));
  if (instance.figure === null) {
    box.append(fact("No figures here: the page has those of the instances with the largest gaps. `wnpopt report --figures all` makes all.", "note"));
  } else {
    const found = read(`figure-${instance.figure}`);
    if (found.problem) box.append(fact(found.problem, found.alarming ? "alarm" : "note"));
    const plots_ = [];
    if (found.curves.length) plots_.push(traceFigure(found.curves, DATA.labels, placeIn(instance.family), found.unit));
    if (found.chart) plots_.push(ganttFigure(found.chart, `Schedule of ${found.made_by}: ${found.chart.title}`));
    box.append(...plots_);
  }
  const runs = make("div", {}, make("h3", { text: "Runs" }));
  addTable(runs, {
    name: `Runs of ${instance.name}`, limit: 50, filter: instance.runs.length > 8 ? "filter runs" : undefined,
    columns: [
      { title: "method", kind: "text" }, { title: "seed", kind: "count" }, { title: "status", kind: "text" },
      { title: "value", kind: "number" }, { title: "own bound", kind: "number" },
      { title: "gap", kind: "percent", help: "To the best bound that any run proved" },
      { title: "time", kind: "seconds" }, { title: "failure", kind: "text" }, { title: "message", kind: "text", wrap: true },
    ],
    rows: instance.runs.map(([label, ...rest]) => [DATA.labels[label], ...rest]),
    classOf: (row, index) => (index === 7 && row[7] ? "bad" : ""),
  });
  box.append(runs);
  return box;
}

function instanceList() {
  const host = section("instances");
  const { instances } = DATA;
  const bare = instances.filter((row) => row.figure === null).length;
  host.append(make("p", { class: "note", text: "A click on a name opens the instance: traces, the best schedule, its runs." +
    (bare ? ` ${bare} of ${instances.length} have no figures: they are made for the instances with the largest gaps; ` +
      "`wnpopt report --figures all` makes all." : "") }));
  const rows = instances.map((row) => [row.name, row.family, row.suite, row.state, row.best, row.bound, row.gap, row.found_by,
    row.runs.length, row.proved, row.failed, row.figure === null ? "no" : "yes"]);
  const at = new Map(rows.map((row, index) => [row, instances[index]]));
  const table = addTable(host, {
    name: "Instances", filter: "filter by name, suite, state or method", rows, open: (row) => detail(at.get(row)),
    columns: [
      { title: "instance", kind: "text" }, { title: "family", kind: "text" }, { title: "suite", kind: "text" },
      { title: "state", kind: "text", help: "proved: no gap is left, or it is proved infeasible; open: a gap is left; unsolved: no run has an answer; failed: all runs failed; contradiction: runs contradict each other" },
      { title: "best value", kind: "number" }, { title: "best bound", kind: "number" }, { title: "gap", kind: "percent" },
      { title: "found by", kind: "text" }, { title: "runs", kind: "count" }, { title: "prove", kind: "count", help: "Runs that proved their own answer" },
      { title: "failed", kind: "count", help: "Runs without an answer that counts" }, { title: "figures", kind: "text" },
    ],
    classOf: (row, index) => {
      if (index === 3) return ALARMING.has(row[3]) ? "bad" : row[3] === "proved" ? "good" : "warn";
      return index === 10 && row[10] > 0 ? "bad" : "";
    },
  });
  const follow = () => {
    const wanted = /^#instance-([0-9a-f]+)$/.exec(location.hash);
    const row = wanted && rows.find((row_) => at.get(row_).hash.startsWith(wanted[1]));
    if (row) table.openRow(row);
  };
  addEventListener("hashchange", follow);
  follow();
}

overview();
failures();
gaps();
profiles();
plots(section("sweeps"), DATA.charts.map((chart) => sweepFigure(chart, placeIn(chart.family))), "");
instanceList();
for (const heading of document.querySelectorAll("main h2")) {
  section("contents").append(make("a", { text: heading.textContent, set: { href: `#${heading.parentElement.id}` } }));
}
