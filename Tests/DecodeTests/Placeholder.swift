// Placeholder: removed with the room's first test.
