"""Everything of a member's, to take along: what it is (`tables`), its archive, and who packs it (`work`)."""
