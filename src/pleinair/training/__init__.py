"""PRACTICE: one loop for every objective; it never sees a task's name, and it never loses more than two minutes."""
