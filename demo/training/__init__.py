"""What the group's data-science teams run: real models, retrained each month and logged to an MLflow server.

Nothing in here knows of the portal: scikit-learn, pandas, NumPy and the ordinary MLflow API are all it uses.
`portfolio` says which projects there are and what a human would know of them; `python -m demo.training` trains them.
"""
