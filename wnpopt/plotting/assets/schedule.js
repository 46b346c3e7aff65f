"use strict";
// The page of one schedule, with the figures beneath it that the family adds.

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const host = document.querySelector("main");
const schedule = read("chart");
host.append(ganttFigure(schedule, schedule.title, "schedule"));
for (const [id, made] of Object.entries(read("figures"))) host.append(madeFigure(id, made));
