"use strict";
// A person's questions: evaluation wording beside held-out wording, and what training teaches, fact by fact.
{
  const { make, words } = page;
  const MODALITIES = { image_text: "with the picture", text: "with the name" };
  const taskOf = (question) => page.data.index.tasks[question.t];

  function wording(title, question) {
    if (!question) return make("div", { class: "wording" }, make("h4", {}, title), make("p", { class: "soft" }, "none"));
    const options = question.o && make("ol", {}, question.o.map((option, place) => {
      const letter = "ABCD"[place], right = letter === question.l;
      return make("li", { class: right ? "right" : null }, make("i", {}, letter), make("span", {}, option, right && make("span", { class: "hidden" }, " (right)")));
    }));
    const answer = !question.o && make("p", { class: "a" }, "→ ", make("b", {}, question.w));
    const wrong = question.x && make("details", {}, make("summary", {}, `${question.x.length} wrong answers`), question.x.map((each) => make("div", {}, each)));
    return make("div", { class: "wording" }, make("h4", {}, title), make("p", { class: "q" }, question.q), options, answer, wrong);
  }

  function asked(evaluation, heldOut) {
    const question = evaluation ?? heldOut;
    return make("article", { class: "asked" },
      make("div", { class: "about" }, make("b", {}, words(question.f)), make("span", { class: "soft" }, `${taskOf(question)}, ${MODALITIES[question.m]}`)),
      wording("Evaluation", evaluation), wording("Held out", heldOut));
  }

  function pairs(person) {
    const key = (question) => [question.f, question.t, question.m].join("|");
    const heldOut = new Map(person.questions.filter((each) => each.u === "paraphrase").map((each) => [key(each), each]));
    const shown = person.questions.filter((each) => each.u === "eval").map((each) => {
      const other = heldOut.get(key(each));
      heldOut.delete(key(each));
      return asked(each, other);
    });
    return [...shown, ...[...heldOut.values()].map((each) => asked(undefined, each))];
  }

  function taught(fact, questions) {
    return make("details", { class: "taught" }, make("summary", {}, make("span", {}, words(fact)), make("span", { class: "soft" }, `${questions.length} wordings`)),
      make("ul", {}, questions.map((each) => make("li", {}, make("span", { class: "soft" }, `${taskOf(each)}, ${MODALITIES[each.m]}`),
        make("span", {}, each.q, " → ", make("b", {}, each.o ? `${each.l}. ${each.w}` : each.w))))));
  }

  page.questions = (person) => {
    const training = new Map();
    for (const each of person.questions.filter((question) => question.u === "train")) {
      if (!training.has(each.f)) training.set(each.f, []);
      training.get(each.f).push(each);
    }
    const evaluation = pairs(person);
    return [
      make("section", { class: "part" }, make("h2", {}, "Questions"),
        make("p", { class: "soft" }, evaluation.length ? "Each asks for one fact; the test set asks for it again in held-out wording, with held-out views." : "None."), evaluation),
      make("section", { class: "part" }, make("h2", {}, "What training teaches"), [...training].map(([fact, questions]) => taught(fact, questions))),
    ];
  };
}
