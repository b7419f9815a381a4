"""What stands in deploy/: units and proxies, tried where their tools are."""
