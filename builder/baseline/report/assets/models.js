"use strict";
// The models: a colour and a mark for each, the same everywhere, and a legend that brings one to the fore.
{
  const { make, draw } = page;
  for (const name of ["overview", "items"]) page.receive(name, JSON.parse(document.getElementById(name).textContent));

  const SPECIAL = { untrained: ["cross", "var(--soft)"], vanilla: ["square", "var(--alarm)"], oracle: ["star", "var(--accent)"] };
  const COLOURS = 10;
  const others = page.data.overview.models.filter((name) => !(name in SPECIAL));

  page.lookOf = (name) => {
    const [kind, colour] = SPECIAL[name] ?? ["circle", `var(--series-${Math.max(0, others.indexOf(name)) % COLOURS})`];
    return { name, kind, colour };
  };

  page.badge = (name) => {
    const { kind, colour } = page.lookOf(name);
    return draw("svg", { class: "badge", width: 14, height: 14, "aria-hidden": "true" }, page.mark(kind, colour, 7, 7));
  };

  page.legend = (names) => {
    const raise = (name) => () => {
      for (const each of document.querySelectorAll("[data-model]")) each.classList.toggle("dim", name !== null && each.dataset.model !== name);
    };
    return make("div", { class: "legend models" }, names.map((name) =>
      make("span", { tabindex: 0, onpointerenter: raise(name), onfocus: raise(name), onpointerleave: raise(null), onblur: raise(null) }, page.badge(name), name)));
  };

  // A sentence of table.md, in which ** stands around what is bold.
  page.sentence = (text) => text.split("**").map((part, number) => (number % 2 ? make("b", {}, part) : part));
}
