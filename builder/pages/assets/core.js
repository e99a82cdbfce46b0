"use strict";
// What all pages share: data, and elements that are made from text and never from markup.
const page = {
  data: {},
  views: {},

  receive(name, value) {
    page.data[name] = value;
  },

  // An element: properties starting with "on" are listeners, the others attributes; children are nodes or text.
  make(tag, properties, ...children) {
    return page.fill(document.createElement(tag), properties, children);
  },

  draw(tag, properties, ...children) {
    return page.fill(document.createElementNS("http://www.w3.org/2000/svg", tag), properties, children);
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
    return Number.isInteger(value) ? page.number(value) : value.toFixed(2);
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

  // What the address asks for, such as #/person/00012?sort=name: a view that there is, what follows it, and its search.
  asked(otherwise) {
    const [path, search] = location.hash.replace(/^#\/?/, "").split("?");
    const [first, second] = path.split("/");
    const view = Object.hasOwn(page.views, first) ? first : otherwise;
    return { view, second: second && decodeURIComponent(second), search: Object.fromEntries(new URLSearchParams(search ?? "")) };
  },

  // Titles the page and marks its view in the navigation.
  entitle(view, title) {
    document.title = title;
    for (const link of document.querySelectorAll("nav [data-view]")) {
      if (link.dataset.view === view) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  },

  // Follows the address from now on. "/" goes to the search, which stands on the page at `searched`; `press` takes other keys.
  start(route, searched, press) {
    document.addEventListener("keydown", (event) => {
      const typing = /INPUT|SELECT|TEXTAREA/.test(event.target.tagName);
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "/" && !typing) {
        event.preventDefault();
        if (!document.getElementById("search")) location.hash = searched;
        setTimeout(() => document.getElementById("search")?.focus(), 60);
      } else if (event.key === "Escape" && typing) event.target.blur();
      else if (!typing) press?.(event.key);
    });
    document.querySelector(".skip").addEventListener("click", (event) => {
      event.preventDefault(); // the address after # is ours
      document.getElementById("main").focus();
    });
    window.addEventListener("hashchange", route);
    history.scrollRestoration = "manual";
    route();
  },
};
