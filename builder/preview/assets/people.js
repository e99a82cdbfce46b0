"use strict";
// Everybody: search, filters, and a contact sheet of which only what is on the screen exists.
{
  const { make, draw, number } = page;
  const GAP = 18, NAME = 50, NARROWEST = 132;
  const FILTERS = ["split", "country", "gender", "check"];
  let sheet = null;

  function lead() {
    const index = page.data.index, audit = page.data.audit;
    const real = index.segments.public_figures ?? 0;
    const countries = new Set(index.people.map((line) => line[2]).filter(Boolean)).size;
    const verdict = audit && `${audit.findings.filter((each) => each.passed).length} of ${audit.findings.length} checks passed`;
    return make("div", { class: "lead" },
      make("h1", {}, `${number(index.people.length - real)} people${index.imported ? "" : " who do not exist"}${real ? `, and ${number(real)} public figures` : ""}`),
      make("p", {}, `${index.from}: ${number(index.questions)} questions, ${number(index.portraits)} portraits${countries ? `, ${number(countries)} ${countries === 1 ? "country" : "countries"}` : ""}. `,
        verdict ? make("a", { href: "#/checks" }, verdict) : "Not audited yet: run build-bench audit", "."));
  }

  function select(name, label, options, query, change) {
    const field = make("select", { "aria-label": label, class: query[name] ? "chosen" : null, onchange: (event) => change({ [name]: event.target.value }) },
      make("option", { value: "" }, label),
      options.map(([value, text]) => make("option", { value, selected: query[name] === value }, text)));
    return field;
  }

  function tools(query, change) {
    const index = page.data.index;
    const locales = [...new Set(index.people.map((line) => line[2]).filter(Boolean))].map((locale) => [locale, page.country(locale)]);
    const failed = (page.data.audit?.findings ?? []).filter((finding) => !finding.passed && finding.worst.some((each) => each.id));
    const input = make("input", {
      id: "search", type: "search", placeholder: "Search by name or by any fact's value", "aria-label": "Search by name or value", value: query.q ?? "",
      autocomplete: "off", spellcheck: "false", oninput: (event) => change({ q: event.target.value }),
    });
    return make("div", { class: "tools", role: "search" },
      make("div", { class: "search" }, input,
        draw("svg", { width: 16, height: 16, viewBox: "0 0 16 16", fill: "none", stroke: "currentColor", "stroke-width": 1.6, "aria-hidden": "true" },
          draw("circle", { cx: 7, cy: 7, r: 5 }), draw("path", { d: "m11 11 4 4", "stroke-linecap": "round" })),
        make("kbd", { "aria-hidden": "true" }, "/")),
      select("split", "Every split", Object.keys(index.configs).filter((name) => name !== "test").map((name) => [name, page.words(name)]), query, change),
      locales.length ? select("country", "Every country", locales.sort((a, b) => a[1].localeCompare(b[1])), query, change) : null,
      index.people.some((line) => line[3]) ? select("gender", "Every gender", [["female", "women"], ["male", "men"]], query, change) : null,
      failed.length ? select("check", "Failed checks", [["any", "any failed check"], ...failed.map((finding) => [finding.check, finding.title])], query, change) : null);
  }

  // The lines that a query leaves, each with the fact that the search found, if it is not the name.
  function matches(query) {
    const index = page.data.index, values = page.data.values;
    const segments = query.split && index.configs[query.split];
    const terms = page.fold(query.q ?? "").split(/\s+/).filter(Boolean);
    const left = index.people.filter((line) =>
      (!segments || segments.includes(line[5])) && (!query.country || line[2] === query.country) && (!query.gender || line[3] === query.gender) &&
      (!query.check || page.named(line[0]).some(([finding]) => query.check === "any" || finding.check === query.check)));
    if (!terms.length) return left.map((line) => ({ line }));
    return left.flatMap((line) => {
      if (terms.every((term) => page.fold(line[1]).includes(term) || line[0].includes(term))) return [{ line }];
      const own = values?.people[line[0]] ?? [];
      const place = own.findIndex((value) => terms.every((term) => page.fold(value).includes(term)));
      return place < 0 ? [] : [{ line, found: `${own[place]}, ${page.words(values.keys[place])}` }];
    });
  }

  function card({ line, found }, place) {
    const failed = page.named(line[0]).length > 0;
    const kind = page.kindOf(line[5]);
    const note = found ?? (line[2] ? page.country(line[2]) : page.kindOf(line[5]) === "public_figures" ? "public figure" : page.words(line[5]));
    return make("a", { class: "card", href: `#/person/${line[0]}`, "data-place": place, tabindex: place === sheet.active ? 0 : -1, title: found ?? null },
      page.face(line),
      make("span", { class: "name" }, line[1]),
      make("span", { class: "note" }, make("i", { class: `dot ${failed ? "failed" : kind}`, "aria-hidden": "true" }),
        make("span", { class: found ? "found" : null }, note), make("span", { class: "hidden" }, failed ? ", named by a failed check" : `, ${kind}`)));
  }

  // Lays out the rows around the screen; the box is as high as all of them would be.
  function layOut(force) {
    if (!sheet?.box.isConnected) return;
    const width = sheet.box.clientWidth;
    const columns = Math.max(width < 420 ? 3 : 2, Math.floor((width + GAP) / (NARROWEST + GAP)));
    const side = (width - GAP * (columns - 1)) / columns;
    const high = side + NAME + GAP;
    const rows = Math.ceil(sheet.found.length / columns);
    const top = Math.max(0, -sheet.box.getBoundingClientRect().top);
    const first = Math.max(0, Math.floor(top / high) - 2);
    const last = Math.min(rows, Math.ceil((top + window.innerHeight) / high) + 2);
    if (!force && sheet.first === first && sheet.last === last && sheet.columns === columns && sheet.side === side) return;
    const focused = sheet.window.contains(document.activeElement) ? Number(document.activeElement.dataset.place) : null;
    Object.assign(sheet, { first, last, columns, side, high });
    if (sheet.active < first * columns || sheet.active >= last * columns) sheet.active = first * columns;
    sheet.box.style.height = `${Math.max(0, rows * high - GAP)}px`;
    sheet.window.style.cssText = `transform:translateY(${first * high}px);gap:${GAP}px;grid-template-columns:repeat(${columns},minmax(0,1fr));grid-auto-rows:${high - GAP}px`;
    sheet.window.replaceChildren(...sheet.found.slice(first * columns, last * columns).map((each, number) => card(each, first * columns + number)));
    if (focused !== null) sheet.window.querySelector(`[data-place="${focused}"]`)?.focus({ preventScroll: true });
  }

  function move(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -sheet.columns, ArrowDown: sheet.columns, Home: -Infinity, End: Infinity };
    if (!(event.key in steps) || !event.target.dataset.place) return;
    event.preventDefault();
    const place = Math.min(sheet.found.length - 1, Math.max(0, Number(event.target.dataset.place) + steps[event.key]));
    sheet.active = place;
    const above = sheet.box.getBoundingClientRect().top + Math.floor(place / sheet.columns) * sheet.high;
    const bar = 130;
    if (above < bar) window.scrollBy(0, above - bar);
    else if (above + sheet.high > window.innerHeight) window.scrollBy(0, above + sheet.high - window.innerHeight + GAP);
    layOut(true);
    sheet.window.querySelector(`[data-place="${place}"]`)?.focus({ preventScroll: true });
  }

  function show(query, count, clear) {
    sheet.found = matches(query);
    sheet.active = 0;
    const all = page.data.index.people.length;
    const narrowed = sheet.found.length !== all;
    const key = make("span", { class: "key", "aria-hidden": "true" }, [["forget", "to forget"], ["retain", "to retain"], ["holdout", "held out"], ...(page.data.index.segments.public_figures ? [["public_figures", "public figures"]] : [])].map(([kind, text]) =>
      make("span", {}, make("i", { class: `dot ${kind}` }), text)));
    count.replaceChildren(key, narrowed ? `${number(sheet.found.length)} of ${number(all)} people` : `${number(all)} people`,
      narrowed ? make("button", { type: "button", onclick: clear }, "show everybody") : "");
    layOut(true);
    page.order = sheet.found.map(({ line }) => line[0]);
  }

  page.views.people = (main, query) => {
    const count = make("div", { class: "count", role: "status" });
    const box = make("div", { class: "sheet", role: "group", "aria-label": "People", onkeydown: move }, make("div", { class: "window" }));
    sheet = { box, window: box.firstChild, found: [], active: 0 };
    const settled = { ...query };
    const render = () => {
      if (settled.q && !page.data.values) page.load("values", "data/values.js", render);
      show(settled, count, () => { location.hash = "#/"; });
    };
    const change = (part) => {
      Object.assign(settled, part);
      for (const name of ["q", ...FILTERS]) if (!settled[name]) delete settled[name];
      const address = new URLSearchParams(settled).toString();
      history.replaceState(null, "", address ? `#/?${address}` : "#/");
      for (const field of main.querySelectorAll("select")) field.classList.toggle("chosen", field.value !== "");
      render();
    };
    main.replaceChildren(lead(), tools(settled, change), count, box);
    render();
    return "People";
  };

  window.addEventListener("scroll", () => layOut(false), { passive: true });
  window.addEventListener("resize", () => layOut(false));
}
