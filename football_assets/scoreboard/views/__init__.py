"""What the page shows, as plain data: each view is one template's. No HTML here."""
