"use strict";
// Routes (#/, #/person/00012, #/checks/letter_balance, #/splits) and the keys of a person's page.
{
  const main = document.getElementById("main");
  const places = {};
  let current = null;

  function route() {
    const { view, second, search } = page.asked("people");
    places[current] = window.scrollY;
    if (view === "people") page.back = location.hash || "#/";
    page.entitle(view, `${page.views[view](main, search, second)} · ${page.data.index.release}`);
    if (!(view === "checks" && second)) window.scrollTo(0, view === "people" ? (places[location.hash] ?? 0) : 0);
    current = location.hash;
  }

  page.start(route, "#/", (key) => {
    if (!location.hash.startsWith("#/person/")) return;
    if (key === "Escape") location.hash = page.back ?? "#/";
    if (key === "ArrowLeft" || key === "ArrowRight") document.querySelector(`[data-step="${key === "ArrowLeft" ? "prev" : "next"}"]`)?.click();
  });
}
