"""Sources that are polled."""
