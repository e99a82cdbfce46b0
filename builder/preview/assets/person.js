"use strict";
// One person: all views side by side, the biography, the facts.
{
  const { make } = page;
  const CATEGORIES = ["identity", "contact", "work", "education", "finance", "health", "family", "preference"];
  const VIEWS = { reference: "Reference", train: "Train view", test: "Held-out view" };

  function trail(id) {
    const order = page.order?.includes(id) ? page.order : page.data.index.people.map((line) => line[0]);
    const place = order.indexOf(id);
    const step = (other, text, rel) => other && make("a", { href: `#/person/${other}`, rel, "data-step": rel }, text);
    return make("div", { class: "trail" }, make("a", { href: page.back ?? "#/" }, "← Everybody"),
      make("span", { class: "steps" }, step(order[place - 1], "← Previous", "prev"), make("span", { class: "figures" }, `${place + 1} of ${order.length}`), step(order[place + 1], "Next →", "next")));
  }

  // The biography with every fact's value marked; the marks are elements, the rest stays text.
  function biography(person) {
    const values = person.facts.filter((fact) => fact.v.length > 2).sort((a, b) => b.v.length - a.v.length);
    let pieces = [person.biography];
    for (const fact of values) {
      pieces = pieces.flatMap((piece) => {
        if (typeof piece !== "string") return [piece];
        const found = piece.split(fact.v);
        return found.flatMap((text, number) => (number ? [make("mark", { title: page.words(fact.k) }, fact.v), text] : [text]));
      });
    }
    return make("p", { class: "biography" }, pieces);
  }

  function looks(appearance) {
    const kept = Object.entries(appearance).flatMap(([key, value]) => (Array.isArray(value) ? value : value === "none" ? [] : [[key, value]]));
    return kept.map((each) => (Array.isArray(each) ? (/skin|eye|hair_colour/.test(each[0]) ? `${each[1]} ${page.words(each[0]).replace(" colour", "").replace(" tone", "")}${each[0] === "eye_colour" ? "s" : ""}` : /face/.test(each[0]) ? `${each[1]} face` : each[1]) : each));
  }

  function views(person, name) {
    return make("div", { class: "views" }, person.portraits.map((portrait) => {
      const scene = portrait.scene;
      const said = [scene.pose, scene.expression, scene.light, scene.background, scene.clothes, scene.framing].filter(Boolean).join(", ");
      const title = portrait.view === "reference" ? VIEWS.reference : `${VIEWS[portrait.view]} ${portrait.index + 1}`;
      return make("figure", { class: portrait.view },
        make("a", { href: portrait.file, target: "_blank" }, make("img", { src: portrait.file, alt: `${title} of ${name}: ${said}`, loading: "lazy", decoding: "async" })),
        make("figcaption", {}, make("b", {}, title), said));
    }));
  }

  function fact(each) {
    const search = `#/?${new URLSearchParams({ q: each.v })}`;
    return make("div", { class: each.a ? null : "unasked" }, make("dt", {}, page.words(each.k)),
      make("dd", {}, make("a", { href: search, title: `Who else has ${each.v}?` }, each.v),
        each.s && make("span", { class: "tag sensitive" }, "sensitive"), !each.a && make("span", { class: "tag" }, "not asked")));
  }

  function facts(person) {
    return make("div", { class: "facts" }, CATEGORIES.map((category) => {
      const own = person.facts.filter((each) => each.c === category && each.k !== "name");
      return own.length ? make("section", {}, make("h3", {}, category), make("dl", {}, own.map(fact))) : null;
    }));
  }

  // A source as a link; only addresses of the web become one.
  function linked(address, text) {
    return /^https?:/.test(address) ? make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, text) : text;
  }

  function source(each) {
    return make("span", {}, `${each.title}, by ${each.author}, `, linked(each.source_url, "source"), ", ", linked(each.licence_url, each.licence));
  }

  // Where the facts of a public figure come from; the picture's source stands beside the picture.
  function sources(person) {
    return make("ul", { class: "sources" }, person.sources.filter((each) => !each.sha1).map((each) => make("li", {}, source(each))));
  }

  // The source of a real person's picture.
  function credit(person) {
    return person.sources.find((each) => each.sha1);
  }

  // The portrait at the head of the page; a real person's says who made it, and on what terms.
  function portrait(reference, person, name) {
    const from = credit(person);
    const image = make("img", { class: "portrait", src: reference.file, alt: from ? `Portrait of ${name}` : `Portrait of ${name}: ${looks(person.appearance).join(", ")}` });
    return from ? make("figure", { class: "credited" }, image, make("figcaption", {}, source(from), ". Scaled down.")) : image;
  }

  function render(main, line, person) {
    const [id, name, locale, gender, age, segment] = line;
    const reference = person.portraits.find((portrait) => portrait.view === "reference") ?? person.portraits[0];
    const splits = page.splitsOf(segment);
    main.replaceChildren(trail(id),
      ...page.named(id).map(([finding, example]) => make("p", { class: "named" }, make("a", { href: `#/checks/${finding.check}` }, finding.title), `: ${example.text}`)),
      make("div", { class: "who" },
        reference ? portrait(reference, person, name) : make("div"),
        make("div", {}, make("h1", {}, name),
          make("p", { class: "soft", style: "margin-top:.6rem" }, `${locale ? `${gender === "female" ? "Woman" : "Man"}, ${age}, ${page.country(locale)}` : page.kindOf(line[5]) === "public_figures" ? "Public figure" : "Imported"} · ${id}`),
          make("div", { class: "chips" }, splits.map((split) => make("a", { class: `chip ${split.startsWith("forget") ? "forget" : "strong"}`, href: `#/?split=${split}` }, page.words(split)))),
          biography(person),
          make("div", { class: "soft small", style: "margin-top:1.1rem" }, locale ? looks(person.appearance).join(" · ") : sources(person)))),
      person.portraits.length && !credit(person) ? make("section", { class: "part" }, make("h2", {}, "Views"), views(person, name)) : "",
      person.facts.length ? make("section", { class: "part" }, make("h2", {}, "Facts"), facts(person)) : "",
      ...page.questions(person));
  }

  page.views.person = (main, query, id) => {
    const line = page.line(id);
    if (!line) {
      main.replaceChildren(make("p", { class: "notice" }, `There is no person ${id} here. `, make("a", { href: "#/" }, "Everybody")));
      return "Nobody";
    }
    page.load(id, `data/people/${id}.js`, (person) => {
      if (location.hash.startsWith(`#/person/${id}`)) {
        if (person) render(main, line, person);
        else main.replaceChildren(make("p", { class: "notice" }, `data/people/${id}.js is missing; build the page again.`));
      }
    });
    return line[1];
  };
}
