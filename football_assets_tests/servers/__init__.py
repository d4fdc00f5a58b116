"""Real servers that the tests start on free ports of this machine and stop again."""
