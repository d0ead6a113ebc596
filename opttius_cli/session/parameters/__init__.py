"""What SQL is given: the shared views that it reads, and its values, those that models learn among them."""
