"""Who mentors in the group, and what was asked: the profiles, and the conversations as Markdown files."""
