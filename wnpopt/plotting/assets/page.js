"use strict";
// What every page shares: elements, texts, and figures, made by plotly when they come into view, and again when the
// colour scheme or the width changes.

const CONFIG = { displaylogo: false, modeBarButtons: [["toImage", "zoom2d", "pan2d", "resetScale2d"]] };

/** A new element: its class, its text, its attributes, its children. */
function make(tag, options = {}, ...children) {
  const element = document.createElement(tag);
  if (options.class) element.className = options.class;
  if (options.text !== undefined) element.textContent = options.text;
  for (const [name, value] of Object.entries(options.set || {})) element.setAttribute(name, value);
  for (const [name, listener] of Object.entries(options.on || {})) element.addEventListener(name, listener);
  element.append(...children);
  return element;
}

/** A number with this many digits, without trailing zeros. */
const digits = (value, count) => String(Number(value.toPrecision(count)));

/** Text for plotly, which reads some HTML, so that it stands for itself; cut where it would fill the figure. */
function plain(text, most = 60) {
  const signs = [...text]; // whole characters: half of a pair is none
  const cut = signs.length > most ? `${signs.slice(0, most - 1).join("")}…` : text;
  return cut.replace(/[&<>"'%$]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

const theme = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function baseLayout() {
  const axis = { gridcolor: theme("--line"), linecolor: theme("--soft"), zeroline: false, automargin: true };
  return {
    axis,
    layout: {
      paper_bgcolor: theme("--page"), plot_bgcolor: theme("--page"),
      font: { color: theme("--ink"), size: 12, family: "system-ui, sans-serif" },
      margin: { l: 55, r: 12, t: 32, b: 45 }, hovermode: "closest", modebar: { bgcolor: "rgba(0,0,0,0)", color: theme("--soft"), activecolor: theme("--accent") },
      hoverlabel: { align: "left", namelength: 40 },
      legend: { orientation: "h", x: 0, y: 0, yref: "container", xanchor: "left", yanchor: "bottom" },
    },
  };
}

const drawn = new Set();
const waiting = new Map();
const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting || !waiting.has(entry.target)) continue;
    const draw = waiting.get(entry.target);
    waiting.delete(entry.target);
    watcher.unobserve(entry.target);
    drawn.add(draw);
    draw();
  }
}, { rootMargin: "400px" });

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawn.forEach((draw) => draw()));

const onPrint = []; // each is told true before the page is printed, and false afterwards

/** On paper everything is there: what was not yet in view, rows behind a button, in light colours and the paper's width. */
function printed(on) {
  document.documentElement.classList.toggle("printing", on);
  onPrint.forEach((listener) => listener(on));
  for (const [canvas, draw] of waiting) {
    watcher.unobserve(canvas);
    drawn.add(draw);
  }
  waiting.clear();
  drawn.forEach((draw) => draw());
}
addEventListener("beforeprint", () => printed(true));
addEventListener("afterprint", () => printed(false));

/**
 * A figure with its heading and its switches, drawn when it comes into view.
 * build(state): {data, layout} of plotly; height: in pixels, or a function of the width; switches: {key, label, pressed}; each is a button that sets state[key].
 */
function figure({ title, note, height, switches = [], build, id = "" }) {
  const canvas = make("div", { class: "canvas", set: { role: "img", "aria-label": title || id } });
  if (id) canvas.id = id;
  const tall = () => (typeof height === "function" ? height(canvas.clientWidth || innerWidth) : height);
  canvas.style.height = `${tall()}px`;
  const state = Object.fromEntries(switches.map(({ key, pressed }) => [key, pressed]));
  const draw = () => {
    const { data, layout } = build(state);
    canvas.style.height = `${tall()}px`;
    Plotly.react(canvas, data, { ...layout, height: tall(), width: canvas.clientWidth }, CONFIG);
  };
  const buttons = switches.map(({ key, label, pressed }) => make("button", {
    class: "plain", text: label, set: { type: "button", "aria-pressed": String(pressed), "data-switch": key },
    on: {
      click: (event) => {
        state[key] = !state[key];
        event.currentTarget.setAttribute("aria-pressed", String(state[key]));
        if (drawn.has(draw)) draw();
      },
    },
  }));
  const box = make("div", { class: "plot" });
  if (title) box.append(make("h3", { text: title }));
  if (note) box.append(make("p", { class: "note", text: note }));
  if (buttons.length) box.append(make("div", { class: "tools" }, ...buttons));
  box.append(canvas);
  new ResizeObserver(() => {
    if (drawn.has(draw) && canvas.clientWidth && canvas.layout?.width !== canvas.clientWidth) draw();
  }).observe(canvas);
  waiting.set(canvas, draw);
  // Plotly stands at the end of the page, so that tables need not wait for it.
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", () => watcher.observe(canvas));
  else watcher.observe(canvas);
  return box;
}

/** `data` with what is drawn in the grey of links in that of the page, which is another one in the dark. */
function themed(data) {
  if (data === LINK) return theme("--soft");
  if (Array.isArray(data)) return typeof data[0] === "number" ? data : data.map(themed);
  if (data === null || typeof data !== "object") return data;
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, themed(value)]));
}

/** A figure that Python made, in the colours of the page; its title, markup left out, is the heading. */
function madeFigure(id, { data, layout }) {
  const { title, template, ...own } = layout;
  const build = () => {
    const { axis, layout: base } = baseLayout();
    const axes = Object.entries(own).filter(([name]) => /^[xy]axis\d*$/.test(name));
    const styled = Object.fromEntries(axes.map(([name, settings]) => [name, { ...axis, ...settings }]));
    return { data: themed(data), layout: { ...base, ...own, ...styled, margin: { ...base.margin, ...own.margin } } };
  };
  return figure({ title: (title?.text ?? "").replace(/<\/?b>/g, ""), height: layout.height, build, id });
}
