"use strict";
// The items: columns of numbers made into words again, and which of them a query leaves.
{
  const data = page.data.items;
  const { items, controls, strings, answers } = data;
  const own = page.data.overview;
  const size = items.id.length;
  const text = (place) => (place < 0 ? "" : strings[place]);
  const WORDS = {
    ...own.tasks,
    image_text: "with the picture", text: "by name",
    views: "held-out views", known: "the gate's questions", public_figures: "public figures",
  };

  // The gate's questions are put to vanilla alone and stand in no score: they are found where they are asked for.
  const gate = strings.indexOf("known");
  page.usual = items.set.filter((set) => set !== gate).length;

  page.word = (key) => WORDS[key] ?? page.words(key);
  page.size = size;
  page.seeds = [...new Set(answers.map((each) => each.seed))];

  page.item = (place) => ({
    place, set: text(items.set[place]), id: text(items.id[place]), key: `${text(items.set[place])}/${text(items.id[place])}`,
    person: text(items.person[place]), name: data.people[text(items.person[place])], fact: text(items.fact[place]), category: text(items.category[place]),
    task: text(items.task[place]), modality: text(items.modality[place]), question: text(items.question[place]), truth: text(items.truth[place]),
    value: text(items.value[place]), letter: text(items.letter[place]), options: items.options[place].map(text), implied: items.implied[place].map(text), picture: items.picture[place],
  });

  const children = new Map();
  controls.parent.forEach((parent, number) => children.set(parent, [...(children.get(parent) ?? []), number]));
  page.controlsOf = (place) => (children.get(place) ?? []).map((number) => ({
    place: size + number, kind: text(controls.kind[number]), other: text(controls.other[number]), name: data.people[text(controls.other[number])],
    value: text(controls.value[number]), letter: text(controls.letter[number]), question: text(controls.question[number]), picture: controls.picture[number],
  }));

  page.source = (picture) => (data.pictures[picture] ? `data:image/webp;base64,${data.pictures[picture]}` : null);

  // What the models of a seed said, in the order of the models.
  page.answersOf = (seed) => own.models.map((model) => answers.find((each) => each.seed === seed && each.model === model)).filter(Boolean);
  page.output = (answer, place) => (answer.outputs[place] < 0 ? null : strings[answer.outputs[place]]);

  let byKey = null;
  page.placeOf = (key) => {
    byKey ??= new Map(items.id.map((id, place) => [`${text(items.set[place])}/${text(id)}`, place]));
    return byKey.get(key) ?? -1;
  };

  let byFact = null;
  page.siblings = (place) => {
    const fact = (each) => `${items.person[each]}/${items.fact[each]}`;
    if (!byFact) {
      byFact = new Map();
      for (let each = 0; each < size; each += 1) {
        if (!byFact.has(fact(each))) byFact.set(fact(each), []);
        byFact.get(fact(each)).push(each);
      }
    }
    return byFact.get(fact(place)).filter((each) => each !== place);
  };

  // Facts that vanilla does not know leave the scores of the sets to be forgotten.
  const unknown = Object.fromEntries(Object.entries(own.unknown).map(([seed, keys]) => [seed, new Set(keys)]));
  page.heldBack = (place, seed) => own.forgetting.includes(text(items.set[place])) &&
    (unknown[seed]?.has(`${text(items.person[place])}/${text(items.fact[place])}/${text(items.modality[place])}`) ?? false);

  // Where a term stands: texts are looked through once, and an item has it when one of its texts, or answers, does.
  let folded = null;
  function holding(term) {
    folded ??= strings.map(page.fold);
    return folded.map((each) => each.includes(term));
  }

  function finds(query, seed) {
    const terms = page.fold(query.q ?? "").split(/\s+/).filter(Boolean);
    const said = page.answersOf(seed);
    const held = terms.map((term) => {
      const has = holding(term);
      const people = new Set(Object.entries(data.people).filter(([, name]) => page.fold(name).includes(term)).map(([id]) => id));
      return (place) => has[items.question[place]] || has[items.value[place]] || has[items.truth[place]] || has[items.fact[place]] || has[items.id[place]] || people.has(text(items.person[place])) ||
        items.options[place].some((each) => has[each]) || said.some((answer) => answer.outputs[place] >= 0 && has[answer.outputs[place]]);
    });
    return (place) => held.every((each) => each(place));
  }

  const PUT = {
    with: (place) => children.has(place),
    right: (place, said) => page.controlsOf(place).some((control) => control.kind === "swap_four" && said.some((answer) => answer.verdicts[control.place] === "r")),
    follows: (place, said) => page.controlsOf(place).some((control) => control.kind.startsWith("swap") && said.some((answer) => answer.verdicts[control.place] === "f")),
  };

  const named = (names) => new Set((names ?? "").split(",").filter(Boolean));

  // The items that a query leaves. `fact` is category/fact, or category/ for all of its facts; `right` and `wrong` name
  // models with commas between; `put` is asked of those models that are named there, or of all.
  page.matches = (query) => {
    const seed = page.seedOf(query), said = page.answersOf(seed);
    const right = named(query.right), wrong = named(query.wrong);
    const [category, fact] = (query.fact ?? "").split("/");
    const asked = said.filter((answer) => right.has(answer.model) || wrong.has(answer.model));
    const has = finds(query, seed);
    const found = [];
    for (let place = 0; place < size; place += 1) {
      if (query.set ? text(items.set[place]) !== query.set : items.set[place] === gate) continue;
      if (query.person && text(items.person[place]) !== query.person) continue;
      if (category && text(items.category[place]) !== category) continue;
      if (fact && text(items.fact[place]) !== fact) continue;
      if (query.task && text(items.task[place]) !== query.task) continue;
      if (query.modality && text(items.modality[place]) !== query.modality) continue;
      if (query.known && page.heldBack(place, seed) !== (query.known === "no")) continue;
      if (asked.length < right.size + wrong.size || asked.some((answer) => (right.has(answer.model) ? answer.verdicts[place] !== "r" : answer.verdicts[place] !== "w"))) continue;
      if (query.put && !PUT[query.put]?.(place, asked.length ? asked : said)) continue;
      if (!has(place)) continue;
      found.push(place);
    }
    return found;
  };

  page.seedOf = (query) => (page.seeds.includes(Number(query.seed)) && query.seed ? Number(query.seed) : page.seeds[0]);

  page.address = (query) => {
    const address = new URLSearchParams(Object.entries(query).filter(([, value]) => value)).toString().replaceAll("%2F", "/").replaceAll("%2C", ",");
    return address ? `#/items?${address}` : "#/items";
  };

  // Where reading may begin, a row a model: what it gets right of the forget set, also with another put in, and wrong of
  // the retain set; of a method what vanilla got right before. A query each, with how many items it leaves.
  page.firstReads = () => {
    const names = page.answersOf(page.seeds[0]).map((each) => each.model).filter((name) => name !== "untrained");
    const before = names.includes("vanilla") ? "vanilla" : "";
    return names.map((name) => {
      const method = before !== "" && !["vanilla", "oracle"].includes(name);
      const queries = [
        { set: "forget", right: method ? `${before},${name}` : name }, { set: "forget", right: name, put: "right" }, { set: "retain", right: method ? before : "", wrong: name },
      ];
      return { name, method, reads: queries.map((query) => ({ query, items: page.matches(query).length })) };
    });
  };

  // What is left out of a page that would be too large.
  page.sampled = () => {
    const less = Object.entries(data.shown).filter(([, [shown, all]]) => shown < all).map(([name, [shown, all]]) => `${page.number(shown)} of ${page.number(all)} of ${page.word(name)}`);
    return less.length ? `The sets about forgotten people are complete here. To keep the page small, it holds ${less.join(", ")}: people to forget first, then those with controls, then by number. results.parquet has all.` : "";
  };
}
