"use strict";
(() => {
  const lost = document.getElementById("lost");
  const source = new EventSource("events" + location.search);
  source.addEventListener("board", e => {
    const fresh = document.createElement("template");
    fresh.innerHTML = e.data;
    const focused = document.activeElement.id;
    for (const part of [...fresh.content.children]) document.getElementById(part.id).replaceWith(part);
    const again = focused && document.getElementById(focused);
    if (again) again.focus({ preventScroll: true });
    document.dispatchEvent(new Event("renewed"));
  });
  source.onopen = () => { lost.hidden = true; };
  source.onerror = () => { lost.hidden = false; };
})();
