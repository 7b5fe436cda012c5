// Draw each figure of the page from the numbers that stand in it.
for (const place of document.querySelectorAll(".output.figure")) {
  const { data, layout } = JSON.parse(place.querySelector("script").textContent);
  delete layout.width;
  Plotly.newPlot(place, data, layout, { responsive: true, displaylogo: false });
}
