"use strict";
// What may be asked of the items: fields, and a button a model that goes from either to right to wrong.
{
  const { make, draw, data } = page;
  const { items, strings } = data.items;
  const values = (column) => [...new Set(items[column])].map((place) => strings[place]);

  function field(name, label, options, query, change) {
    return make("select", { name, "aria-label": label, class: query[name] ? "chosen" : null, onchange: (event) => change({ [name]: event.target.value }) },
      make("option", { value: "" }, label), options);
  }

  const option = (chosen) => ([value, text]) => make("option", { value, selected: chosen === value }, text);

  function facts(query) {
    const categories = new Map();
    items.category.forEach((category, place) => categories.set(category, (categories.get(category) ?? new Set()).add(items.fact[place])));
    return [...categories].map(([category, own]) => {
      const name = strings[category];
      return make("optgroup", { label: page.words(name) }, option(query.fact)([`${name}/`, `all of ${page.words(name)}`]),
        [...own].map((fact) => option(query.fact)([`${name}/${strings[fact]}`, page.words(strings[fact])])));
    });
  }

  page.tools = (query, change) => {
    const fields = (name, label, options) => field(name, label, options.map(option(query[name])), query, change);
    const worded = (column) => values(column).map((value) => [value, page.word(value)]);
    const people = values("person").map((id) => [id, data.items.people[id]]).sort((a, b) => a[1].localeCompare(b[1]));
    const seeds = page.seeds.map((seed) => [String(seed), `seed ${seed}`]);
    const held = Object.values(data.overview.unknown).some((keys) => keys.length);
    return make("div", { class: "tools", role: "search" },
      make("div", { class: "search" },
        make("input", { id: "search", type: "search", placeholder: "Search in questions, values and answers", "aria-label": "Search in questions, values and answers", value: query.q ?? "", autocomplete: "off", spellcheck: "false", oninput: (event) => change({ q: event.target.value }) }),
        draw("svg", { width: 16, height: 16, viewBox: "0 0 16 16", fill: "none", stroke: "currentColor", "stroke-width": 1.6, "aria-hidden": "true" },
          draw("circle", { cx: 7, cy: 7, r: 5 }), draw("path", { d: "m11 11 4 4", "stroke-linecap": "round" })),
        make("kbd", { "aria-hidden": "true" }, "/")),
      fields("set", "Every set", worded("set")), fields("person", "Everybody", people), field("fact", "Every fact", facts(query), query, change),
      fields("task", "Every task", worded("task")), fields("modality", "Picture or name", worded("modality")),
      held && fields("known", "Known or not", [["yes", "vanilla knows it"], ["no", "vanilla does not know it"]]),
      data.items.controls.parent.length > 0 && fields("put", "Controls", [["with", "with controls"], ["right", "also right with another of the quartet"], ["follows", "true of the person put in"]]),
      seeds.length > 1 && make("select", { name: "seed", "aria-label": "Seed", onchange: (event) => change({ seed: event.target.value }) }, seeds.map(option(String(page.seedOf(query))))));
  };

  const NEXT = { either: "right", right: "wrong", wrong: "either" };
  const SIGNS = { either: "", right: "✓", wrong: "✗" };

  // A button a model, with its share right among what was found.
  page.chosenModels = (query, found, change) => {
    const listed = (name) => (query[name] ?? "").split(",").filter(Boolean);
    const [right, wrong] = [listed("right"), listed("wrong")];
    return page.answersOf(page.seedOf(query)).map((answer) => {
      const name = answer.model;
      const state = right.includes(name) ? "right" : wrong.includes(name) ? "wrong" : "either";
      const asked = found.filter((place) => answer.verdicts[place] === "r" || answer.verdicts[place] === "w");
      const share = asked.length ? `${Math.round((100 * asked.filter((place) => answer.verdicts[place] === "r").length) / asked.length)} %` : "–";
      const turn = () => {
        const next = NEXT[state], less = (names) => names.filter((each) => each !== name);
        change({ right: [...less(right), ...(next === "right" ? [name] : [])].join(","), wrong: [...less(wrong), ...(next === "wrong" ? [name] : [])].join(",") });
      };
      return make("button", { type: "button", class: `asked-of ${state}`, "data-name": name, onclick: turn, title: "either, right, wrong", "aria-label": `${name}: ${state}; ${share} right of the items shown` },
        page.badge(name), make("span", {}, name), SIGNS[state] && make("b", {}, SIGNS[state]), make("span", { class: "figures soft" }, share));
    });
  };
}
