"use strict";
// Charts, drawn as SVG whose lengths are percentages, so that they fit any width while their text keeps its size.
{
  const { make, draw, figure } = page;
  const percent = page.percent = (share) => `${(100 * Math.min(1, Math.max(0, share))).toFixed(2)}%`;

  const niceTop = page.niceTop = (value, unit) => {
    if (value <= 0 || (unit === "share" && value > 0.8)) return 1;
    const power = 10 ** Math.floor(Math.log10(value));
    return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((step) => step >= value * 1.02) ?? value;
  };

  // Words that stand beside an element while the pointer or the keyboard is on it; the same words for who hears them.
  let tip = null;
  page.tip = (element, ...lines) => {
    element.setAttribute("aria-label", lines.join(", "));
    const show = () => {
      tip?.remove();
      tip = make("div", { class: "tip", "aria-hidden": "true" }, lines.map((line) => make("div", {}, line)));
      document.body.append(tip);
      const at = element.getBoundingClientRect(), own = tip.getBoundingClientRect();
      const above = at.top - own.height - 8;
      tip.style.left = `${Math.max(8, Math.min(window.innerWidth - own.width - 8, at.left + at.width / 2 - own.width / 2))}px`;
      tip.style.top = `${above > 8 ? above : at.bottom + 8}px`;
    };
    const hide = () => tip?.remove();
    for (const [event, heard] of [["pointerenter", show], ["focus", show], ["pointerleave", hide], ["blur", hide]]) element.addEventListener(event, heard);
    return element;
  };

  // A mark of one kind at a place: x is a share of the width, y pixels.
  const SHAPES = {
    circle: () => draw("circle", { r: 5 }),
    square: () => draw("rect", { x: -5, y: -5, width: 10, height: 10 }),
    star: () => draw("path", { d: "M0-7.5 1.9-2.5 7.2-2.3 3-.9 4.4 6.1 0 3 -4.4 6.1-3 .9-7.2-2.3-1.9-2.5z" }),
    cross: () => draw("path", { d: "M-4.5-4.5 4.5 4.5M4.5-4.5-4.5 4.5", class: "stroked" }),
  };
  page.mark = (kind, colour, x = 0, y = 0) => draw("svg", { class: "mark", x, y, overflow: "visible", style: `--colour:${colour}` }, SHAPES[kind]());

  // Marks that would hide each other stand a little higher or lower.
  const STEPS = [0, -6, 6, -3, 3];
  const height = (marks, place, top) => 11 + STEPS[marks.slice(0, place).filter((each) => Math.abs(each.value - marks[place].value) < 0.02 * top).length % STEPS.length];

  // A line for every label with a mark for each of several series on it: rows of {label, href, marks}.
  page.dots = (rows, unit, top = 1) => make("div", { class: "rows" }, rows.map(({ label, href, marks }) => [
    href ? make("a", { href }, label) : make("span", {}, label),
    draw("svg", { class: "dots", width: "100%", height: 24, role: "group", "aria-label": label },
      draw("line", { class: "axis", x1: 0, x2: "100%", y1: 11, y2: 11 }),
      marks.map(({ name, kind, colour, value }, place) => draw("g", { "data-model": name }, page.tip(page.mark(kind, colour, percent(value / top), height(marks, place, top)), `${name}: ${figure(value, unit)}`, label)))),
    make("span", { class: "value" }),
  ]));

  // One figure on a line: its interval, itself, and the limit.
  page.bullet = (finding) => {
    const [low, high] = finding.interval.length ? finding.interval : [finding.figure, finding.figure];
    const top = niceTop(Math.max(high, finding.threshold, finding.figure), finding.unit);
    const limit = percent(finding.threshold / top);
    const text = `${finding.title}: ${figure(finding.figure, finding.unit)}, ${finding.wanted} ${figure(finding.threshold, finding.unit)}`;
    return draw("svg", { class: `bullet ${finding.passed ? "" : "beyond"}`, width: "100%", height: 36, role: "img", "aria-label": text },
      draw("line", { class: "axis", x1: 0, x2: "100%", y1: 12, y2: 12 }),
      draw("line", { class: "limit", x1: limit, x2: limit, y1: 2, y2: 24 }),
      draw("line", { class: "range", x1: percent(low / top), x2: percent(high / top), y1: 12, y2: 12 }),
      draw("circle", { class: "point", cx: percent(finding.figure / top), cy: 12, r: 5 }),
      draw("text", { class: "tick", x: 0, y: 34 }, "0"),
      draw("text", { class: "tick", x: "100%", y: 34, "text-anchor": "end" }, figure(top, finding.unit)));
  };

  const mark = (value, top, threshold, other) => {
    const limit = threshold === null ? null : percent(threshold / top);
    return draw("svg", { width: "100%", height: 18, class: value.passed ? null : "beyond", role: "presentation" },
      draw("line", { class: "axis", x1: 0, x2: "100%", y1: 9, y2: 9 }),
      limit && draw("line", { class: "limit", x1: limit, x2: limit, y1: 0, y2: 18 }),
      value.low !== null && draw("line", { class: "range", x1: percent(value.low / top), x2: percent(value.high / top), y1: 9, y2: 9 }),
      other && draw("circle", { class: "point other", cx: percent(other.figure / top), cy: 9, r: 4 }),
      draw("circle", { class: "point", cx: percent(value.figure / top), cy: 9, r: 4 }));
  };

  const label = (text) => (/^[a-z]{2,3}_[A-Z]{2}$/.test(text) ? page.country(text) : page.words(text));

  const row = (value, svg, unit) => [
    make("span", { class: value.passed ? null : "failed" }, label(value.label)),
    svg,
    make("span", { class: `value ${value.passed ? "" : "failed"}` }, figure(value.figure, unit)),
  ];

  // A point and its interval for every label; where a second series stands beside the first, its point is hollow.
  page.points = (finding, values, others, threshold) => {
    const top = niceTop(Math.max(...values.map((value) => value.high ?? value.figure), ...(others ?? []).map((value) => value.figure), threshold ?? 0), finding.unit);
    const second = new Map((others ?? []).map((value) => [value.label, value]));
    const rows = values.map((value) => row(value, mark(value, top, threshold, second.get(value.label)), finding.unit));
    const legend = others?.length && make("div", { class: "legend" },
      make("span", {}, draw("svg", { width: 9, height: 9 }, draw("circle", { class: "point", cx: 4.5, cy: 4.5, r: 4 })), values[0].series || "found"),
      make("span", {}, draw("svg", { width: 10, height: 10 }, draw("circle", { class: "point other", cx: 5, cy: 5, r: 4 })), others[0].series.replace(/^.*: /, "")));
    return make("div", {}, legend, make("div", { class: "rows" }, rows));
  };

  page.bars = (values, unit) => {
    const top = niceTop(Math.max(...values.map((value) => value.figure), 0.01), unit);
    return make("div", { class: "rows" }, values.map((value) => row(value,
      draw("svg", { width: "100%", height: 14, role: "presentation" },
        draw("rect", { class: "barred", x: 0, y: 3, height: 8, rx: 2, width: percent(value.figure / top) })), unit)));
  };

  // Labels down, series across; the further above chance, the deeper the colour.
  page.heat = (finding, chance) => {
    const labels = [...new Set(finding.values.map((value) => value.label))];
    const series = [...new Set(finding.values.map((value) => value.series))];
    const at = new Map(finding.values.map((value) => [`${value.label}|${value.series}`, value]));
    const [left, head, wide, high] = [148, 112, 40, 21];
    const cells = labels.flatMap((label, down) => series.map((name, across) => {
      const value = at.get(`${label}|${name}`);
      if (!value) return null;
      const depth = Math.min(1, Math.max(0, (value.figure - chance) / chance));
      const colour = value.passed ? "var(--accent)" : "var(--alarm)";
      const [x, y] = [left + across * wide, head + down * high];
      return draw("g", {},
        draw("title", {}, `${page.words(label)}, ${name}: ${figure(value.figure, "share")}, certainly between ${figure(value.low, "share")} and ${figure(value.high, "share")}`),
        draw("rect", { x: x + 1, y: y + 1, width: wide - 2, height: high - 2, rx: 3, style: `fill:color-mix(in srgb, ${colour} ${Math.round(6 + 74 * depth)}%, var(--sunk))` }),
        draw("text", { x: x + wide / 2, y: y + 14.5, "text-anchor": "middle", "font-weight": value.passed ? 400 : 700 }, (100 * value.figure).toFixed(0)));
    }));
    const size = { width: left + series.length * wide + 60, height: head + labels.length * high };
    return make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `${finding.title}: share of right guesses in percent, by fact and solver` },
      draw("svg", { ...size, class: "grid" },
        labels.map((label, down) => draw("text", { class: "label", x: left - 8, y: head + down * high + 14.5, "text-anchor": "end" }, page.words(label))),
        series.map((name, across) => draw("text", { class: "label", transform: `translate(${left + across * wide + 22} ${head - 8}) rotate(-48)` }, name)),
        cells));
  };
}
