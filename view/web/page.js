"use strict";
(() => {
  const search = document.getElementById("search");
  if (!search) return;
  const shown = document.getElementById("shown");
  const nothing = document.getElementById("nothing");
  const off = new Set();
  let cards, texts, groups, chips;

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let visible = 0;
    cards.forEach((card, i) => {
      const hit = !off.has(card.parentElement.dataset.group) && words.every(w => texts[i].includes(w));
      card.hidden = !hit;
      if (hit) visible++;
    });
    groups.forEach(g => { g.hidden = !g.querySelector(".card:not([hidden])"); });
    chips.forEach(c => c.setAttribute("aria-pressed", String(!off.has(c.dataset.group))));
    shown.textContent = visible + " / " + cards.length;
    nothing.hidden = visible > 0;
  };

  const collect = () => {
    cards = [...document.querySelectorAll(".card")];
    texts = cards.map(card => card.textContent.toLowerCase());
    groups = [...document.querySelectorAll(".group")];
    chips = [...document.querySelectorAll(".chip")];
    filter();
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
  document.addEventListener("click", e => {
    const chip = e.target.closest(".chip");
    if (!chip) return;
    const group = chip.dataset.group;
    off.has(group) ? off.delete(group) : off.add(group);
    filter();
  });
  document.addEventListener("keydown", e => {
    if (e.target.matches("input") || e.ctrlKey || e.metaKey || e.altKey || !keys[e.key]) return;
    e.preventDefault();
    keys[e.key]();
  });
  document.addEventListener("renewed", collect);
  collect();
})();
