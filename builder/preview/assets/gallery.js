"use strict";
// What the views of the gallery share: data that arrives as scripts, faces, splits and findings.
Object.assign(page, {
  waiting: {},

  // Loads data/PATH once and calls back with what it holds, or with null when the file is missing.
  load(name, path, done) {
    if (name in page.data) return done(page.data[name]);
    if (page.waiting[name]) return page.waiting[name].push(done);
    page.waiting[name] = [done];
    const script = document.createElement("script");
    const finish = () => {
      const listeners = page.waiting[name];
      delete page.waiting[name];
      script.remove();
      for (const each of listeners) each(page.data[name] ?? null);
    };
    script.onload = finish;
    script.onerror = finish;
    script.src = path;
    document.head.append(script);
  },

  kindOf(segment) {
    return segment.startsWith("forget") ? "forget" : segment;
  },

  // The configs whose rows a segment's people stand in, the test set aside.
  splitsOf(segment) {
    return Object.entries(page.data.index.configs)
      .filter(([name, segments]) => name !== "test" && segments.includes(segment))
      .map(([name]) => name);
  },

  // A thumbnail, cut from the contact sheet that it stands on.
  face(line) {
    const { columns, rows } = page.data.index.sheet;
    const [sheet, cell] = [line[6], line[7]];
    const down = rows[sheet];
    const x = columns > 1 ? ((cell % columns) / (columns - 1)) * 100 : 0;
    const y = down > 1 ? (Math.floor(cell / columns) / (down - 1)) * 100 : 0;
    const image = `sheets/${String(sheet).padStart(4, "0")}.webp`;
    const style = `background-image:url(${image});background-size:${columns * 100}% ${down * 100}%;background-position:${x}% ${y}%`;
    return page.make("span", { class: "face", style, role: "img", "aria-label": `Portrait of ${line[1]}` });
  },

  line(id) {
    page.lines ??= new Map(page.data.index.people.map((line) => [line[0], line]));
    return page.lines.get(id);
  },

  // The failed findings that name a person among their worst examples, as [finding, example].
  named(id) {
    if (!page.byPerson) {
      page.byPerson = new Map();
      for (const finding of page.data.audit?.findings ?? []) {
        if (finding.passed) continue;
        for (const example of finding.worst) {
          if (!page.byPerson.has(example.id)) page.byPerson.set(example.id, []);
          page.byPerson.get(example.id).push([finding, example]);
        }
      }
    }
    return page.byPerson.get(id) ?? [];
  },
});
