"use strict";
// What was run, what must be known of it, and the plots.
{
  const { make, number } = page;
  const known = page.data.overview;
  const AT_ONCE = 3; // notes; the others open
  const count = (amount, one, many) => `${number(amount)} ${amount === 1 ? one : many}`;

  function lead() {
    const people = known.people;
    return make("div", { class: "lead" }, make("h1", {}, known.title),
      make("p", {}, "Model ", make("b", {}, known.model), `, ${known.seeds.length === 1 ? `seed ${known.seeds[0]}` : `seeds ${known.seeds.join(", ")}`}: ${count(people.forget, "person", "people")} to forget, ${number(people.retain)} to retain, ${number(people.holdout)} held out. `,
        known.judge),
      make("p", { class: "small" }, `Release ${known.release}, fingerprint `, make("code", {}, known.fingerprint.slice(0, 16)), `; build-bench ${known.build_bench}.`),
      known.provenance.map((line) => make("p", { class: "small" }, line)));
  }

  function remarks() {
    const notes = known.notes.map((line) => make("li", {}, page.sentence(line)));
    const rest = notes.splice(AT_ONCE);
    return make("div", { class: "remarks" },
      known.warnings.map((line) => make("p", { class: "remark bad" }, page.sentence(line))),
      known.gate.map(({ valid, text }) => make("p", { class: `remark ${valid ? "good" : "bad"}` }, text)),
      known.vision && make("p", { class: "remark" }, known.vision),
      notes.length > 0 && make("div", { class: "remark note" }, make("ul", {}, notes), rest.length > 0 && make("details", {}, make("summary", {}, `${rest.length} more`), make("ul", {}, rest))));
  }

  const figure = (title, drawn, caption) => make("section", { class: "part" }, make("h2", {}, title), caption && make("p", { class: "soft" }, caption), drawn);

  function forgetting(points) {
    const dots = points.some((each) => each.seeds.length) ? " Small dots are single seeds." : "";
    const aim = points.some((each) => each.model === "oracle") ? "The target is the oracle, where the dotted lines cross: knowing less is no better than knowing more." : "";
    return points.length > 0 && figure("Forgetting against utility", page.scatter("Forgetting against utility", points,
      "still known of the forget set (values in open answers)", "utility (harmonic mean on the retain set)"), `${aim}${dots}`);
  }

  function leaks(byModality) {
    const panels = Object.entries(byModality).map(([word, categories]) => make("div", {}, make("h3", {}, `${word[0].toUpperCase()}${word.slice(1)} questions`),
      page.dots(Object.entries(categories).map(([category, shares]) => ({
        label: page.words(category),
        href: page.address({ set: "forget", fact: `${category}/`, modality: word === "image" ? "image_text" : word }),
        marks: Object.entries(shares).map(([name, value]) => ({ ...page.lookOf(name), value })),
      })), "share"), make("div", { class: "scale" }, make("span", {}, "0"), make("span", {}, "all right"))));
    return panels.length > 0 && figure("What leaks", make("div", { class: "groups" }, panels), "Share of forget items right, by category of facts. Press a category's name to see its items.");
  }

  function way({ learning, paths, forget, retain, losses }) {
    const share = (name) => ({ name, unit: "share" }), step = { name: "step", unit: "count" };
    const method = (line) => !["vanilla", "oracle"].includes(line.model);
    const trained = losses.filter((line) => !method(line)), unlearned = losses.filter(method);
    const panel = (title, drawn) => make("div", {}, make("h3", {}, title), drawn);
    const panels = [
      paths.length > 0 && panel("Each method's path", page.lines("Each method's path", paths, share("known by heart of the forget set"), share("known by heart of the retain set"))),
      forget.length + retain.length > 0 && panel("Unlearning", page.lines("Unlearning", [...forget, ...retain.map((line) => ({ ...line, dashed: "retain" }))], step, share("known by heart: forget (line), retain (dashes)"))),
      learning.length > 0 && panel("Learning", page.lines("Learning", learning, step, share("known by heart"))),
      trained.length > 0 && panel("Training loss", page.lines("Training loss", trained, step, { name: "loss", unit: "count" })),
      unlearned.some((line) => line.points.every((point) => point[1] >= 0)) && panel("Unlearning loss", page.lines("Unlearning loss", unlearned.filter((line) => line.points.every((point) => point[1] >= 0)), step, { name: "loss (of methods whose loss is never negative)", unit: "count" })),
    ].filter(Boolean);
    return panels.length > 0 && figure("During training and unlearning", make("div", { class: "groups" }, panels), known.seeds.length > 1 ? "One line for each model and seed." : "");
  }

  // Where to begin to read: a link a model to what it still, or no longer, gets right.
  function reading() {
    if (!page.size) return null;
    const heads = ["right of the forget set", "also right with another of the quartet put in", "wrong of the retain set"];
    const found = page.firstReads();
    const said = [
      found.some((each) => each.method) && "For a method, the first and the last column count only what vanilla got right.",
      page.seeds.length > 1 && `Counts are of seed ${page.seeds[0]}.`, page.sampled(),
    ];
    return figure("Read the answers", make("div", { class: "scroll" }, make("table", { class: "scores reads" },
      make("thead", {}, make("tr", {}, make("td"), heads.map((head) => make("th", { scope: "col" }, head)))),
      make("tbody", {}, found.map(({ name, reads }) => make("tr", {}, make("th", { scope: "row" }, page.badge(name), name),
        reads.map(({ query, items }) => make("td", {}, items ? make("a", { href: page.address(query) }, count(items, "item", "items")) : "none"))))))),
    said.filter(Boolean).join(" "));
  }

  page.views.overview = (main) => {
    const plots = known.plots;
    const drawn = [forgetting(plots.forgetting), leaks(plots.leaks), way(plots)].filter(Boolean);
    main.replaceChildren(...[lead(), remarks(), reading(), drawn.length > 0 && page.legend(known.models), ...drawn].filter(Boolean));
    return "Overview";
  };
}
