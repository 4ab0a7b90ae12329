"use strict";
(() => {
  const lost = document.getElementById("lost");
  const pause = 5000; // ms; a browser gives up by itself when a proxy answers 502 for a server that restarts
  const show = e => {
    const fresh = document.createElement("template");
    fresh.innerHTML = e.data;
    const focused = document.activeElement.id;
    for (const part of [...fresh.content.children]) document.getElementById(part.id).replaceWith(part);
    const again = focused && document.getElementById(focused);
    if (again) again.focus({ preventScroll: true });
    document.dispatchEvent(new Event("renewed"));
  };
  const listen = () => {
    const source = new EventSource("events" + location.search);
    source.addEventListener("board", show);
    source.onopen = () => { lost.hidden = true; };
    source.onerror = () => {
      lost.hidden = false;
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, pause);
    };
  };
  listen();
})();
