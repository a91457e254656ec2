"""One module per command, each with one function; heavy imports happen inside it."""
