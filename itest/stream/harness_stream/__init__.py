"""What the tests of streaming share, beside the harness of the swarm tests."""
