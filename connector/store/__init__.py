"""What we keep: facts, decisions' wake-up days, reminders, the outbox, the history. SQLite or PostgreSQL."""
