"""The core: tickets, the promise, people and the library's life. No platform, no wording."""
