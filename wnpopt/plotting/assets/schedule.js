"use strict";
// The page of one schedule, with the figures beneath it that the family adds.

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const host = document.querySelector("main");
const schedule = read("chart");
host.append(ganttFigure(schedule, schedule.title, "schedule"));
for (const [id, { data, layout }] of Object.entries(read("figures"))) {
  const build = () => ({ data, layout: { ...layout, paper_bgcolor: theme("--page"), font: { color: theme("--ink") } } });
  host.append(figure({ title: "", height: layout.height, build, id }));
}
