"""Networks that run: sessions and parts of them, links and processes. Of no family; nothing that optimises needs it."""
