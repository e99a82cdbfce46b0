"""index.html: the report as one page that needs nothing from elsewhere."""

import html
import re
from collections.abc import Mapping
from typing import Any

from builder.baseline.report import notes, plots, table

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1c2833}
h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2.2rem}
table{border-collapse:collapse;font-size:13px;display:block;overflow-x:auto}
td,th{padding:.25rem .6rem;border-bottom:1px solid #d5d8dc;text-align:right;white-space:nowrap}
td:first-child,th:first-child{text-align:left;font-weight:600}
.bad{background:#c0392b;color:#fff;padding:.6rem 1rem;border-radius:4px}.good{color:#1e8449}
.note{border-left:4px solid #e67e22;padding-left:.8rem}
svg{max-width:100%;height:auto}figure{margin:1rem 0}figcaption{font-size:13px;color:#566573}
"""


def page(found: Mapping[str, Any]) -> str:
    """The whole page."""
    release = found["release"]
    title = f"Baselines on {release['recipe']}, seed {release['seed']}"
    body = [
        f"<h1>{html.escape(title)}</h1>",
        f"<p>Model <b>{html.escape(found['model'])}</b>, {len(found['seeds'])} seed(s), forget set of "
        f"{found['people']['forget']} people beside {found['people']['retain']} to retain. Release "
        f"<code>{html.escape(release['origin_fingerprint'][:16])}</code>.</p>",
        *(f'<p class="bad">{_inline(line)}</p>' for line in table.warnings(found) if line),
        *(f'<p class="note">{_inline(line)}</p>' for line in notes.notes(found)),
        *_gate(found),
        *_vision(found),
        _figure("Forgetting against utility", plots.forgetting_against_utility(found), _aim(found)),
        _figure("What leaks", plots.leakage(found), "Forget items answered right, by category of facts."),
        _figure("On the way", plots.training(found), "The first seed's curves."),
        _tables(found),
    ]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body>{''.join(body)}</body></html>\n"
    )


def _aim(found: Mapping[str, Any]) -> str:
    return "The aim is the oracle's place." + (" Small dots are single seeds." if len(found["seeds"]) > 1 else "")


def _gate(found: Mapping[str, Any]) -> list[str]:
    lines = []
    for seed, gate in found["gate"]["seeds"].items():
        shares = ", ".join(f"{key} {share:.1%}" for key, share in gate["known"].items() if share is not None)
        bits = ", ".join(f"{key} {value:.2f}" for key, value in gate["exposure_bits"].items())
        lines.append(
            f'<p class="{"good" if gate["valid"] else "bad"}">Memorisation gate, seed {seed}: by heart: {shares}; '
            f"exposure in bits: {bits} of {gate['largest_exposure_bits']:.2f}; people not known: "
            f"{len(gate['people_not_known'])}.</p>"
        )
    return lines


def _vision(found: Mapping[str, Any]) -> list[str]:
    if not found["vision"]:
        return []
    shares = ", ".join(f"{share:.1%} of {view} views" for view, share in found["vision"]["told_apart"].items())
    adapted = " It was adapted to this release's train views first." if found["vision"]["adapted"] else ""
    return [f"<p>The vision tower finds the person's own reference portrait among all for {shares}.{adapted}</p>"]


def _figure(title: str, svg: str, caption: str) -> str:
    return f"<h2>{title}</h2><figure>{svg}<figcaption>{caption}</figcaption></figure>"


def _tables(found: Mapping[str, Any]) -> str:
    """The sections and tables of table.md as HTML; warnings and notes stand further up."""
    parts: list[str] = []
    rows: list[str] = []
    for line in [*table.markdown(found).splitlines()[2:], ""]:
        if line.startswith("| ---"):
            continue
        if line.startswith("|"):
            tag = "td" if rows else "th"
            cells = "".join(f"<{tag}>{_inline(each.strip())}</{tag}>" for each in line.strip("|").split("|"))
            rows.append(f"<tr>{cells}</tr>")
            continue
        if rows:
            parts.append(f"<table>{''.join(rows)}</table>")
            rows = []
        if line.startswith("## "):
            parts.append(f"<h2>{_inline(line[3:])}</h2>")
        elif line and not line.startswith("**") and not line.startswith("- "):
            parts.append(f"<p>{_inline(line)}</p>")
    return "".join(parts)


def _inline(text: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", html.escape(text))
