"""What the HTML pages share: style, charts, and how records are embedded."""
