"""What the stories are made of: a world whose parts fail when told, rules that act on it, a judge."""
