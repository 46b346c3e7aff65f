"use strict";
// The Gantt chart of a schedule: a grid of cells above, lanes with bars below, one time axis.

/** Black or white, whichever is told apart better on a colour (luminance weights of ITU-R BT.601). */
function inkOn(fill) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(fill.slice(at, at + 2), 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue > 165 ? "black" : "white";
}

function gridTraces(chart) {
  const { columns, step, groups, cells } = chart;
  const names = groups.map(([name]) => plain(name));
  const z = [];
  const text = [];
  cells.forEach((runs, row) => {
    const values = [];
    const words = [];
    for (let i = 0; i < runs.length; i += 2) {
      const [length, group] = [runs[i], runs[i + 1]];
      const last = values.length + length - 1;
      const word = group < 0 ? "" : `${names[group]}<br>${plain(chart.grid_title)} ${row}, columns ${values.length} to ${last}`;
      for (let k = 0; k < length; k += 1) { values.push(group < 0 ? null : group); words.push(word); }
    }
    while (values.length < columns) { values.push(null); words.push(""); }
    z.push(values);
    text.push(words);
  });
  const steps = groups.flatMap(([, colour], k) => [[k / groups.length, colour], [(k + 1) / groups.length, colour]]);
  return [{
    type: "heatmap", z, text, x: Array.from({ length: columns }, (_, t) => (t + 0.5) * step), y: z.map((_, row) => row),
    hovertemplate: "%{text}<extra></extra>", hoverongaps: false, zmin: -0.5, zmax: groups.length - 0.5,
    colorscale: steps, showscale: false, xgap: columns > 120 ? 0 : 0.5, ygap: z.length > 60 ? 0 : 0.5, yaxis: "y2",
  }];
}

function barTraces(chart) {
  const { texts, unit } = chart;
  const few = chart.bars.length <= 12;
  return chart.groups.flatMap(([name, colour], group) => {
    const bars = chart.bars.filter((bar) => bar[2] === group);
    if (!bars.length) return [];
    const label = ([, , , , , label_]) => (few ? texts[label_] : texts[label_].split(".").pop());
    return [{
      type: "bar", orientation: "h", name: plain(name, 30), legendgroup: String(group),
      base: bars.map((bar) => bar[3]), x: bars.map((bar) => bar[4] - bar[3]),
      y: bars.map(([lane, track]) => lane - 0.4 + ((track + 0.5) * 0.8) / chart.lanes[lane][1]),
      width: bars.map(([lane]) => 0.76 / chart.lanes[lane][1]),
      marker: { color: colour, line: { color: theme("--page"), width: chart.bars.length > 300 ? 0 : chart.bars.length > 60 ? 0.25 : 0.7 } },
      text: chart.bars.length > 300 || chart.lanes.some(([, tracks]) => tracks > 1) ? undefined : bars.map((bar) => plain(label(bar), 24)),
      textposition: "inside", insidetextanchor: "middle", textangle: 0, insidetextfont: { color: inkOn(colour), size: 11 },
      hovertext: bars.map(([, , , start, end, title, detail]) =>
        `<b>${plain(texts[title])}</b><br>${plain(texts[detail], 90)}<br>${digits(start, 5)} to ${digits(end, 5)} ${plain(unit)}`),
      hovertemplate: "%{hovertext}<extra></extra>",
    }];
  });
}

function markTraces(chart) {
  const ink = theme("--ink");
  const traces = [];
  const shapes = [];
  chart.marks.filter(([, , lane]) => lane === null).forEach(([at, group, , label]) => {
    const colour = group === null ? ink : chart.groups[group][1];
    const dash = group === null ? "solid" : "6px,3px";
    shapes.push({ type: "line", x0: at, x1: at, xref: "x", y0: 0, y1: 1, yref: "paper", line: { color: colour, width: 1.7, dash } });
    // A line of a shape tells nothing when it is pointed at; points that are not seen do.
    const points = 25;
    traces.push({
      type: "scatter", mode: "lines", x: Array(points).fill(at),
      y: Array.from({ length: points }, (_, i) => (i / (points - 1)) * chart.lanes.length - 0.5),
      line: { color: colour, width: 1.7, dash }, name: plain(chart.texts[label], 40), showlegend: group === null,
      hovertemplate: `${plain(chart.texts[label])}: ${digits(at, 5)} ${plain(chart.unit)}<extra></extra>`,
    });
  });
  chart.groups.forEach(([name, colour], group) => {
    const marks = chart.marks.filter(([, own, lane]) => own === group && lane !== null);
    if (!marks.length) return;
    const words = marks.map(([at, , , label]) => `${plain(chart.texts[label])}: ${digits(at, 5)} ${plain(chart.unit)}`);
    traces.push({
      type: "scatter", mode: "lines", name: plain(name, 30), legendgroup: String(group),
      x: marks.flatMap(([at]) => [at, at, at, null]),
      y: marks.flatMap(([, , lane]) => [lane - 0.45, lane, lane + 0.45, null]),
      hovertext: words.flatMap((word) => [word, word, word, ""]), hovertemplate: "%{hovertext}<extra></extra>",
      line: { color: colour, width: 3 },
    });
  });
  return { traces, shapes };
}

/** The figure of a chart (wnpopt.bench.report_figures.Chart). */
function ganttFigure(chart, madeBy) {
  const rows = chart.cells.length;
  const upper = rows ? Math.max(110, Math.min(420, 9 * rows)) : 0;
  const lower = Math.max(90, (chart.lanes.some(([, tracks]) => tracks > 1) ? 26 : 34) * chart.lanes.length);
  const gap = rows ? 22 : 0;
  const inner = upper + gap + lower;
  const last = Math.max(chart.end, ...chart.marks.map(([at]) => at), 1e-12);
  return figure({
    title: `Schedule of ${madeBy}: ${chart.title}`, height: inner + 130,
    build: () => {
      const { axis, layout } = baseLayout();
      const { traces, shapes } = markTraces(chart);
      const narrow = innerWidth < 600;
      const lanes = chart.lanes.map(([name]) => plain(name, narrow ? 12 : 22));
      const whole = {
        ...layout, shapes, barmode: "overlay", uniformtext: { minsize: 8, mode: "hide" },
        margin: { ...layout.margin, b: 80 },
        xaxis: { ...axis, range: [0, last * 1.015], title: { text: `time in ${plain(chart.unit)}` }, anchor: "y" },
        yaxis: {
          ...axis, domain: [0, lower / inner], range: [chart.lanes.length - 0.5, -0.5], showgrid: false,
          tickvals: lanes.map((_, index) => index), ticktext: lanes, title: { text: narrow ? "" : plain(chart.lane_title) },
        },
      };
      if (rows) {
        whole.yaxis2 = {
          ...axis, domain: [(lower + gap) / inner, 1], range: [rows - 0.5, -0.5], showgrid: false,
          title: { text: plain(chart.grid_title) },
        };
      }
      return { data: [...(rows ? gridTraces(chart) : []), ...barTraces(chart), ...traces], layout: whole };
    },
  });
}
