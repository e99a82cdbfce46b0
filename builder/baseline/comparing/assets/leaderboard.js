"use strict";
// The leaderboard: a table that is sorted by the column whose name is pressed.
{
  const { make } = page;
  const board = JSON.parse(document.getElementById("board").textContent);
  const REFERENCES = ["untrained", "vanilla", "oracle"];
  const LAST = Infinity; // what has no figure

  const words = ["method", "run", "model", "release"].map((name) => ({ label: name, word: true, text: (row) => row[name], rank: (row) => row[name] }));
  const scores = board.columns.map(({ path, label, best }) => ({
    label,
    text: (row) => row.cells[path] ?? "–",
    rank: (row) => {
      const score = row.scores[path];
      const value = score && (best === "nearest" ? score.distance_to_oracle : score.mean);
      if (value === null || value === undefined) return LAST;
      return best === "nearest" ? Math.abs(value) : best === "most" ? -value : value;
    },
  }));
  const columns = [
    ...words,
    { label: "seeds", text: (row) => String(row.seeds), rank: (row) => -row.seeds },
    ...scores,
    { label: "utility kept", text: (row) => `${Math.round(100 * row.kept)} %`, rank: (row) => -row.kept },
  ];
  const before = (one, other) => (one < other ? -1 : Number(one > other));

  function draw(chosen) {
    const rows = chosen ? [...board.rows].sort((a, b) => before(chosen.rank(a), chosen.rank(b))) : board.rows;
    const head = columns.map((column) => make("th", { scope: "col", class: column.word && "word", "aria-sort": column === chosen && "ascending" },
      make("button", { type: "button", onclick: () => draw(column) }, column.label)));
    const body = rows.map((row) => make("tr", { class: REFERENCES.includes(row.method) ? "reference" : !row.keeps && "lost" },
      columns.map((column, place) => make(place ? "td" : "th", { scope: !place && "row", class: column.word && "word" }, column.text(row)))));
    holder.replaceChildren(make("table", { class: "scores board" }, make("thead", {}, make("tr", {}, head)), make("tbody", {}, body)));
  }

  const holder = make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Leaderboard" });
  document.getElementById("main").append(holder);
  draw(null);
}
