"use strict";
// What the audits found: an overview, then each check with its chart and its worst examples.
{
  const { make, figure } = page;

  function chart(finding) {
    const values = finding.values;
    if (!values.length) return null;
    const series = [...new Set(values.map((value) => value.series))];
    const of = (name) => values.filter((value) => value.series === name);
    if (finding.audit === "guessing" && series.length > 2) return page.heat(finding, 0.25);
    if (finding.audit === "guessing") return series.map((name) => make("div", {}, make("div", { class: "legend" }, name), page.points(finding, of(name), null, null)));
    if (series.some((name) => name.endsWith(": target"))) {
      return make("div", { class: "groups" }, series.filter((name) => !name.endsWith(": target")).map((name) =>
        make("div", {}, make("h4", {}, name), page.points(finding, of(name), of(`${name}: target`), null))));
    }
    if (finding.audit === "letters" || finding.check === "looks" || finding.check === "different_values") {
      return make("div", { class: "groups" }, series.map((name) => make("div", {}, make("h4", {}, name),
        finding.audit === "letters" ? page.points(finding, of(name), null, finding.threshold) : page.bars(of(name).slice(0, 30), finding.check === "looks" ? "share" : "count"))));
    }
    if (series.length === 2) return page.points(finding, of(series[0]), of(series[1]), null);
    const counted = finding.unit === "words" || finding.unit === "points";
    if (counted) return page.bars(values, finding.unit);
    return page.points(finding, values, null, finding.threshold);
  }

  function example(each) {
    const line = each.id && page.line(each.id);
    return make("li", {}, line ? page.face(line) : make("span"),
      make("span", {}, line && [make("a", { href: `#/person/${each.id}` }, line[1]), " · "], make("span", { class: "soft" }, each.text)));
  }

  function check(finding, open) {
    const drawn = chart(finding);
    return make("article", { class: `check ${finding.passed ? "" : "failed"}`, id: `check-${finding.check}` },
      make("header", {},
        make("h3", {}, finding.title), make("span", { class: "figure" }, figure(finding.figure, finding.unit)),
        make("span", { class: "verdict" }, finding.passed ? "✓ passed" : "✕ failed"), make("span", { class: "wanted" }, `${finding.wanted} ${figure(finding.threshold, finding.unit)}`)),
      make("p", {}, finding.sentence),
      finding.unit === "share" && page.bullet(finding),
      drawn && make("details", { open: open || !finding.passed }, make("summary", {}, "The figures behind it"), make("div", { class: "chart" }, drawn)),
      finding.worst.length > 0 && make("details", { open: !finding.passed }, make("summary", {}, finding.passed ? "Where it is weakest" : "Worst examples"), make("ul", { class: "worst" }, finding.worst.map(example))));
  }

  function judged(judge) {
    return make("section", { class: "kind" }, make("h2", {}, "What a judge model said"), make("article", { class: "check" },
      make("p", {}, `${judge.model} read the texts of ${page.number(judge.people)} people and rated them, on average, ${judge.naturalness.toFixed(1)} of 10 for naturalness and ${judge.consistency.toFixed(1)} of 10 for consistency. These ratings do not decide whether the audit passes.`),
      make("details", {}, make("summary", {}, "Lowest ratings"), make("ul", { class: "worst" }, judge.worst.map(example)))));
  }

  // What an imported set lacks something for, a line each.
  function notApplicable(missing) {
    return make("section", { class: "kind" }, make("h2", {}, "What does not apply to this data"),
      make("ul", {}, missing.map((each) => make("li", {}, `${each.title}: `, make("span", { class: "soft" }, each.reason)))));
  }

  page.views.checks = (main, query, chosen) => {
    const audit = page.data.audit;
    if (!audit) {
      main.replaceChildren(make("p", { class: "notice" }, "This release has not been audited. Run build-bench audit, then build this page again."));
      return "Checks";
    }
    const failed = audit.findings.filter((finding) => !finding.passed).length;
    const kinds = audit.audits.map((kind) => [kind, audit.findings.filter((finding) => finding.audit === kind.name)]).filter(([, found]) => found.length);
    main.replaceChildren(
      make("div", { class: "lead" }, make("h1", {}, failed ? `${failed} of ${audit.findings.length} checks failed` : `All ${audit.findings.length} checks passed`),
        make("p", {}, `Is this a sound benchmark? ${page.number(audit.people)} people were checked. A rate fails only when it is certainly beyond its limit; a band shows where it certainly lies.`)),
      make("div", { class: "overview" }, kinds.map(([kind, found]) => make("div", {},
        make("span", { class: "boxes" }, found.map((finding) => make("a", {
          href: `#/checks/${finding.check}`, class: finding.passed ? "passed" : "failed", title: finding.title, "aria-label": `${finding.title}: ${finding.passed ? "passed" : "failed"}`,
        }))), kind.title))),
      ...kinds.map(([kind, found]) => make("section", { class: "kind" }, make("h2", {}, kind.title), found.map((finding) => check(finding, finding.check === chosen)))),
      ...(audit.judge ? [judged(audit.judge)] : []),
      ...(audit.not_applicable ? [notApplicable(audit.not_applicable)] : []));
    if (chosen) document.getElementById(`check-${chosen}`)?.scrollIntoView();
    return "Checks";
  };
}
