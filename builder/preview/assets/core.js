"use strict";
// What all views share: data that arrives as scripts, elements that are made from text and never from markup.
const gallery = {
  data: {},
  waiting: {},
  views: {},

  receive(name, value) {
    gallery.data[name] = value;
  },

  // Loads data/PATH once and calls back with what it holds, or with null when the file is missing.
  load(name, path, done) {
    if (name in gallery.data) return done(gallery.data[name]);
    if (gallery.waiting[name]) return gallery.waiting[name].push(done);
    gallery.waiting[name] = [done];
    const script = document.createElement("script");
    const finish = () => {
      const listeners = gallery.waiting[name];
      delete gallery.waiting[name];
      script.remove();
      for (const each of listeners) each(gallery.data[name] ?? null);
    };
    script.onload = finish;
    script.onerror = finish;
    script.src = path;
    document.head.append(script);
  },

  // An element: properties starting with "on" are listeners, the others attributes; children are nodes or text.
  make(tag, properties, ...children) {
    return gallery.fill(document.createElement(tag), properties, children);
  },

  draw(tag, properties, ...children) {
    return gallery.fill(document.createElementNS("http://www.w3.org/2000/svg", tag), properties, children);
  },

  fill(element, properties, children) {
    for (const [key, value] of Object.entries(properties ?? {})) {
      if (value === null || value === undefined || value === false) continue;
      if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
      else element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== false));
    return element;
  },

  fold(text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/ł/g, "l").replace(/ø/g, "o");
  },

  number(value) {
    return value.toLocaleString("en-US");
  },

  figure(value, unit) {
    if (unit === "share") return `${(100 * value).toFixed(1)} %`;
    return Number.isInteger(value) ? gallery.number(value) : value.toFixed(2);
  },

  country(locale) {
    try {
      return new Intl.DisplayNames(["en"], { type: "region" }).of(locale.slice(-2));
    } catch {
      return locale;
    }
  },

  words(key) {
    return key.replace(/_/g, " ");
  },

  kindOf(segment) {
    return segment.startsWith("forget") ? "forget" : segment;
  },

  // The configs whose rows a segment's people stand in, the test set aside.
  splitsOf(segment) {
    return Object.entries(gallery.data.index.configs)
      .filter(([name, segments]) => name !== "test" && segments.includes(segment))
      .map(([name]) => name);
  },

  // A thumbnail, cut from the contact sheet that it stands on.
  face(line) {
    const { columns, rows } = gallery.data.index.sheet;
    const [sheet, cell] = [line[6], line[7]];
    const down = rows[sheet];
    const x = columns > 1 ? ((cell % columns) / (columns - 1)) * 100 : 0;
    const y = down > 1 ? (Math.floor(cell / columns) / (down - 1)) * 100 : 0;
    const image = `sheets/${String(sheet).padStart(4, "0")}.webp`;
    const style = `background-image:url(${image});background-size:${columns * 100}% ${down * 100}%;background-position:${x}% ${y}%`;
    return gallery.make("span", { class: "face", style, role: "img", "aria-label": `Portrait of ${line[1]}` });
  },

  line(id) {
    gallery.lines ??= new Map(gallery.data.index.people.map((line) => [line[0], line]));
    return gallery.lines.get(id);
  },

  // The failed findings that name a person among their worst examples, as [finding, example].
  named(id) {
    if (!gallery.byPerson) {
      gallery.byPerson = new Map();
      for (const finding of gallery.data.audit?.findings ?? []) {
        if (finding.passed) continue;
        for (const example of finding.worst) {
          if (!gallery.byPerson.has(example.id)) gallery.byPerson.set(example.id, []);
          gallery.byPerson.get(example.id).push([finding, example]);
        }
      }
    }
    return gallery.byPerson.get(id) ?? [];
  },
};
