"use strict";
// The page of an instance: the picture is there, beneath it are the figures that the family adds.

const host = document.querySelector("main");
for (const [id, { data, layout }] of Object.entries(JSON.parse(document.getElementById("figures").textContent))) {
  const build = () => ({ data, layout: { ...layout, paper_bgcolor: theme("--page"), font: { color: theme("--ink") } } });
  host.append(figure({ title: "", height: layout.height, build, id }));
}
