"""The invented group of the demo: its units, people, projects and figures, entered through the portal's own verbs."""
