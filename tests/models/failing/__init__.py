"""One migration that begins well and then fails."""
