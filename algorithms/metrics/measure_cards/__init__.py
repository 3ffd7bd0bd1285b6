"""Cards of what is measured across tasks, and of what a run costs."""
