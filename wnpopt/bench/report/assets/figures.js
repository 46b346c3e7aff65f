"use strict";
// The figures of the report: profiles, sweeps, traces. PAINT is the palette (wnpopt.plotting.palette).

const DASHES = ["solid", "dash", "dot", "dashdot"];

const colourOf = (index) => PAINT[index % PAINT.length];
const dashOf = (index) => DASHES[Math.floor(index / PAINT.length) % DASHES.length];
/** An axis title; on a narrow page in two lines, where it has a part in brackets. */
const titled = (text) => ({ text: plain(text, 90).replace(" (", innerWidth < 600 ? "<br>(" : " ("), standoff: 8 });

/** A performance profile: the share of problems on which a method is within a factor of the best. */
function profileFigure(profile, note, place) {
  const reach = Math.max(1.05, ...profile.curves.flatMap((curve) => curve.taus.slice(-1))) * 1.05;
  return figure({
    title: profile.title, note, height: 380,
    switches: [{ key: "log", label: "logarithmic factor", pressed: true }],
    build: ({ log }) => {
      const { axis, layout } = baseLayout();
      const curves = profile.curves.filter((curve) => curve.taus.length);
      const data = curves.map((curve, position) => {
        const index = place(curve.label);
        return {
          type: "scatter", mode: "lines", name: plain(curve.label, 40),
          x: [...curve.taus, reach], y: [...curve.shares, curve.shares[curve.shares.length - 1]],
          // Wider beneath narrower, so that curves that coincide are all seen.
          line: { shape: "hv", color: colourOf(index), dash: dashOf(index), width: Math.min(7, 2 + 1.5 * (curves.length - 1 - position)) },
          hovertemplate: "%{y:.1%} within %{x:.4g}x",
        };
      });
      return {
        data,
        layout: {
          ...layout,
          xaxis: { ...axis, title: titled(profile.x_label), type: log ? "log" : "linear", range: log ? [-0.002, Math.log10(reach)] : [1, reach] },
          yaxis: { ...axis, title: { text: "share of problems" }, range: [-0.02, 1.03], tickformat: ".0%" },
        },
      };
    },
  });
}

/** A sweep: the mean of each line with its spread. A method has its colour; a line of no method, a bound, is grey. */
function sweepFigure(chart, place) {
  const xs = chart.lines[0].x;
  const positive = xs.length > 1 && xs.every((x) => x > 0);
  return figure({
    title: chart.title, height: 380,
    switches: positive ? [{ key: "log", label: `logarithmic ${chart.x_label.split(" (")[0]}`, pressed: false }] : [],
    build: ({ log }) => {
      const { axis, layout } = baseLayout();
      const data = chart.lines.flatMap((line, position) => {
        const name = plain(line.label, 40);
        const index = place(line.label.split(" against ")[0]);
        const colour = index < 0 ? theme("--soft") : colourOf(index);
        const kept = line.x.map((_, i) => i).filter((i) => line.low[i] !== null && line.high[i] !== null);
        const band = {
          type: "scatter", mode: "lines", hoverinfo: "skip", showlegend: false, legendgroup: String(position),
          x: [...kept.map((i) => line.x[i]), ...kept.map((i) => line.x[i]).reverse()],
          y: [...kept.map((i) => line.low[i]), ...kept.map((i) => line.high[i]).reverse()],
          fill: "toself", fillcolor: `${colour}1c`, line: { width: 0 },
        };
        // Wider beneath narrower, so that lines that coincide are all seen.
        const width = Math.min(8, 2 + 1.25 * (chart.lines.length - 1 - position));
        const mean = {
          type: "scatter", mode: "lines+markers", name, legendgroup: String(position), x: line.x, y: line.mean,
          line: { color: colour, dash: index < 0 ? "dash" : dashOf(index), width }, marker: { size: width + 3, color: colour },
          customdata: line.x.map((_, i) => `${shown(line.low[i])} to ${shown(line.high[i])}` +
            (line.count.length ? `, ${line.count[i]} values` : "")),
          hovertemplate: `${name}<br>%{x:.5g}: %{y:.6g} (%{customdata})<extra></extra>`,
        };
        return kept.length ? [band, mean] : [mean];
      });
      return {
        data,
        layout: {
          ...layout,
          xaxis: { ...axis, title: titled(chart.x_label), type: log ? "log" : "linear" },
          yaxis: { ...axis, title: titled(chart.y_label) },
        },
      };
    },
  });
}

/** The traces of an instance's runs: incumbents as lines, bounds dotted, against time. */
function traceFigure(curves, labels, place, unit) {
  const times = curves.flatMap((curve) => curve.time_s).filter((time) => time > 0);
  const least = times.length ? Math.min(...times) / 2 : 1e-6;
  const end = (times.length ? Math.max(...times) : 1) * 1.1;
  return figure({
    title: "Convergence", note: "Lines: the best value so far; dotted: the bound. A run ends at its last point, where its value is the verified one.",
    height: 360,
    switches: [{ key: "log", label: "logarithmic time", pressed: true }, { key: "bounds", label: "bounds", pressed: true }],
    build: ({ log, bounds }) => {
      const { axis, layout } = baseLayout();
      const named = new Set();
      const data = curves.flatMap((curve) => {
        // A logarithmic axis has no 0. What a run found holds on after its end: the line goes on, without a point.
        const x = [...curve.time_s.map((time) => (log ? Math.max(time, least) : time)), end];
        const index = place(labels[curve.label]);
        const trace = (column, dash, what) => ({
          type: "scatter", mode: "lines+markers", x, y: [...column, column[column.length - 1]],
          name: plain(labels[curve.label], 40), legendgroup: String(curve.label),
          showlegend: what === "value" && !named.has(curve.label), connectgaps: false,
          line: { shape: "hv", color: colourOf(index), dash, width: what === "value" ? 2 : 1.5 },
          marker: { size: [...column.map(() => (what === "value" ? 6 : 4)), 0], color: colourOf(index) },
          customdata: [...curve.time_s, curve.time_s[curve.time_s.length - 1]].map((time) => shown(time, "seconds")),
          hovertemplate: `${plain(labels[curve.label], 40)}, seed ${curve.seed}<br>${what} %{y:.8g} ${plain(unit)} at %{customdata}<extra></extra>`,
        });
        const found = [trace(curve.objective, "solid", "value")];
        named.add(curve.label);
        if (bounds && curve.bound.some((value) => value !== null)) found.push(trace(curve.bound, "dot", "bound"));
        return found;
      });
      return {
        data,
        layout: {
          ...layout,
          xaxis: { ...axis, title: { text: "time in s" }, type: log ? "log" : "linear" },
          yaxis: { ...axis, title: { text: unit ? `value in ${plain(unit)}` : "value" } },
        },
      };
    },
  });
}
