"use strict";
// Routes (#/, #/person/00012, #/checks/letter_balance, #/splits) and the keys that work everywhere.
{
  const main = document.getElementById("main");
  const places = {};
  let current = null;

  function route() {
    const [path, search] = location.hash.replace(/^#\/?/, "").split("?");
    const [first, second] = path.split("/");
    const view = first in page.views ? first : "people";
    places[current] = window.scrollY;
    if (view === "people") page.back = location.hash || "#/";
    const title = page.views[view](main, Object.fromEntries(new URLSearchParams(search ?? "")), second && decodeURIComponent(second));
    document.title = `${title} · ${page.data.index.release}`;
    for (const link of document.querySelectorAll("nav [data-view]")) {
      if (link.dataset.view === view) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    if (!(view === "checks" && second)) window.scrollTo(0, view === "people" ? (places[location.hash] ?? 0) : 0);
    current = location.hash;
  }

  document.addEventListener("keydown", (event) => {
    const typing = /INPUT|SELECT|TEXTAREA/.test(event.target.tagName);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && !typing) {
      event.preventDefault();
      if (!document.getElementById("search")) location.hash = "#/";
      setTimeout(() => document.getElementById("search")?.focus(), 60);
    } else if (event.key === "Escape") {
      if (typing) event.target.blur();
      else if (location.hash.startsWith("#/person/")) location.hash = page.back ?? "#/";
    } else if (!typing && location.hash.startsWith("#/person/") && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      document.querySelector(`[data-step="${event.key === "ArrowLeft" ? "prev" : "next"}"]`)?.click();
    }
  });

  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault(); // the address after # is ours
    main.focus();
  });
  window.addEventListener("hashchange", route);
  history.scrollRestoration = "manual";
  route();
}
