"use strict";
// Plots with two axes. Their widths are shares, as in the charts: text keeps its size whatever the screen.
{
  const { make, draw, percent } = page;
  const HEIGHT = 300;
  const LABEL = 14;
  const short = (value) => (Math.abs(value) >= 1000 ? page.number(Math.round(value)) : String(Number(value.toPrecision(3))));

  const ticks = (top) => [0, 0.25, 0.5, 0.75, 1].map((part) => part * top);

  // A frame from 0 to x.top and from 0 to y.top; `content(across, up)` draws into it.
  function frame(title, x, y, height, content) {
    const across = (value) => percent(value / x.top);
    const up = (value) => height * (1 - Math.min(1, Math.max(0, value / y.top)));
    return make("figure", { class: "plot" },
      make("div", { class: "field" }, draw("svg", { width: "100%", height: height + 38, role: "group", "aria-label": title, overflow: "visible" },
        ticks(y.top).map((value) => [draw("line", { class: "axis", x1: 0, x2: "100%", y1: up(value), y2: up(value) }), draw("text", { class: "tick", x: -8, y: up(value) + 4, "text-anchor": "end" }, short(value))]),
        ticks(x.top).map((value) => draw("text", { class: "tick", x: across(value), y: height + 16, "text-anchor": value === 0 ? "start" : value === x.top ? "end" : "middle" }, short(value))),
        draw("text", { class: "tick name", x: "50%", y: height + 34, "text-anchor": "middle" }, x.name),
        draw("text", { class: "tick name", x: 0, y: -8 }, y.name),
        content(across, up))));
  }

  // Names beside their points, moved down where they would stand on each other.
  function labels(points, across, up) {
    const taken = [];
    return [...points].sort((a, b) => b.at[1] - a.at[1]).map(({ model, at }) => {
      const left = at[0] > 0.8;
      const near = (y) => taken.some((each) => each.left === left && Math.abs(each.x - at[0]) < 0.2 && Math.abs(each.y - y) < LABEL);
      let y = up(at[1]) + 4;
      while (near(y)) y += LABEL;
      taken.push({ x: at[0], y, left });
      return draw("text", { class: "tick called", "data-model": model, x: across(at[0]), dx: left ? -11 : 11, y, "text-anchor": left ? "end" : "start" }, model);
    });
  }

  // Models as points, their seeds as small dots, and the aim where the oracle stands.
  page.scatter = (title, points, x, y) => frame(title, { top: 1, name: x }, { top: 1, name: y }, HEIGHT, (across, up) => {
    const aim = points.find((each) => each.model === "oracle");
    return [
      aim && [draw("line", { class: "aim", x1: across(aim.at[0]), x2: across(aim.at[0]), y1: 0, y2: HEIGHT }), draw("line", { class: "aim", x1: 0, x2: "100%", y1: up(aim.at[1]), y2: up(aim.at[1]) })],
      points.map(({ model, at, seeds }) => {
        const { kind, colour } = page.lookOf(model);
        return draw("g", { "data-model": model },
          seeds.map(([one, other]) => draw("circle", { class: "seed", cx: across(one), cy: up(other), r: 2.6, style: `--colour:${colour}` })),
          page.tip(page.mark(kind, colour, across(at[0]), up(at[1])), model, `${x}: ${at[0].toFixed(3)}`, `${y}: ${at[1].toFixed(3)}`));
      }),
      labels(points, across, up),
    ];
  });

  // Lines of points: {model, seed, points, dashed}. A line's points can be pointed at when there are few.
  page.lines = (title, lines, x, y, height = 200) => {
    const all = lines.flatMap((line) => line.points);
    const top = (place, unit) => (unit === "share" ? 1 : page.niceTop(Math.max(...all.map((point) => point[place])), unit));
    return frame(title, { top: top(0, x.unit), name: x.name }, { top: top(1, y.unit), name: y.name }, height, (across, up) => lines.map(({ model, seed, points, dashed, steps }) => {
      const { colour } = page.lookOf(model);
      return draw("g", { "data-model": model, style: `--colour:${colour}` },
        points.slice(1).map((point, number) => draw("line", { class: dashed ? "stretch dashed" : "stretch", x1: across(points[number][0]), y1: up(points[number][1]), x2: across(point[0]), y2: up(point[1]) })),
        points.length <= 40 && points.map((point, number) => page.tip(draw("circle", { class: "stop", cx: across(point[0]), cy: up(point[1]), r: number === points.length - 1 ? 4 : 2.6 }),
          seed ? `${model}, seed ${seed}` : model, ...(steps ? [`step ${steps[number]}`] : []), `${x.name}: ${short(point[0])}`, `${y.name}${dashed ? ` (${dashed})` : ""}: ${short(point[1])}`)));
    }));
  };
}
