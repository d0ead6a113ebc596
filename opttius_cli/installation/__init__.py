"""What is installed, and how: the SQL files that come with the program, and the optional packages."""
