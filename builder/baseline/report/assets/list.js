"use strict";
// The list of items: of thousands only those on the screen exist. A column of marks a model says who was right.
{
  const { make } = page;
  const HIGH = 76, HEAD = 28; // as .line and .heads in items.css
  const MANY = 6; // models, above which marks are small
  const SIGNS = { r: ["right", "✓"], w: ["wrong", "✗"], f: ["follows", "→"], n: ["unmeasured", "?"], "-": ["unasked", ""] };

  page.verdict = (letter, words) => make("span", { class: `verdict ${SIGNS[letter][0]}`, title: words ?? SIGNS[letter][0] }, SIGNS[letter][1]);

  page.picture = (place, words) => {
    const source = page.source(place);
    return source ? make("img", { class: "thumb", src: source, alt: words, loading: "lazy", decoding: "async" }) : make("span", { class: "thumb" });
  };

  function line(place, number, list) {
    const item = page.item(place);
    const chosen = place === list.chosen;
    return make("a", { class: "line", href: page.address({ ...list.query, item: item.key }), "aria-current": chosen ? "true" : null, "data-number": number, tabindex: chosen ? 0 : -1,
      onclick: (event) => {
        event.preventDefault();
        list.choose(number);
      } },
      item.picture >= 0 ? page.picture(item.picture, "") : make("span", { class: "thumb by-name", "aria-hidden": "true" }, "Aa"),
      make("span", { class: "asking" }, make("span", { class: "q" }, item.question.replace(/\s+/g, " ")), make("span", { class: "meta" }, `${item.name} · ${page.words(item.fact)} · ${page.word(item.set)}`)),
      make("span", { class: list.said.length > MANY ? "marks many" : "marks" }, list.said.map((answer) => page.verdict(answer.verdicts[place], `${answer.model}: ${SIGNS[answer.verdicts[place]][0]}`))));
  }

  // The box is as high as all lines would be; `list` is {found, chosen, query, said, choose}.
  page.list = (list) => {
    const lines = make("div", { class: "lines" });
    const sheet = make("div", { class: "all", style: `height:${list.found.length * HIGH}px` }, lines);
    const head = make("div", { class: list.said.length > MANY ? "heads many" : "heads" }, list.said.map((answer) => make("span", { title: answer.model }, page.badge(answer.model))));
    const box = make("div", { class: "list", role: "group", "aria-label": "Items" }, head, sheet);
    let first = -1, last = -1;
    const layOut = (force) => {
      const top = Math.max(0, Math.floor(box.scrollTop / HIGH) - 4);
      const end = Math.min(list.found.length, Math.ceil((box.scrollTop + box.clientHeight) / HIGH) + 4);
      if (!force && top === first && end === last) return;
      const focused = lines.contains(document.activeElement);
      [first, last] = [top, end];
      lines.style.transform = `translateY(${top * HIGH}px)`;
      lines.replaceChildren(...list.found.slice(top, end).map((place, number) => line(place, top + number, list)));
      if (focused) lines.querySelector('[aria-current="true"]')?.focus({ preventScroll: true });
    };
    box.addEventListener("scroll", () => layOut(false), { passive: true });
    const show = () => {
      const number = list.found.indexOf(list.chosen);
      if (number * HIGH < box.scrollTop) box.scrollTop = number * HIGH;
      else if (HEAD + (number + 1) * HIGH > box.scrollTop + box.clientHeight) box.scrollTop = HEAD + (number + 1) * HIGH - box.clientHeight;
      layOut(true);
    };
    return { box, show };
  };
}
