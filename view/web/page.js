"use strict";
(() => {
  const search = document.getElementById("search");
  if (!search) return;
  const cards = [...document.querySelectorAll(".card")];
  const texts = cards.map(card => card.textContent.toLowerCase());
  const groups = [...document.querySelectorAll(".group")];
  const chips = [...document.querySelectorAll(".chip")];
  const shown = document.getElementById("shown");
  const nothing = document.getElementById("nothing");

  const filter = () => {
    const off = new Set(chips.filter(c => c.getAttribute("aria-pressed") === "false").map(c => c.dataset.risk));
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let visible = 0;
    cards.forEach((card, i) => {
      const hit = !off.has(card.parentElement.dataset.risk) && words.every(w => texts[i].includes(w));
      card.hidden = !hit;
      if (hit) visible++;
    });
    groups.forEach(g => { g.hidden = !g.querySelector(".card:not([hidden])"); });
    shown.textContent = visible + " / " + cards.length;
    nothing.hidden = visible > 0;
  };

  const step = by => {
    const visible = cards.filter(c => !c.hidden);
    const at = visible.indexOf(document.activeElement.closest(".card"));
    const next = visible[Math.min(Math.max(at + by, 0), visible.length - 1)];
    if (next) next.focus();
  };

  const keys = {
    "/": () => search.focus(),
    j: () => step(1),
    k: () => step(-1),
    o: () => { const d = document.activeElement.querySelector("details"); if (d) d.open = !d.open; },
  };

  search.addEventListener("input", filter);
  search.addEventListener("keydown", e => { if (e.key === "Escape") { search.value = ""; filter(); search.blur(); } });
  chips.forEach(chip => chip.addEventListener("click", () => {
    chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
    filter();
  }));
  document.addEventListener("keydown", e => {
    if (e.target.matches("input") || e.ctrlKey || e.metaKey || e.altKey || !keys[e.key]) return;
    e.preventDefault();
    keys[e.key]();
  });
  filter();
})();
