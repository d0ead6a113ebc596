"""The use case: source → snapshot → scope → report → privacy → answer. Commands call it, then render."""
