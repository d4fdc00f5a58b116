"""The page's charts: plain data that one template draws as SVG. No HTML and no database here."""
