"use strict";
// A page of schedules one below the other, then of figures: of a simulation, of a front.

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const host = document.querySelector("main");
for (const [id, schedule] of Object.entries(read("charts"))) host.append(ganttFigure(schedule, schedule.title, id));
for (const [id, made] of Object.entries(read("figures"))) host.append(madeFigure(id, made));
