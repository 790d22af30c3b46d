"""Values: what cells hold, read as text, numbers or dates, and how a figure is shown."""
