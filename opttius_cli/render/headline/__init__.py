"""What a person reads first of an answer: its title, and the finding in words."""
