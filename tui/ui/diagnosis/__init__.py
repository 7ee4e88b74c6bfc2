"""The diagnosis of an endpoint, and the search for servers."""
