"""The history of the tables. ``connector.store.migrate`` runs it when a store is opened."""
