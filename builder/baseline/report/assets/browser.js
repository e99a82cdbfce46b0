"use strict";
// The items to read: fields, a list and the item chosen. All of it stands in the address, so that a link leads here.
{
  const { make, number } = page;
  let view = null;

  function remember(query, push) {
    const address = page.address(query);
    if (address !== location.hash) history[push ? "pushState" : "replaceState"](null, "", address);
  }

  function choose(place, push) {
    view.query = { ...view.query, item: page.item(view.found[place]).key };
    remember(view.query, push);
    view.list.chosen = view.found[place];
    view.list.query = view.query;
    view.drawn.show();
    detail();
    view.box.classList.add("reading");
    window.scrollTo({ top: Math.min(window.scrollY, view.box.offsetTop - 60) });
  }

  function detail() {
    const place = view.found.indexOf(view.list.chosen);
    const step = (to, text, rel) => make("button", { type: "button", "data-step": rel, disabled: to < 0 || to >= view.found.length, onclick: () => choose(to, false) }, text);
    const back = (event) => {
      event.preventDefault();
      view.box.classList.remove("reading");
      remember({ ...view.query, item: "" }, false);
    };
    view.detail.replaceChildren(
      make("div", { class: "trail" }, make("a", { class: "back", href: page.address({ ...view.query, item: "" }), onclick: back }, "← List"),
        make("span", { class: "steps" }, step(place - 1, "← Previous", "prev"), make("span", { class: "figures" }, place < 0 ? "not among the items shown" : `${number(place + 1)} of ${number(view.found.length)}`), step(place + 1, "Next →", "next"))),
      page.showItem(view.list.chosen, view));
    view.detail.scrollTop = 0;
  }

  // Everything that depends on the query; the fields themselves stay, and so does what is being typed.
  function refresh() {
    const query = view.query;
    view.said = page.answersOf(page.seedOf(query));
    view.found = page.matches(query);
    const given = query.item ? page.placeOf(query.item) : -1;
    const chosen = given >= 0 ? given : (view.found[0] ?? -1);
    view.list = { found: view.found, chosen, query, said: view.said, choose: (place) => choose(place, true) };
    view.drawn = page.list(view.list);
    const all = page.usual || page.size, narrowed = Object.keys(query).some((name) => name !== "item" && name !== "seed");
    view.count.replaceChildren(narrowed ? `${number(view.found.length)} of ${number(query.set === "known" ? page.size - page.usual : all)} items` : `${number(all)} items`,
      narrowed ? make("button", { type: "button", onclick: () => { location.hash = page.address({ seed: query.seed }); } }, "show all") : "", make("span", { class: "key" }, "✓ ✗ press a model for right, press again for wrong"));
    view.models.replaceChildren(...page.chosenModels(query, view.found, change));
    view.side.replaceChildren(view.drawn.box);
    view.box.classList.toggle("reading", given >= 0);
    if (chosen >= 0) detail();
    else view.detail.replaceChildren(make("p", { class: "notice" }, "No item matches."));
    view.drawn.show();
  }

  function change(part) {
    const focused = document.activeElement?.dataset.name;
    view.query = Object.fromEntries(Object.entries({ ...view.query, ...("seed" in part ? {} : { item: "" }), ...part }).filter(([, value]) => value));
    remember(view.query, false);
    for (const each of view.box.parentElement.querySelectorAll(".tools select")) each.classList.toggle("chosen", each.value !== "" && each.name !== "seed");
    refresh();
    if (focused) [...view.models.children].find((each) => each.dataset.name === focused)?.focus();
  }

  page.views.items = (main, query) => {
    if (!page.size) {
      main.replaceChildren(make("p", { class: "notice" }, "No model has been asked yet."));
      return "Items";
    }
    const part = (name) => make("div", { class: name });
    view = { query, count: make("div", { class: "count", role: "status" }), models: part("asked-models"), side: part("side"), detail: part("detail"), box: part("browser") };
    view.box.append(view.side, view.detail);
    const sampled = page.sampled();
    main.replaceChildren(make("h1", { class: "hidden" }, "Items"), page.tools(query, (part) => change(part)), view.models, view.count, view.box, ...(sampled ? [make("p", { class: "soft small sampled" }, sampled)] : []));
    refresh();
    return "Items";
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !view?.box.isConnected || /INPUT|SELECT|TEXTAREA/.test(event.target.tagName)) return;
    const listed = Boolean(event.target.closest?.(".list"));
    if (event.target.closest?.(".scroll") && !listed) return; // arrows move a wide table
    const steps = listed ? { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 } : { ArrowLeft: -1, ArrowRight: 1 };
    if (!(event.key in steps)) return;
    event.preventDefault();
    const to = view.found.indexOf(view.list.chosen) + steps[event.key];
    if (to >= 0 && to < view.found.length) choose(to, false);
  });

  window.addEventListener("resize", () => {
    if (view?.box.isConnected) view.drawn.show();
  });
}
