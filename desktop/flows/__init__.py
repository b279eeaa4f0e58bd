"""One file per thing a person does at the window. No Qt, no SQL text, no HTTP."""
