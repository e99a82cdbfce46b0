"use strict";
// What the models said to one item, and to the same item with somebody else put in.
{
  const { make } = page;
  const LETTERS = ["A", "B", "C", "D"];
  const KINDS = { swap_four: "another of the quartet", swap_any: "anybody else", blank: "nobody", options_only: "the options alone" };
  const MEANING = { r: "right", w: "wrong", f: "true of the person put in", n: "not a number (NaN), left out of all figures", "-": "not asked" };

  // A text in which a value is marked wherever it stands; the rest stays as it was written.
  const marked = page.marked = (text, value) => {
    const low = text.toLowerCase(), wanted = value.toLowerCase();
    const pieces = [];
    let from = 0;
    for (let at = wanted ? low.indexOf(wanted) : -1; at >= 0 && low.length === text.length; at = low.indexOf(wanted, from)) {
      pieces.push(text.slice(from, at), make("mark", {}, text.slice(at, at + wanted.length)));
      from = at + wanted.length;
    }
    return [...pieces, text.slice(from)];
  };

  const likeliest = (shares) => shares.slice(0, 4).indexOf(Math.max(...shares.slice(0, 4)));
  const percent = (mille) => (mille >= 995 ? "100" : mille >= 10 || mille === 0 ? String(Math.round(mille / 10)) : (mille / 10).toFixed(1));

  function bars(shares, item) {
    return make("span", { class: "bars" }, LETTERS.map((letter, place) => make("span", { class: `bar-of ${letter === item.letter ? "true" : ""} ${place === likeliest(shares) ? "top" : ""}`, title: `${letter}: ${item.options[place] ?? ""}, ${percent(shares[place])} % of the four options` },
      make("i", { style: `width:${(shares[place] / 10).toFixed(1)}%` }), make("b", {}, letter), make("span", {}, percent(shares[place])))));
  }

  function choice(item, answer, place) {
    const shares = answer.options[place];
    if (!shares) return make("span", { class: "soft" }, "no choice");
    const top = likeliest(shares), said = page.output(answer, place);
    const whole = shares[4] < 900 && `together the four options have ${percent(shares[4])} % of the probability`;
    const other = said !== null && !said.trim().toUpperCase().startsWith(LETTERS[top]) && `when asked for the letter, it wrote “${said}”`;
    return [make("span", { class: "picked" }, make("b", {}, LETTERS[top]), " ", item.options[top] ?? ""), (whole || other) && make("span", { class: "aside" }, [other, whole].filter(Boolean).join("; "))];
  }

  function written(item, answer, place, values) {
    const said = page.output(answer, place);
    if (item.set === "known") return make("span", {}, answer.verdicts[place] === "r" ? "the training answer, word for word" : answer.verdicts[place] === "w" ? "not the training answer" : "");
    if (said === null) return make("span", { class: "soft" }, "nothing written");
    const value = values.find((each) => each && said.toLowerCase().includes(each.toLowerCase())) ?? "";
    return [said.trim() ? make("span", { class: "said" }, marked(said, value)) : make("span", { class: "soft" }, "an empty answer"), answer.cut.includes(place) && make("span", { class: "aside" }, "cut at the limit")];
  }

  const asked = (said, place) => said.filter((answer) => answer.verdicts[place] !== "-");

  page.answersTable = (item, said) => {
    const chosen = item.options.length > 0, place = item.place;
    const judged = said.some((answer) => answer.marks?.[place]);
    const rows = asked(said, place).map((answer) => make("tr", { class: answer.verdicts[place] === "r" ? "right" : null },
      make("th", { scope: "row" }, page.badge(answer.model), answer.model), make("td", {}, page.verdict(answer.verdicts[place], MEANING[answer.verdicts[place]])),
      make("td", { class: "answer" }, chosen ? choice(item, answer, place) : written(item, answer, place, [item.value])),
      chosen ? make("td", { class: "shares" }, answer.options[place] ? bars(answer.options[place], item) : null)
        : make("td", { class: "figures soft" }, answer.truth[place] < 0 ? "" : (answer.truth[place] / 1000).toFixed(3)),
      judged && make("td", { class: "figures soft" }, answer.marks?.[place] ? answer.marks[place].join(" / ") : "")));
    return make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "What the models answered" }, make("table", { class: "said-by" },
      make("thead", {}, make("tr", {}, make("td"), make("td"), make("th", { scope: "col" }, chosen ? "likeliest option" : item.set === "known" ? "by greedy decoding" : "answer"),
        make("th", { scope: "col", title: chosen ? "relative probabilities of the four options, in percent" : "of the true answer, per token" }, chosen ? "probabilities" : "p(truth)"),
        judged && make("th", { scope: "col" }, "factuality / relevance"))),
      make("tbody", {}, rows)));
  };

  function head(control, item) {
    return make("th", { scope: "col" }, make("span", { class: "put" },
      control.picture >= 0 && page.picture(control.picture, control.name ? `Portrait of ${control.name}` : "A grey picture"),
      make("span", {}, make("span", { class: "kind" }, KINDS[control.kind] ?? page.words(control.kind)), control.name && make("b", {}, control.name),
        control.value && make("span", { class: "soft" }, "truth: ", make("em", {}, control.value)), !control.name && item.modality === "text" && control.question && make("span", { class: "soft" }, control.question))));
  }

  // A row a model, a column a control; what is right is what is true of the person, whoever is put in.
  page.controlsTable = (item, said) => {
    const controls = page.controlsOf(item.place);
    if (!controls.length) return null;
    const cell = (answer, place, values) => make("td", {}, answer.verdicts[place] !== "-" && [page.verdict(answer.verdicts[place], MEANING[answer.verdicts[place]]), " ",
      item.options.length ? (answer.options[place] ? [make("b", {}, LETTERS[likeliest(answer.options[place])]), " ", item.options[likeliest(answer.options[place])]] : "") : written(item, answer, place, values)]);
    return make("section", { class: "beside" }, make("h3", {}, "The same item with another person put in"),
      make("p", { class: "soft small" }, "✓ true of ", item.name, ", → true of the person put in, ✗ neither."),
      make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "The same item with another person put in" }, make("table", { class: "swapped" },
        make("thead", {}, make("tr", {}, make("td"), make("th", { scope: "col" }, make("span", { class: "put" }, item.picture >= 0 && page.picture(item.picture, `Portrait of ${item.name}`),
          make("span", {}, make("span", { class: "kind" }, "the person"), make("b", {}, item.name), make("span", { class: "soft" }, "truth: ", make("em", {}, item.value))))), controls.map((control) => head(control, item)))),
        make("tbody", {}, asked(said, item.place).map((answer) => make("tr", {}, make("th", { scope: "row" }, page.badge(answer.model), answer.model), cell(answer, item.place, [item.value]),
          controls.map((control) => cell(answer, control.place, [control.value, item.value]))))))));
  };
}
