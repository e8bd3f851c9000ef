"""The knowledge base: reads a library, matches a question with its entries, decides. Pure: no I/O but files."""
