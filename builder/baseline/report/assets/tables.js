"use strict";
// The tables of table.md.
{
  const { make } = page;

  const cells = (row, tag) => row.map((cell, place) => make(place ? tag : "th", { scope: tag === "th" ? "col" : place ? null : "row" }, page.sentence(cell)));

  function table([head, ...rows], title) {
    return make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": title },
      make("table", { class: "scores" }, make("thead", {}, make("tr", {}, cells(head, "th"))), make("tbody", {}, rows.map((row) => make("tr", {}, cells(row, "td"))))));
  }

  page.views.tables = (main) => {
    const [preface, ...sections] = page.data.overview.sections;
    const name = (place) => `table-${place}`;
    const jump = (place) => (event) => {
      event.preventDefault(); // the address after # is ours
      document.getElementById(name(place)).scrollIntoView();
    };
    main.replaceChildren(
      make("div", { class: "lead" }, make("h1", {}, "Tables"),
        preface.parts.map((part) => make("p", {}, page.sentence(part))),
        make("div", { class: "chips" }, sections.map(({ title }, place) => make("a", { class: "chip", href: "#/tables", onclick: jump(place) }, title)))),
      ...sections.map(({ title, parts }, place) => make("section", { class: "part", id: name(place) }, make("h2", {}, title),
        parts.map((part) => (typeof part === "string" ? make("p", { class: "soft" }, page.sentence(part)) : table(part, title))))));
    return "Tables";
  };
}
