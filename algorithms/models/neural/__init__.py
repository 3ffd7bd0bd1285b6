"""Networks: several tasks on shared weights, small enough for a laptop.

``fields`` turns users and items into vectors, ``events`` the log into examples with masks,
``trainer`` learns, ``recommender`` asks. An architecture is one module: a ``Network`` that says
which weights there are and how an example becomes one number per task.

PyTorch learns; NumPy answers. A network's ``forward`` is written against the few operations of
``ops`` that both know, so a fitted model is restored, asked and explained without PyTorch.
"""
