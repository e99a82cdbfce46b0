"use strict";
// One item: the question, its picture, its truth, what was answered, and where else the same fact is asked for.
{
  const { make } = page;

  const chip = (text, kind) => make("span", { class: `chip ${kind ?? ""}` }, text);

  function options(item) {
    return make("ol", { class: "options" }, item.options.map((each, place) => make("li", { class: "ABCD"[place] === item.letter ? "right" : null }, make("i", {}, "ABCD"[place]), each)));
  }

  function truth(item) {
    if (item.options.length) return options(item);
    return make("p", { class: "truth" }, make("span", { class: "soft" }, "True: "), page.marked(item.truth, item.value), !item.truth.toLowerCase().includes(item.value.toLowerCase()) && make("span", { class: "soft" }, ` The value is ${item.value}.`));
  }

  // The same fact in other sets, tasks and modalities, each with who was right.
  function elsewhere(item, view) {
    const others = page.siblings(item.place);
    if (!others.length) return null;
    return make("section", { class: "beside" }, make("h3", {}, "The same fact in other questions"),
      make("ul", { class: "elsewhere" }, others.map((place) => {
        const other = page.item(place);
        return make("li", {}, make("a", { href: page.address({ seed: view.query.seed, person: other.person, fact: `${other.category}/${other.fact}`, item: other.key }) },
          make("span", { class: "q" }, other.question.replace(/\s+/g, " ")), make("span", { class: "meta" }, `${page.word(other.set)} · ${page.word(other.task)} · ${page.word(other.modality)}`)),
        make("span", { class: "marks" }, view.said.map((answer) => page.verdict(answer.verdicts[place], answer.model))));
      })));
  }

  page.showItem = (place, view) => {
    const item = page.item(place);
    const filter = (part, text) => make("a", { href: page.address({ seed: view.query.seed, ...part }) }, text);
    return make("article", { class: "item" },
      make("div", { class: "chips" }, chip(page.word(item.set), page.data.overview.forgetting.includes(item.set) ? "forget" : "strong"), chip(page.word(item.task)), chip(page.word(item.modality)),
        make("span", { class: "soft small about" }, filter({ person: item.person }, item.name), " · ", filter({ fact: `${item.category}/${item.fact}` }, page.words(item.fact)), ", ", filter({ fact: `${item.category}/` }, item.category))),
      make("div", { class: item.picture >= 0 ? "shown" : null }, item.picture >= 0 && page.picture(item.picture, `Portrait of ${item.name}`),
        make("div", {}, make("h2", { class: "question" }, item.question), truth(item))),
      page.heldBack(place, page.seedOf(view.query)) && make("p", { class: "aside" }, "Vanilla does not know this fact in this modality, so no forgetting score includes the item."),
      item.implied.length > 0 && make("p", { class: "aside" }, `It may be guessed from: ${item.implied.map(page.words).join(", ")}.`),
      page.answersTable(item, view.said), page.controlsTable(item, view.said), elsewhere(item, view),
      make("p", { class: "soft small" }, item.key));
  };
}
