"""What is invented, as plain data. How it gets into the portal is told by the modules beside this folder."""
