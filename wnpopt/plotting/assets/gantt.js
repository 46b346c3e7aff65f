"use strict";
// The Gantt chart of a schedule (wnpopt.plotting.gantt_page.PageChart): a grid of cells above, lanes with bars below,
// links between bars, marks at times, one time axis.

const DASHES_OF_A_LINE = 24;
const LISTED = 8; // links that the text of a bar lists
const FEW = 12; // bars up to which labels are whole
const MANY = 300; // bars from which they have no edges, and labels only where these are whole
const DASH = { solid: "solid", dashed: "6px,3px", dotted: "dot" };

/** A run-length line as so many cells. */
function cellsOf(runs, columns, empty) {
  const cells = [];
  for (let i = 0; i < runs.length; i += 2) for (let k = 0; k < runs[i]; k += 1) cells.push(runs[i + 1]);
  while (cells.length < columns) cells.push(empty);
  return cells;
}

function gridTraces(chart) {
  const { columns, step, groups, cells, values } = chart;
  const owners = cells.map((runs) => cellsOf(runs, columns, -1));
  const held = values.map((runs) => cellsOf(runs, columns, null));
  const text = owners.map((row, n) => row.map((group, t) => {
    if (group < 0) return "";
    const value = held[n]?.[t] ?? null;
    return `<b>${plain(groups[group][0])}</b><br>${plain(chart.grid_title)} ${n}, ${plain(chart.column_title)} ${t}` +
      (value === null ? "" : `<br>${value} ${plain(chart.value_unit)}`);
  }));
  const steps = groups.flatMap(([, colour], k) => [[k / groups.length, colour], [(k + 1) / groups.length, colour]]);
  return [{
    type: "heatmap", z: owners.map((row) => row.map((group) => (group < 0 ? null : group))), text,
    x: Array.from({ length: columns }, (_, t) => (t + 0.5) * step), y: owners.map((_, row) => row),
    hovertemplate: "%{text}<extra></extra>", hoverongaps: false, zmin: -0.5, zmax: groups.length - 0.5,
    colorscale: steps, showscale: false, xgap: columns > 120 ? 0 : 0.5, ygap: owners.length > 60 ? 0 : 0.5, yaxis: "y2",
  }];
}

/** How the chart's times are told. */
const timesOf = (chart) => (time) => `${digits(time, 5)} ${plain(chart.unit)}`;
const linesOf = (chart, places) => places.map((place) => plain(chart.texts[place], 90));

/** What a bar tells: its name and lane, when, its details, what leads to it (the latest first). */
function barText(chart, place, incoming) {
  const { texts, bars, lanes, links } = chart;
  const when = timesOf(chart);
  const [lane, , , start, end, label, detail] = bars[place];
  const waits = [...incoming].sort((a, b) => links[b][3] - links[a][3] || a - b).map((index) => {
    const [source, , , there, told] = links[index];
    const from = `from ${plain(texts[bars[source][5]], 40)}`;
    return bars[source][0] === lane
      ? `${from}, same ${plain(chart.lane_title || "lane", 20)}, ${when(there)}`
      : `${from} on ${plain(lanes[bars[source][0]][0], 20)}: ${linesOf(chart, told).join(", ")}, there ${when(there)}`;
  });
  if (waits.length > LISTED) waits.splice(LISTED, Infinity, `and ${waits.length - LISTED} more`);
  return [`<b>${plain(texts[label])}</b> on ${plain(lanes[lane][0], 40)}`, `${when(start)} to ${when(end)}`,
    ...linesOf(chart, detail), ...waits].join("<br>");
}

function barTraces(chart, width) {
  const { texts, bars, lanes } = chart;
  const incoming = bars.map(() => []);
  chart.links.forEach(([, target], index) => incoming[target].push(index));
  // The whole name where it fits, else what comes after its last dot: the colour says the rest.
  const label = (place) => {
    const whole = texts[bars[place][5]];
    const room = (((bars[place][4] - bars[place][3]) / chart.end) * (width - 90)) / 7;
    if (bars.length <= FEW || whole.length <= room) return whole;
    if (bars.length > MANY) return "";
    const parts = whole.split(".");
    const tail = parts.pop();
    // A number alone says little: the beginning of what is before it stands with it.
    if (!parts.length || !/^\d+$/.test(tail)) return tail;
    const left = Math.floor(room) - tail.length - 1;
    return left > 0 ? `${[...parts.pop()].slice(0, left).join("")}.${tail}` : "";
  };
  const edge = bars.length > MANY ? 0 : bars.length > 60 ? 0.25 : 0.7;
  // A bar that is hardly wider than its edges would be nothing but these.
  const thin = (place) => ((bars[place][4] - bars[place][3]) / chart.end) * (width - 90) < 4 * edge;
  return chart.groups.flatMap(([name, colour, ink], group) => {
    const places = bars.flatMap((bar, place) => (bar[2] === group ? [place] : []));
    if (!places.length) return [];
    return [{
      type: "bar", orientation: "h", name: plain(name, 30), legendgroup: String(group),
      base: places.map((place) => bars[place][3]), x: places.map((place) => bars[place][4] - bars[place][3]),
      y: places.map((place) => bars[place][0] - 0.4 + ((bars[place][1] + 0.5) * 0.8) / lanes[bars[place][0]][1]),
      width: places.map((place) => 0.76 / lanes[bars[place][0]][1]),
      marker: { color: colour, line: { color: places.map((place) => (thin(place) ? colour : theme("--page"))), width: edge } },
      text: places.map((place) => plain(label(place), 24)), zorder: 1,
      textposition: "inside", insidetextanchor: "middle", textangle: 0, insidetextfont: { color: ink, size: 11 },
      hovertext: places.map((place) => barText(chart, place, incoming[place])),
      hovertemplate: "%{hovertext}<extra></extra>",
    }];
  });
}

/** Lines between bars of different lanes, from edge to facing edge, so that they cross no label of these. */
function linkTraces(chart) {
  const { texts, bars, lanes } = chart;
  const when = timesOf(chart);
  const links = chart.links.filter(([source, target]) => bars[source][0] !== bars[target][0]);
  if (!links.length) return [];
  const down = links.map(([source, target]) => (bars[target][0] > bars[source][0] ? 0.37 : -0.37));
  const colour = theme("--soft");
  const shared = { type: "scatter", name: plain(chart.link_title, 30), legendgroup: "link" };
  return [{
    ...shared, mode: "lines", hoverinfo: "skip", showlegend: false, opacity: links.length > 100 ? 0.3 : 0.6,
    line: { color: colour, width: 0.9 },
    x: links.flatMap(([, , start, end]) => [start, end, null]),
    y: links.flatMap(([source, target], i) => [bars[source][0] + down[i], bars[target][0] - down[i], null]),
  }, {
    ...shared, mode: "markers", opacity: 0.85,
    x: links.map(([, , , end]) => end), y: links.map(([, target], i) => bars[target][0] - down[i]),
    marker: { color: colour, size: 6, symbol: down.map((side) => (side > 0 ? "triangle-down" : "triangle-up")) },
    hovertext: links.map(([source, target, start, end, detail]) => [
      `<b>${plain(texts[bars[source][5]], 40)} to ${plain(texts[bars[target][5]], 40)}</b>`,
      [source, target].map((bar) => plain(lanes[bars[bar][0]][0], 20)).join(" to "),
      ...linesOf(chart, detail), `${when(start)} to ${when(end)}`].join("<br>")),
    hovertemplate: "%{hovertext}<extra></extra>",
  }];
}

/** One trace a mark through the whole chart (with its share of the dashes), one a group of marks in lanes, the legend. */
function markTraces(chart) {
  const { texts, groups, lanes } = chart;
  const when = timesOf(chart);
  const paint = (group) => (group === null ? theme("--ink") : groups[group][1]);
  const panels = [["y", lanes.length], ...(chart.cells.length ? [["y2", chart.cells.length]] : [])];
  const traces = [];
  const shapes = [];
  const legend = new Map();
  const through = chart.marks.filter(([, , lane]) => lane === null);
  for (const [at, group, , label, kind, style, turn, turns] of through) {
    const line = { color: paint(group), width: style === "dashed" ? 2 : 1.7, dash: style === "dashed" ? "solid" : DASH[style] };
    if (style !== "dashed") shapes.push({ type: "line", x0: at, x1: at, xref: "x", y0: 0, y1: 1, yref: "paper", line, layer: style === "dotted" ? "below" : "above" });
    const pieces = Array.from({ length: DASHES_OF_A_LINE }, (_, i) => i).filter((i) => i % turns === turn);
    for (const [yaxis, rows] of panels) {
      // Pointing finds points, not what is between: ends and middle of each dash.
      const y = pieces.flatMap((i) => [0, 0.5, 1].map((part) => ((i + part) / DASHES_OF_A_LINE) * rows - 0.5).concat(null));
      const trace = { type: "scatter", mode: "lines", x: y.map((value) => (value === null ? null : at)), y, yaxis, showlegend: false };
      // The page's colour beneath, or the line is lost among cells of its own.
      if (style === "dashed") traces.push({ ...trace, hoverinfo: "skip", line: { color: theme("--page"), width: 4 } });
      traces.push({ ...trace, line, hovertemplate: `<b>${plain(texts[label])}</b>: ${when(at)}<extra></extra>` });
    }
    const name = texts[kind] || texts[label];
    if (!legend.has(name)) legend.set(name, { ...line, color: texts[kind] ? theme("--soft") : line.color, dash: DASH[style] });
  }
  for (const group of [...groups.keys(), null]) {
    const own = chart.marks.filter(([, of, lane]) => of === group && lane !== null);
    for (const kind of new Set(own.map((mark) => mark[4]))) {
      const marks = own.filter((mark) => mark[4] === kind);
      const words = marks.map(([at, , , label]) => `${plain(texts[label])}: ${when(at)}`);
      traces.push({
        type: "scatter", mode: "lines", line: { color: paint(group), width: 3 },
        name: plain(texts[kind] || (group === null ? texts[marks[0][3]] : groups[group][0]), 30),
        x: marks.flatMap(([at]) => [at, at, at, null]),
        // Marks that are near to each other share the height of the lane.
        y: marks.flatMap(([, , lane, , , , turn, turns]) => [0, 0.5, 1].map((part) => lane - 0.45 + (0.9 * (turn + part)) / turns).concat(null)),
        hovertext: words.flatMap((word) => [word, word, word, ""]), hovertemplate: "%{hovertext}<extra></extra>",
      });
    }
  }
  for (const [name, line] of legend) {
    traces.push({ type: "scatter", mode: "lines", x: [null], y: [null], line, name: plain(name, 40), hoverinfo: "skip" });
  }
  return { traces, shapes };
}

/** The figure of a chart under a heading. */
function ganttFigure(chart, heading, id = "") {
  const rows = chart.cells.length;
  const upper = rows ? Math.max(150, Math.min(480, 9 * rows)) : 0;
  const lower = Math.max(90, 34 * chart.lanes.length);
  const gap = rows ? 22 : 0;
  const inner = upper + gap + lower;
  // Lines of the legend, with as much room as a name of 30 signs may take.
  const names = [...chart.groups.map(([name]) => name), ...chart.marks.map(([, , , label, kind]) => chart.texts[kind] || chart.texts[label])];
  const widths = [...new Set(names)].map((name) => 60 + 6.5 * Math.min(30, name.length));
  const foot = (width) => 55 + 20 * Math.ceil(widths.reduce((sum, one) => sum + one, 0) / Math.max(width - 60, 200));
  let width = innerWidth;
  return figure({
    title: heading, id,
    height: (own) => { width = own; return inner + 32 + foot(own); },
    build: () => {
      const { axis, layout } = baseLayout();
      const { traces, shapes } = markTraces(chart);
      const narrow = innerWidth < 600;
      const lanes = chart.lanes.map(([name]) => plain(name, narrow ? 16 : 22));
      const whole = {
        ...layout, shapes, barmode: "overlay", uniformtext: { minsize: 8, mode: "hide" },
        margin: { ...layout.margin, b: foot(width) }, legend: { ...layout.legend, xref: "container" },
        xaxis: { ...axis, range: [0, chart.end * 1.015], title: { text: `time in ${plain(chart.unit)}` }, anchor: "y" },
        yaxis: {
          ...axis, domain: [0, lower / inner], range: [Math.max(chart.lanes.length, 1) - 0.5, -0.5], showgrid: false,
          tickvals: lanes.map((_, index) => index), ticktext: lanes, title: { text: narrow ? "" : plain(chart.lane_title) },
        },
      };
      if (rows) {
        whole.yaxis2 = {
          ...axis, domain: [(lower + gap) / inner, 1], range: [rows - 0.5, -0.5], showgrid: false,
          tick0: 0, dtick: Math.ceil(rows / 6), title: { text: plain(chart.grid_title) },
        };
      }
      return { data: [...(rows ? gridTraces(chart) : []), ...barTraces(chart, width), ...linkTraces(chart), ...traces], layout: whole };
    },
  });
}
