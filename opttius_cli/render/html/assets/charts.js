// The charts of the page, drawn from the specifications in it. Vega reads its expressions from their syntax trees,
// so no text is ever run as code; tooltips are texts that were written before the page was.
(() => {
  const tip = document.getElementById("tip");
  const show = (_handler, event, _item, value) => {
    tip.replaceChildren();
    tip.style.visibility = value ? "visible" : "hidden";
    if (!value) return;
    for (const text of Object.values(value)) {
      if (!text || text === "undefined") continue;
      const line = document.createElement("p");
      line.textContent = text;
      tip.append(line);
    }
    const box = tip.getBoundingClientRect();
    const left = Math.min(event.clientX + 12, document.documentElement.clientWidth - box.width - 8);
    const above = event.clientY - box.height - 12;
    tip.style.transform = `translate(${Math.max(8, left)}px, ${above > 8 ? above : event.clientY + 12}px)`;
  };
  const { formats, specs } = JSON.parse(document.getElementById("charts").textContent);
  for (const [id, spec] of Object.entries(specs)) {
    const figure = document.getElementById(id);
    const place = figure.querySelector(".live");
    figure.classList.add("drawn");
    vegaEmbed(place, spec, {
      mode: "vega-lite", renderer: "svg", actions: false, ast: true, defaultStyle: false, tooltip: show,
      formatLocale: formats.number, timeFormatLocale: formats.time,
    }).catch((error) => {
      figure.classList.remove("drawn");
      console.error(error);
    });
  }
})();
