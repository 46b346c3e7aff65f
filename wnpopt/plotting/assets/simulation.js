"use strict";
// A page of schedules one below the other, then of figures: of a simulation, of a front.

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const host = document.querySelector("main");
for (const [id, schedule] of Object.entries(read("charts"))) host.append(ganttFigure(schedule, schedule.title, id));
for (const [id, { data, layout }] of Object.entries(read("figures"))) {
  const build = () => ({ data, layout: { ...layout, paper_bgcolor: theme("--page"), font: { color: theme("--ink") } } });
  host.append(figure({ title: "", height: layout.height, build, id }));
}
