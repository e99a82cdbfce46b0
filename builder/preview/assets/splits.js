"use strict";
// How the people are divided: every config as the segments it is made of, all on one line of people.
{
  const { make, draw, number } = page;
  const WORDS = {
    train: "everyone a model is trained on before unlearning",
    test: "the trained people again, in held-out wording and held-out views",
    holdout: "people no model is trained on: the non-members of membership inference",
    public_figures: "real people of the past, whom a model knows or not from before",
  };

  const meaning = (name) => WORDS[name] ?? (name.startsWith("forget") ? `people to forget: ${name.split("_")[1]} % of the trained people` : `people to retain: the complement of forget_${100 - name.split("_")[1]}`);

  page.views.splits = (main) => {
    const { segments, configs } = page.data.index;
    const total = Object.values(segments).reduce((sum, count) => sum + count, 0);
    const starts = {};
    let start = 0;
    for (const [name, count] of Object.entries(segments)) {
      starts[name] = start;
      start += count;
    }
    const share = (count) => `${((100 * count) / total).toFixed(3)}%`;
    const colour = (name) => (name.startsWith("forget") ? "forget" : ["holdout", "public_figures"].includes(name) ? "held" : "in");
    const rows = Object.entries(configs).map(([name, parts]) => {
      const people = parts.reduce((sum, part) => sum + segments[part], 0);
      return [
        name === "test" ? make("span", {}, name) : make("a", { href: `#/?split=${name}` }, name),
        draw("svg", { role: "img", "aria-label": `${name}: ${people} of ${total} people` }, parts.map((part) => draw("rect", { class: colour(name), x: share(starts[part]), width: share(segments[part]), height: "100%" }))),
        make("span", { class: "people" }, number(people)),
      ];
    });
    main.replaceChildren(
      make("div", { class: "lead" }, make("h1", {}, "Splits"), make("p", {}, `Each line shows all ${number(total)} people, from left to right; its bar shows who is in the split. Forget sets are nested, and no row is stored twice.`)),
      make("div", { class: "map" }, rows),
      make("dl", { class: "words" }, Object.keys(configs).map((name) => [make("dt", {}, name), make("dd", {}, meaning(name))])));
    return "Splits";
  };
}
