"""The real process against a sandbox and a real mail server, killed again and again."""
