"""All code that uses private names of Textual, Rich and Pygments, each with a contract test."""
