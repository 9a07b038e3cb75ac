"""What `make run`, `make test`, `make down` and `make deploy` do. Python's standard library only."""
