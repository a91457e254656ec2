"""TeX, Markdown and HTML from the same proof steps."""
